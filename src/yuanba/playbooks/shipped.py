"""The playbooks that come with the product."""

from importlib.resources import files
from pathlib import Path

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid

_DATA = files("yuanba.playbooks.data")


def shipped_codes() -> tuple[str, ...]:
    """Their codes, in order of the alphabet."""
    names = (entry.name for entry in _DATA.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def shipped_source(code: str) -> str:
    """The YAML text of a shipped playbook. Raises KeyError for a code that is not shipped."""
    if code not in shipped_codes():
        raise KeyError(code)
    return (_DATA / f"{code}.yaml").read_text(encoding="utf-8")


def named_source(name: str) -> str:
    """The YAML text of the playbook that somebody names: the code of a shipped one, or the path of a file.

    Raises `Invalid` for neither, and OSError or UnicodeDecodeError for a file that can't be read.
    """
    if name in shipped_codes():
        return shipped_source(name)
    path = Path(name)
    if not path.is_file():
        raise Invalid(
            _("“%(name)s” is neither a file nor a shipped playbook. Shipped are: %(codes)s.")
            % {"name": name, "codes": ", ".join(shipped_codes())},
            field="YUANBA_PLAYBOOK",
            code="no_such_playbook",
        )
    return path.read_text(encoding="utf-8")
