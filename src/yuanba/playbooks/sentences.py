"""What pydantic found, said in plain sentences that name a way out."""

from collections.abc import Callable, Mapping
from typing import Any, get_args

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from pydantic import BaseModel
from pydantic_core import ErrorDetails

from yuanba.playbooks.findings import did_you_mean
from yuanba.playbooks.problems import Where
from yuanba.playbooks.schema import Playbook
from yuanba.playbooks.schema.base import CODE, PERIOD, ROW_ID, SIX_DIGITS, SOMETHING
from yuanba.playbooks.schema.categories import TARGET, TELEPHONE, WORD
from yuanba.playbooks.schema.ground import HOURS

_LONG_LIST = 200
"""Characters of a list of choices that are read aloud even where the word that was meant is plain."""
_PATTERNS: Mapping[str, object] = {
    CODE: gettext_lazy("A code is small Latin letters, digits, - and _, and starts with a letter."),
    ROW_ID: gettext_lazy("A row's name is Latin letters, digits, points and -, and starts with a letter."),
    SOMETHING: gettext_lazy("There must be some text here."),
    SIX_DIGITS: gettext_lazy("A division code is six digits in quotes, such as “500101”."),
    PERIOD: gettext_lazy("A time to keep data is a number and d, m or y, such as 180d, 6m or 3y."),
    WORD: gettext_lazy("One word stands here, without spaces; separate words with a plain comma (,)."),
    TELEPHONE: gettext_lazy("A telephone number is 3 to 12 digits in quotes."),
    TARGET: gettext_lazy("Write lead, community, street, district, centre or department:<code>."),
    HOURS: gettext_lazy("Hours are written as 09:00-12:00."),
}

_FIXED: Mapping[str, object] = {
    "string_type": gettext_lazy("Text belongs here; put it in quotes if it looks like a number."),
    "int_type": gettext_lazy("A whole number belongs here, without quotes."),
    "int_from_float": gettext_lazy("A whole number belongs here."),
    "bool_type": gettext_lazy("Write true or false."),
    "decimal_type": gettext_lazy("A number belongs here."),
    "decimal_parsing": gettext_lazy("A number belongs here."),
    "tuple_type": gettext_lazy("A list belongs here: lines that start with a dash, or [a, b]."),
    "model_type": gettext_lazy("Keys with values belong here, such as “code: …”."),
    "date_type": gettext_lazy("A date belongs here, such as 2026-05-01."),
    "date_parsing": gettext_lazy("A date belongs here, such as 2026-05-01."),
    "date_from_datetime_parsing": gettext_lazy("A date belongs here, such as 2026-05-01."),
    "date_from_datetime_inexact": gettext_lazy("A date belongs here, without a time."),
    "limit": gettext_lazy(
        "A limit is a number and a unit: 30min, 2h, 7d, or 4wh (working hours), 5wd (working days)."
    ),
    "hours_order": gettext_lazy("Working hours must be in order and must not overlap."),
    "extension_without_length": gettext_lazy(
        "Extensions are allowed here, so extension_max must say how long one may be."
    ),
    "department_missing": gettext_lazy("The lead is a department, so “department” must name one."),
    "officials_confidential": gettext_lazy(
        "A complaint about officials must also be confidential: true (petition regulations, Articles 18, 30)."
    ),
    "question_values": gettext_lazy("Only the two list types take values, and they need some."),
    "ladder_order": gettext_lazy(
        "The ladder goes up, each step once: community, then street, then district."
    ),
    "bounds_order": gettext_lazy("at_least is above at_most, so nothing can ever fit."),
    "steps_order": gettext_lazy("The steps come in the order warning, overdue, supervision, leader."),
    "weights_sum": gettext_lazy("The three weights must add up to 1."),
    "scores_falling": gettext_lazy("A better answer can't count less than a worse one."),
}

