"""As in simplified Chinese; the hour is read in both characters."""

from yuanba.web.formats.zh_Hans import formats
from yuanba.web.formats.zh_Hans.formats import *  # noqa: F403

TIME_INPUT_FORMATS = [*formats.TIME_INPUT_FORMATS, "%H時%M分"]
