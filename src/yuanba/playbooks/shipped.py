"""The playbooks that come with the product."""

from importlib.resources import files

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
