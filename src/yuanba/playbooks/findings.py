"""Faults that no single section can see: codes used twice, codes that name nothing, places no notice has.

These rules read the plain values rather than the models, so they find their faults even while other sections
are still broken, and a person sees everything at once.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz, process

from yuanba.playbooks.marks import Plain
from yuanba.playbooks.problems import Where, path_text
from yuanba.playbooks.schema.notices import PLACEHOLDERS, placeholders
from yuanba.playbooks.schema.service import DataClass

Finding = tuple[Where, str]
LOG_DAYS = 183  # six months: Cybersecurity Law (2025), Article 23(3)


def select(values: Plain, pattern: str) -> Iterator[tuple[Where, Plain]]:
    """Everything in `values` that matches `pattern`, such as ``tiers[].code``, with its place.

    ``**.x`` matches the key x at any depth. What has another shape than the pattern expects is passed over.
    """
    if pattern.startswith("**."):
        yield from _anywhere(values, pattern[3:], ())
        return
    yield from _select(values, pattern.replace("[]", ".[]").split("."), ())


def _select(values: Plain, steps: list[str], where: Where) -> Iterator[tuple[Where, Plain]]:
    if not steps:
        yield where, values
    elif steps[0] == "[]" and isinstance(values, list):
        for number, item in enumerate(values):
            yield from _select(item, steps[1:], (*where, number))
    elif isinstance(values, dict) and steps[0] in values:
        yield from _select(values[steps[0]], steps[1:], (*where, steps[0]))


def _anywhere(values: Plain, key: str, where: Where) -> Iterator[tuple[Where, Plain]]:
    if isinstance(values, dict):
        for name, item in values.items():
            if name == key:
                yield (*where, name), item
            yield from _anywhere(item, key, (*where, name))
    elif isinstance(values, list):
        for number, item in enumerate(values):
            yield from _anywhere(item, key, (*where, number))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if one is near enough."""
    found = process.extractOne(word, sorted(known), scorer=fuzz.ratio, score_cutoff=70)
    return str(found[0]) if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` Did you mean “x”?``, or nothing."""
    near = nearest(word, known)
    return "" if near is None else " " + _("Did you mean “%(near)s”?") % {"near": near}


@dataclass(frozen=True, slots=True)
class Unique:
    """Values that must differ from each other, within the same first `within` steps of their places."""

    patterns: tuple[str, ...]
    within: int = 0


UNIQUE = (
    Unique(("sources[].code",)),
    Unique(("levels[].kind",)),
    Unique(("calendar.overrides[].on",)),
    Unique(("organizations.kinds[].kind",)),
    Unique(("organizations.departments[].code",)),
    Unique(("posts[].code",)),
    Unique(("duties.standard[].code", "duties.added[].code")),
    Unique(("admission.autonomous[].code", "admission.assisted[].code", "admission.withdrawn[].code")),
    Unique(("tiers[].code",)),
    Unique(("tier_rules.rows[].id",)),
    Unique(("categories[].code", "categories[].categories[].code")),
    Unique(("categories[].categories[].words[]",), within=5),
    Unique(("categories[].categories[].questions[].code",), within=5),
    Unique(("dispatch.rows[].id",)),
    Unique(("refusals.reasons[].code",)),
    Unique(("pauses.reasons[].code",)),
    Unique(("out_of_scope[].code",)),
    Unique(("rates.exclusions[].code",)),
    Unique(("retention[].data",)),
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A code that must name something declared elsewhere in the file."""

    pattern: str
    targets: tuple[str, ...]
    missing: object  # lazily translated sentence with one place for the code


_CATEGORY = ("categories[].code", "categories[].categories[].code")
_NO_TIER = gettext_lazy("There is no tier “%(code)s”.")
_NO_CATEGORY = gettext_lazy("There is no category or group “%(code)s”.")
_NO_DEPARTMENT = gettext_lazy("There is no department “%(code)s”.")

REFERENCES = (
    Reference("**.source", ("sources[].code",), gettext_lazy("There is no source “%(code)s”.")),
    Reference("tiers[].supervised_by", ("posts[].code",), gettext_lazy("There is no post “%(code)s”.")),
    Reference("tier_rules.default", ("tiers[].code",), _NO_TIER),
    Reference("tier_rules.rows[].tier", ("tiers[].code",), _NO_TIER),
    Reference("tier_rules.rows[].when.category[]", _CATEGORY, _NO_CATEGORY),
    Reference("categories[].categories[].tier_hint", ("tiers[].code",), _NO_TIER),
    Reference("categories[].categories[].department", ("organizations.departments[].code",), _NO_DEPARTMENT),
    Reference(
        "categories[].categories[].item",
        ("admission.autonomous[].code", "admission.assisted[].code", "admission.withdrawn[].code"),
        gettext_lazy("There is no item “%(code)s” on the admission lists."),
    ),
    Reference("dispatch.rows[].when.tier[]", ("tiers[].code",), _NO_TIER),
    Reference("dispatch.rows[].when.category[]", _CATEGORY, _NO_CATEGORY),
    Reference("dispatch.rows[].to", ("organizations.departments[].code",), _NO_DEPARTMENT),
    Reference("escalation.steps[].plus_by_tier[].tier", ("tiers[].code",), _NO_TIER),
    Reference(
        "posts[].duties[]",
        ("duties.standard[].code", "duties.added[].code"),
        gettext_lazy("There is no duty “%(code)s”."),
    ),
)


def findings(values: Plain, unread: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Every fault these rules find in the plain values of a playbook, with its place.

    What may be declared in an `unread` section is not missed.
    """
    rules: tuple[Callable[[Plain], Iterator[Finding]], ...] = (_repeated, _notice_places, _retention_gaps)
    for rule in rules:
        yield from rule(values)
    yield from _dangling(values, unread)


def _repeated(values: Plain) -> Iterator[Finding]:
    for rule in UNIQUE:
        first: dict[tuple[Where, object], Where] = {}
        for pattern in rule.patterns:
            for where, value in select(values, pattern):
                if not isinstance(value, str):
                    continue
                before = first.setdefault((where[: rule.within], value), where)
                if before != where:
                    message = _("“%(value)s” stands twice; it is already at %(place)s.")
                    yield where, message % {"value": value, "place": path_text(before)}


def _dangling(values: Plain, unread: frozenset[str]) -> Iterator[Finding]:
    for rule in REFERENCES:
        if any(target.replace("[]", "").split(".")[0] in unread for target in rule.targets):
            continue
        known = {str(code) for target in rule.targets for _where, code in select(values, target)}
        for where, value in select(values, rule.pattern):
            if not isinstance(value, str) or not known:
                continue
            code = _department_in(value) if rule.pattern == "dispatch.rows[].to" else value
            if code is not None and code not in known:
                yield where, str(rule.missing) % {"code": code} + did_you_mean(code, known)


def _department_in(target: str) -> str | None:
    """The department that a dispatch target names, if it names one."""
    kind, colon, code = target.partition(":")
    return code if colon and kind == "department" else None


def _notice_places(values: Plain) -> Iterator[Finding]:
    for kind, allowed in PLACEHOLDERS.items():
        for language in ("zh-Hans", "en"):
            for part in ("subject", "body"):
                for where, text in select(values, f"notices.{kind}.{language}.{part}"):
                    if isinstance(text, str):
                        yield from ((where, message) for message in _wrong_places(text, allowed))


def _wrong_places(text: str, allowed: frozenset[str]) -> Iterator[str]:
    try:
        names = placeholders(text)
    except ValueError:
        yield _("Braces take one plain name, such as {number}; write {{ for a brace itself.")
        return
    for name in names:
        if name not in allowed:
            listed = ", ".join(f"{{{known}}}" for known in sorted(allowed))
            message = _("This notice has no {%(name)s}; it can use %(listed)s.") % {
                "name": name,
                "listed": listed,
            }
            yield message + did_you_mean(name, allowed)


def _retention_gaps(values: Plain) -> Iterator[Finding]:
    rules = values.get("retention") if isinstance(values, dict) else None
    if not isinstance(rules, list):
        return
    numbers = {
        value: where[1] for where, value in select(values, "retention[].data") if isinstance(value, str)
    }
    if missing := [name for name in get_args(DataClass) if name not in numbers]:
        message = _("Nothing is said about keeping: %(classes)s. Every class of personal data needs a time.")
        yield ("retention",), message % {"classes": ", ".join(missing)}
    log_kept = {where[1]: _days(value) for where, value in select(values, "retention[].keep")}
    if "access_log" in numbers and 0 < log_kept.get(numbers["access_log"], 0) < LOG_DAYS:
        message = _("Access logs are kept six months or more (Cybersecurity Law, Article 23).")
        yield ("retention", numbers["access_log"], "keep"), message


def _days(period: object) -> int:
    """About how many days a period such as 6m has; 0 when it can't be read."""
    text = str(period)
    number, unit = text[:-1], text[-1:]
    if unit not in {"d", "m", "y"} or not number.isdecimal():
        return 0
    return int(number) * 365 // {"d": 365, "m": 12, "y": 1}[unit]