_LIMITS: Mapping[str, tuple[object, str]] = {
    "greater_than": (gettext_lazy("The number must be above %(bound)s."), "gt"),
    "greater_than_equal": (gettext_lazy("The number must be %(bound)s or more."), "ge"),
    "less_than": (gettext_lazy("The number must be below %(bound)s."), "lt"),
    "less_than_equal": (gettext_lazy("The number must be %(bound)s or less."), "le"),
    "string_too_long": (gettext_lazy("The text is longer than %(bound)s characters."), "max_length"),
    "string_too_short": (gettext_lazy("The text is shorter than %(bound)s characters."), "min_length"),
    "too_short": (gettext_lazy("The list needs %(bound)s or more entries."), "min_length"),
    "too_long": (gettext_lazy("The list takes %(bound)s entries at most."), "max_length"),
}


def sentence(error: ErrorDetails) -> str:
    """One plain sentence for one of pydantic's errors; its own words for kinds that are new to us."""
    kind = error["type"]
    if error["input"] is None and kind != "missing":
        return _("A value is missing here.")
    if kind in _FIXED:
        return str(_FIXED[kind])
    if kind in _LIMITS:
        text, bound = _LIMITS[kind]
        return str(text) % {"bound": error.get("ctx", {}).get(bound, "?")}
    special = _SPECIAL.get(kind)
    return special(error) if special else error["msg"]


def _missing(error: ErrorDetails) -> str:
    key = str(error["loc"][-1])
    message = _("The key “%(key)s” is missing here.") % {"key": key}
    what = described(error["loc"])
    # The schema describes itself in English only; to others the page with all keys speaks.
    if not (get_language() or "").startswith("en"):
        return message
    return f"{message} It says: {what}" if what else message


def _unknown_key(error: ErrorDetails) -> str:
    key = str(error["loc"][-1])
    known = keys_at(error["loc"][:-1])
    message = _("The key “%(key)s” is not known here.") % {"key": key}
    hint = did_you_mean(key, known)
    return message + (hint or " " + _("Known are: %(keys)s.") % {"keys": ", ".join(sorted(known))})


def _not_a_choice(error: ErrorDetails) -> str:
    allowed = error.get("ctx", {}).get("expected", "").replace(" or ", ", ").replace("'", "")
    hint = did_you_mean(str(error["input"]), allowed.split(", "))
    if hint and len(allowed) > _LONG_LIST:
        return _("This is none of the words that can stand here.") + hint
    return _("Write one of: %(allowed)s.") % {"allowed": allowed} + hint


def _pattern(error: ErrorDetails) -> str:
    return str(_PATTERNS.get(error.get("ctx", {}).get("pattern", ""), error["msg"]))


_SPECIAL: Mapping[str, Callable[[ErrorDetails], str]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "literal_error": _not_a_choice,
    "enum": _not_a_choice,
    "string_pattern_mismatch": _pattern,
}


def model_at(where: Where) -> type[BaseModel] | None:
    """The part of the schema that a place in a playbook has the shape of."""
    model: type[BaseModel] | None = Playbook
    for step in where:
        if isinstance(step, int):
            continue
        if model is None:
            return None
        model = model_in(_annotation(model, step))
    return model


def keys_at(where: Where) -> set[str]:
    """The keys that may stand at a place."""
    model = model_at(where)
    return set() if model is None else {info.alias or name for name, info in model.model_fields.items()}


def described(where: Where) -> str:
    """What the schema says a key is for."""
    model, key = model_at(where[:-1]), where[-1]
    fields = {} if model is None else {info.alias or name: info for name, info in model.model_fields.items()}
    return (fields[key].description or "") if isinstance(key, str) and key in fields else ""


def _annotation(model: type[BaseModel], key: str) -> Any:
    by_key = {info.alias or name: info.annotation for name, info in model.model_fields.items()}
    return by_key.get(key)


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside X, X | None, tuple[X, ...] or Annotated[…]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        if (found := model_in(part)) is not None:
            return found
    return None
