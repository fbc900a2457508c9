"""The product's own settings, in a data directory of the tests' own: tests never touch the developer's district."""

import os
import tempfile

os.environ.setdefault("YUANBA_VAR", tempfile.mkdtemp(prefix="yuanba-test-"))
os.environ["YUANBA_TEST"] = "1"

from yuanba.settings import *  # noqa: F403
