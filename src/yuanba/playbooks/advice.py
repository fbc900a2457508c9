"""What is allowed but worth a look in a playbook, and faults of its tables."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from yuanba.kernel import clock
from yuanba.kernel.authority import Power
from yuanba.playbooks.decisions import dispatch_target
from yuanba.playbooks.findings import Finding
from yuanba.playbooks.schema import Playbook
from yuanba.playbooks.tables import TableReport

ENOUGH_WORDS = 15
_MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)

# Without a post that has them, a matter could come to a stop where nobody may move it on.
NEEDED_POWERS = (
    Power.RECEIVE,
    Power.TRIAGE,
    Power.DISPATCH,
    Power.CLAIM,
    Power.HANDLE,
    Power.ANSWER,
    Power.CLIMB,
    Power.RECALL,
    Power.SUPERVISE,
    Power.DECIDE_PAUSE,
    Power.ARBITRATE,
    Power.OUT_OF_SCOPE,
    Power.CLOSE,
    Power.MANAGE_PLAYBOOK,
)
# Permits, penalties and coercion are never a grid worker's (Luzhou ordinance on grid services, 2024).
_ENFORCEMENT = ("行政许可", "行政处罚", "行政强制")


def table_faults(playbook: Playbook, table: TableReport) -> Iterator[Finding]:
    """Rows that can never fire, and rows that always fire together and disagree."""
    rows = playbook.tier_rules.rows
    for number in table.dead:
        yield ("tier_rules", "rows", number), _("This row can never fire: its conditions exclude each other.")
    for first, second in table.conflicts:
        message = _("Rows %(first)s and %(second)s always fire together but lead to different tiers.")
        names = {"first": rows[first].id, "second": rows[second].id}
        yield ("tier_rules", "rows", second), message % names


def limit_faults(playbook: Playbook) -> Iterator[Finding]:
    """A time to confirm that is not the one after which the rule closes: a page would show a date that isn't kept."""
    silent_after = playbook.closing.silent_after
    for number, tier in enumerate(playbook.tiers):
        if tier.limits.confirm not in {None, silent_after}:
            message = _("The rule closes after %(limit)s (closing.silent_after); leave this out.")
            yield ("tiers", number, "limits", "confirm"), message % {"limit": silent_after}


def advice(playbook: Playbook, table: TableReport) -> Iterator[Finding]:
    """Everything worth a look, with its place."""
    yield from _table(playbook, table)
    rules: tuple[Callable[[Playbook], Iterator[Finding]], ...] = (
        _few_words,
        _short_totals,
        _missing_powers,
        _supervisors,
        _grid_limits,
        _officials,
        _admission,
    )
    for rule in rules:
        yield from rule(playbook)


def _table(playbook: Playbook, table: TableReport) -> Iterator[Finding]:
    if not table.complete:
        yield ("tier_rules",), _("The table is too large to be checked for every case.")
        return
    for number in table.overruled:
        yield ("tier_rules", "rows", number), _("This row never decides: others always overrule it.")
    hints = {item.tier_hint for item in playbook.all_categories()}
    for number, tier in enumerate(playbook.tiers):
        if tier.code not in table.decided_tiers | hints | {playbook.tier_rules.default}:
            yield ("tiers", number), _("No row, hint or default leads to this tier.")


def _few_words(playbook: Playbook) -> Iterator[Finding]:
    for first, group in enumerate(playbook.categories):
        for second, item in enumerate(group.categories):
            if len(item.words) < ENOUGH_WORDS:
                message = _("%(count)d words are few to recognise “%(name)s” by; give fifteen or more.")
                where = ("categories", first, "categories", second, "words")
                yield where, message % {"count": len(item.words), "name": item.name}


def _short_totals(playbook: Playbook) -> Iterator[Finding]:
    """A total that ends before its stages can: a deadline is promised that no stage is held to."""
    for number, tier in enumerate(playbook.tiers):
        calendar = playbook.working_calendar(tier.code)
        due_at = _MONDAY
        for limit in (tier.limits.triage, tier.limits.claim, tier.limits.handling):
            due_at = limit.due_from(due_at, calendar)
        if tier.limits.total.due_from(_MONDAY, calendar) < due_at:
            message = _("The total ends before triage, claim and handling can take their full time.")
            yield ("tiers", number, "limits", "total"), message


def _missing_powers(playbook: Playbook) -> Iterator[Finding]:
    held = frozenset[Power]().union(*(post.powers.anywhere for post in playbook.posts))
    for power in NEEDED_POWERS:
        if power not in held:
            yield ("posts",), _("No post has the power “%(power)s”.") % {"power": power.value}


def _supervisors(playbook: Playbook) -> Iterator[Finding]:
    for number, tier in enumerate(playbook.tiers):
        if tier.supervised_by is None:
            continue
        if Power.SUPERVISE not in playbook.post(tier.supervised_by).powers.anywhere:
            message = _("The post that supervises this tier does not have the power “supervise”.")
            yield ("tiers", number, "supervised_by"), message


def _grid_limits(playbook: Playbook) -> Iterator[Finding]:
    lists = (("standard", playbook.duties.standard), ("added", playbook.duties.added))
    for name, duties in lists:
        for number, duty in enumerate(duties):
            if any(word in duty.name for word in _ENFORCEMENT):
                message = _("Permits, penalties and coercion can't be a grid worker's duty.")
                yield ("duties", name, number, "name"), message


def _admission(playbook: Playbook) -> Iterator[Finding]:
    """What would make every dispatch to a community wait, or none of them possible."""
    if not playbook.links_items:
        return
    if not any(Power.ADMIT in post.powers.anywhere for post in playbook.posts):
        message = _("No post has the power “%(power)s”: what is off the lists could never go to a community.")
        yield ("posts",), message % {"power": Power.ADMIT.value}
    for first, group in enumerate(playbook.categories):
        for second, item in enumerate(group.categories):
            if item.lead != "community" or (item.item and not playbook.is_withdrawn(item.code)):
                continue
            message = _(
                "Communities lead this, yet it is off their lists: name the item it is, or another lead."
            )
            yield ("categories", first, "categories", second, "lead"), message


def _officials(playbook: Playbook) -> Iterator[Finding]:
    """Complaints about officials should reach a body of their own rather than whoever is nearest."""
    for first, group in enumerate(playbook.categories):
        for second, item in enumerate(group.categories):
            if not item.about_officials:
                continue
            targets = {dispatch_target(playbook, item.code, tier.code).kind for tier in playbook.tiers}
            if targets & {"community", "street"}:
                message = _("Complaints about officials go to a street or community here; name a department.")
                yield ("categories", first, "categories", second), message
