"""Limits, conditions and powers of a playbook in plain words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yuanba.kernel.authority import Power
from yuanba.kernel.clock import Limit
from yuanba.playbooks.schema import Playbook
from yuanba.playbooks.schema.tiers import Conditions

CIRCLES: Mapping[str, Promise | str] = MappingProxyType(
    {
        "household": gettext_lazy("One household"),
        "building": gettext_lazy("A building"),
        "estate": gettext_lazy("An estate"),
        "community": gettext_lazy("A community"),
        "street": gettext_lazy("A street"),
        "district": gettext_lazy("The whole district"),
    }
)
LEVELS: Mapping[str, Promise | str] = MappingProxyType(
    {
        "resident": gettext_lazy("The residents can do it themselves"),
        "community": gettext_lazy("The community's"),
        "street": gettext_lazy("The street's"),
        "department": gettext_lazy("A department's"),
        "district": gettext_lazy("The district's"),
    }
)
POWERS: Mapping[Power, Promise | str] = MappingProxyType(
    {
        Power.SEE: gettext_lazy("see matters"),
        Power.SEE_REQUESTER: gettext_lazy("see who asked, masked"),
        Power.UNMASK: gettext_lazy("see full telephone numbers"),
        Power.RECEIVE: gettext_lazy("take down"),
        Power.TRIAGE: gettext_lazy("sort"),
        Power.DISPATCH: gettext_lazy("dispatch"),
        Power.CLAIM: gettext_lazy("claim"),
        Power.HANDLE: gettext_lazy("handle"),
        Power.ANSWER: gettext_lazy("answer"),
        Power.REFUSE: gettext_lazy("send back"),
        Power.ASK_INFORMATION: gettext_lazy("ask the resident"),
        Power.CLIMB: gettext_lazy("pass up"),
        Power.HAND_DOWN: gettext_lazy("hand down"),
        Power.RECALL: gettext_lazy("call back"),
        Power.TAKE_OVER: gettext_lazy("take over"),
        Power.ADMIT: gettext_lazy("agree to what is off the communities' lists"),
        Power.WHISTLE: gettext_lazy("call departments"),
        Power.JOIN: gettext_lazy("handle together with others"),
        Power.MERGE: gettext_lazy("merge"),
        Power.SPLIT: gettext_lazy("split"),
        Power.SUPERVISE: gettext_lazy("supervise"),
        Power.REQUEST_PAUSE: gettext_lazy("ask for a pause"),
        Power.DECIDE_PAUSE: gettext_lazy("decide about pauses"),
        Power.ARBITRATE: gettext_lazy("arbitrate"),
        Power.OUT_OF_SCOPE: gettext_lazy("say that it belongs elsewhere"),
        Power.CLOSE: gettext_lazy("strike off"),
        Power.PROPOSE_EXCLUSION: gettext_lazy("propose to leave out of the rates"),
        Power.DECIDE_EXCLUSION: gettext_lazy("decide what is left out of the rates"),
        Power.EXPORT: gettext_lazy("take lists away"),
        Power.MANAGE_PLACES: gettext_lazy("keep places"),
        Power.MANAGE_PEOPLE: gettext_lazy("keep people"),
        Power.MANAGE_POSTS: gettext_lazy("fill posts"),
        Power.MANAGE_PLAYBOOK: gettext_lazy("publish the playbook"),
        Power.SEE_BOARD: gettext_lazy("see boards and figures"),
        Power.OPERATE: gettext_lazy("run the system"),
    }
)
_PUBLIC_MONEY = {
    None: "",
    True: gettext_lazy("takes public money"),
    False: gettext_lazy("takes no public money"),
}
_URGENT = {None: "", True: gettext_lazy("danger now"), False: gettext_lazy("no danger now")}


def limit_words(limit: Limit | None) -> str:
    """A limit in words; a dash for none."""
    if limit is None:
        return "–"
    count = limit.amount
    texts = {
        "min": ngettext("%(count)d minute", "%(count)d minutes", count),
        "h": ngettext("%(count)d hour", "%(count)d hours", count),
        "wh": ngettext("%(count)d working hour", "%(count)d working hours", count),
        "d": ngettext("%(count)d day", "%(count)d days", count),
        "wd": ngettext("%(count)d working day", "%(count)d working days", count),
    }
    return texts[str(limit.unit)] % {"count": count}


def yes_or_no(value: bool) -> str:
    return _("Yes") if value else _("No")


def powers_words(powers: Iterable[Power]) -> tuple[str, ...]:
    return tuple(str(POWERS[power]) for power in powers)


def office_word(playbook: Playbook, kind: str) -> str:
    """What this district calls a kind of office; the kind itself where it has no name for it."""
    if kind == "centre":
        return playbook.organizations.centre
    named = next((each.name for each in playbook.organizations.kinds if each.kind == kind), None)
    return named or playbook.level_name(kind)


def target_words(playbook: Playbook, target: str) -> str:
    """Where a dispatch rule sends to."""
    kind, _colon, department = target.partition(":")
    if department:
        return playbook.department(department).name
    return _("as the category says") if kind == "lead" else office_word(playbook, kind)


def codes_words(playbook: Playbook, codes: Iterable[str]) -> tuple[str, ...]:
    """Names of categories and groups."""
    names = {group.code: group.name for group in playbook.categories}
    names |= {item.code: item.name for item in playbook.all_categories()}
    return tuple(names[code] for code in codes)


def conditions_words(playbook: Playbook, when: Conditions) -> str:
    """What must hold for a row of the table, in one line."""
    found = [text for text in _conditions(playbook, when) if text]
    return _("; ").join(found) or _("always")


def _conditions(playbook: Playbook, when: Conditions) -> Iterator[str]:
    if when.affected:
        between = _between(when.affected.at_least, when.affected.at_most, lambda code: str(CIRCLES[code]))
        yield _("touches: %(what)s") % {"what": between}
    if when.power:
        between = _between(when.power.at_least, when.power.at_most, lambda code: str(LEVELS[code]))
        yield _("whose power: %(what)s") % {"what": between}
    yield str(_PUBLIC_MONEY[when.public_money])
    if when.money_yuan:
        between = _between(when.money_yuan.at_least, when.money_yuan.at_most, _number)
        yield _("public money in yuan: %(what)s") % {"what": between}
    if when.departments:
        between = _between(when.departments.at_least, when.departments.at_most, str)
        yield _("departments that must act: %(what)s") % {"what": between}
    if when.repeated:
        between = _between(when.repeated.at_least, when.repeated.at_most, str)
        yield _("earlier ones at the same place: %(what)s") % {"what": between}
    yield str(_URGENT[when.urgent])
    if when.category:
        yield _("category: %(what)s") % {"what": "、".join(codes_words(playbook, when.category))}


def _number(value: Decimal) -> str:
    return f"{value:,f}"


def _between(low: object, high: object, word: Callable[..., str]) -> str:
    if low is not None and low == high:
        return word(low)
    if low is not None and high is not None:
        return _("from %(low)s to %(high)s") % {"low": word(low), "high": word(high)}
    if low is not None:
        return _("%(low)s or more") % {"low": word(low)}
    return _("%(high)s or less") % {"high": word(high)} if high is not None else _("anything")


def share_words(share: Decimal) -> str:
    """A share as a percentage, without zeros that say nothing."""
    return f"{(share * 100).normalize():f} %"


def way_in_words(code: str) -> str:
    """A kind of source as rate limits name it."""
    words = {
        "door": _("door code"),
        "web": _("website"),
        "staff": _("taken down by staff"),
        "api": _("program"),
        "open311": "Open311",
        "import": _("file"),
    }
    return words.get(code, code)


def per_words(code: str) -> str:
    """The span that a rate limit counts in."""
    return {"minute": _("one minute"), "hour": _("one hour"), "day": _("one day")}.get(code, code)


def counted_by_words(code: str) -> str:
    """What a rate limit tells sources apart by."""
    return {"address": _("network address"), "account": _("account"), "key": _("access key")}.get(code, code)
