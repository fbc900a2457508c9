"""A complaint about an office: that office and all below it never get it, see it or learn of it.

信访工作条例 (2022) articles 30 and 46: accusations must not reach the accused person or unit.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from yuanba.kernel.as_one import as_one
from yuanba.kernel.authority import Power
from yuanba.kernel.errors import Denied, Invalid
from yuanba.kernel.journal.append import append
from yuanba.matters import clockwork
from yuanba.matters.changing import Change, lock_together, put_change
from yuanba.matters.flow import State
from yuanba.matters.models import Matter, Party
from yuanba.matters.owners import is_accused, is_accused_post, local_office, unaccused
from yuanba.matters.tallying import Key, Where, count_standing, where_of
from yuanba.people.models import Organization


@contextmanager
def locked_to_sort(matter_id: int, *, reaching: bool) -> Iterator[Matter]:
    """A transaction with the matter's row, locked and with its place. With `reaching` also locked is what an
    accusation reaches: what the matter is part of, and what joined it or is part of it.
    """
    with as_one():
        keys = {matter_id}
        if reaching:
            whole = Matter.objects.filter(pk=matter_id).values_list("part_of", flat=True).first() or matter_id
            own = Matter.objects.filter(Q(lead=whole) | Q(part_of=whole)).values_list("pk", flat=True)
            keys |= {whole, *own}
        yield lock_together(keys)[matter_id]


def accuse(change: Change, accused: Organization) -> None:
    """Note whom a matter complains about; everything that belongs to it is taken out of that office's reach,
    a part's whole as well.

    Raises `Invalid` for the district itself: that complaint belongs to the level above it.
    """
    if accused.parent_id is None:
        raise Invalid(
            _(
                "A complaint about the district itself belongs to the level above it. Point the resident there."
            ),
            field="accused",
        )
    change.data["accused"] = accused.pk
    matter = change.matter
    _protect(matter, accused)
    keys = list(Matter.objects.filter(_belonging(matter)).values_list("pk", flat=True))
    rows = {matter.pk: matter} | (lock_together(keys) if keys else {})
    # What joined another goes where that goes, so it comes last.
    for other in sorted((rows[key] for key in keys), key=lambda row: row.state == State.MERGED):
        owner_before, where_before = other.owner_id, where_of(other)
        _protect(other, accused)
        if other.lead_id in rows:
            other.owner = rows[other.lead_id].owner
        told = [other.owner_id] if other.is_open and other.owner_id != owner_before else []
        _record(change, other, where_before, {"accused": accused.pk, "owner": other.owner_id}, told)


def _belonging(matter: Matter) -> Q:
    """What a complaint in this matter takes out of the office's reach as well: what joined it, and its parts.

    A part was cut from its whole's words: the whole complains too, and with it all that belongs to that, unless a
    person has named whom the whole, or another part, complains about.
    """
    whole = matter.part_of
    if whole is None:
        return Q(lead=matter, state=State.MERGED) | Q(part_of=matter)
    if whole.accused_id is not None and not whole.accused_supposed:
        return Q(pk__in=[])
    unnamed = Q(accused=None) | Q(accused_supposed=True)
    return (
        unnamed & (Q(pk=whole.pk) | Q(part_of=whole) | Q(lead=whole, state=State.MERGED)) & ~Q(pk=matter.pk)
    )


def _record(
    change: Change, other: Matter, where_before: Where, data: dict[str, Any], told: Iterable[int] = ()
) -> None:
    """Save a matter that changes together with the one of this move, with an entry of its own, and have it counted
    and its new owners told.
    """
    data |= {"with": change.matter.pk}
    append(other, kind="triage", actor=change.actor.actor, at=change.at, data=data)
    other.save()
    notices = [{"to": "organization", "id": key, "kind": "assigned", "params": {}} for key in told]
    counts: Counter[Key] = Counter()
    count_standing(other, where_before, other.is_open, counts)
    message = {"from": str(other.state), "called": [], "given": bool(notices), "notices": notices}
    put_change(change, other, counts, message)


def acquit(change: Change, accused: Organization | None = None) -> None:
    """Say that a matter complains about no office, and neither does what belongs to it for the same reason. Who
    asked stays protected until somebody decides otherwise.

    Raises `Invalid` when an office is named all the same, `Denied` for all who do not sort for the whole
    district: an office must not undo what protects a complaint about its own people.
    """
    if accused is not None:
        raise Invalid(
            _("Name the office complained about, or say that there is none."), field="nobody_accused"
        )
    if not change.actor.scope(Power.TRIAGE).everywhere:
        raise Denied(_("Only who sorts for the whole district can say that no office is complained about."))
    matter = change.matter
    change.data["accused"] = 0
    joined = Q(lead=matter, state=State.MERGED) | Q(part_of=matter)
    same = Matter.objects.filter(joined, accused=matter.accused_id, accused__isnull=False)
    keys = list(same.values_list("pk", flat=True))
    for other in lock_together(keys).values() if keys else ():
        where_before = where_of(other)
        other.accused, other.accused_path, other.accused_supposed = None, "", False
        _record(change, other, where_before, {"accused": 0})
    matter.accused, matter.accused_path, matter.accused_supposed = None, "", False


def _protect(matter: Matter, accused: Organization, *, supposed: bool = False) -> None:
    matter.accused, matter.accused_path, matter.accused_supposed = accused, accused.path, supposed
    matter.confidential = True
    # An accused organization that holds the matter loses it at once, and so does one that works on it.
    matter.owner = unaccused(matter, matter.owner)
    if matter.supervisor is not None and is_accused_post(matter, matter.supervisor):
        matter.supervisor = None
    parties = Party.objects.filter(matter=matter).select_related("organization")
    involved = [party.pk for party in parties if is_accused(matter, party.organization)]
    if involved:
        Party.objects.filter(pk__in=involved).delete()


def shield(matter: Matter) -> None:
    """Keep a complaint about an office from all offices at its place while nobody has said which one is meant;
    once it is sorted as something else, let them have it again. The matter is not saved.

    Whom a person has named stays accused, whatever the kind and the place.
    """
    if matter.accused_id is not None and not matter.accused_supposed:
        return
    office = local_office(matter.place) if _about_office(matter, matter.category) else None
    if office is None:
        matter.accused, matter.accused_path, matter.accused_supposed = None, "", False
        return
    _protect(matter, office, supposed=True)


def _about_office(matter: Matter, category: str) -> bool:
    return bool(category) and clockwork.playbook_of(matter).playbook.category(category).about_officials
