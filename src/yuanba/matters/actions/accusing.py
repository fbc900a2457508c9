"""A complaint about an office: that office and all below it never get it, see it or learn of it.

信访工作条例 (2022) articles 30 and 46: accusations must not reach the accused person or unit.
"""

from django.db.models import Q
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power
from yuanba.kernel.errors import Denied, Invalid
from yuanba.kernel.journal.append import append
from yuanba.matters import clockwork
from yuanba.matters.changing import Change, lock_together
from yuanba.matters.flow import State
from yuanba.matters.models import Matter, Party
from yuanba.matters.owners import is_accused, is_accused_post, local_office, unaccused
from yuanba.people.models import Organization


def accuse(change: Change, accused: Organization) -> None:
    """Note whom a matter complains about; everything that belongs to it is taken out of that office's reach.

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
    joined = Q(lead=matter, state=State.MERGED) | Q(part_of=matter)
    keys = list(Matter.objects.filter(joined).values_list("pk", flat=True))
    for other in lock_together(keys).values() if keys else ():
        _protect(other, accused)
        if other.state == State.MERGED:
            other.owner = matter.owner
        append(
            other,
            kind="triage",
            actor=change.actor.actor,
            at=change.at,
            data={"accused": accused.pk, "owner": other.owner_id, "with": matter.pk},
        )
        other.save()


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
        other.accused, other.accused_path = None, ""
        data = {"accused": 0, "with": matter.pk}
        append(other, kind="triage", actor=change.actor.actor, at=change.at, data=data)
        other.save()
    matter.accused, matter.accused_path = None, ""


def _protect(matter: Matter, accused: Organization) -> None:
    matter.accused, matter.accused_path, matter.confidential = accused, accused.path, True
    # An accused organization that holds the matter loses it at once, and so does one that works on it.
    matter.owner = unaccused(matter, matter.owner)
    if matter.supervisor is not None and is_accused_post(matter, matter.supervisor):
        matter.supervisor = None
    parties = Party.objects.filter(matter=matter).select_related("organization")
    involved = [party.pk for party in parties if is_accused(matter, party.organization)]
    if involved:
        Party.objects.filter(pk__in=involved).delete()


def shield(matter: Matter, category_before: str = "") -> None:
    """Keep a complaint about an office from all offices at its place while nobody has said which one is meant;
    once it is sorted as something else, let them have it again. The matter is not saved.
    """
    about = _about_office(matter, matter.category)
    if about == (matter.accused_id is not None):
        return
    office = local_office(matter.place)
    if about and office is not None:
        matter.accused, matter.accused_path, matter.confidential = office, office.path, True
        matter.owner = unaccused(matter, matter.owner)
    elif not about and office == matter.accused and _about_office(matter, category_before):
        matter.accused, matter.accused_path = None, ""


def _about_office(matter: Matter, category: str) -> bool:
    return bool(category) and clockwork.playbook_of(matter).playbook.category(category).about_officials
