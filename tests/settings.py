"""The product's own settings, in a data directory of the tests' own: tests never touch the developer's district.

Messages are checked in English, as the code writes them; the catalogue has tests of its own.
"""

import os
import tempfile

os.environ.setdefault("YUANBA_VAR", tempfile.mkdtemp(prefix="yuanba-test-"))
os.environ["YUANBA_TEST"] = "1"

from yuanba.settings import *  # noqa: F403

LANGUAGE_CODE = "en"
