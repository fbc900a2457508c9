"""Notices: who is told what about a matter, in the product, and by mail where there is an address."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.journal.models import Entry
from yuanba.kernel.mail import send
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import Delivery, handles, message
from yuanba.matters import clockwork
from yuanba.matters.flow import Stage, State
from yuanba.matters.models import Channel, Matter, Notice
from yuanba.matters.outward import put_on_their_way
from yuanba.matters.owners import WayUp, leader_post, speaker_of, way_to_strike_off, way_up
from yuanba.matters.seeing import is_unsorted
from yuanba.people.models import Organization
from yuanba.playbooks.schema.notices import PLACEHOLDERS
from yuanba.playbooks.schema.notices import Message as Wording
from yuanba.playbooks.schema.notices import Notice as Worded

Plan = dict[str, Any]
"""Who is told and what, as a move leaves it in the outbox: to, id, kind, params, leader, own."""
Words = tuple[object, object]
"""Subject and body, to be translated."""
MAIL = "notice.mail"
# Places in a wording that hold what somebody typed, or that tell of somebody's private life.
FREE_WORDS = frozenset({"reason", "question", "note", "answer", "outcome", "category"})
# What passes between an office and one requester: whoever joined the matter is told nothing of it.
OWN = frozenset({"information_asked"})
JOINED = "joined"
"""What ``stage`` says in a notice to an office that was brought in, whose clock is none of the matter's own."""
# What offices are told in words of their own: playbooks word these kinds for residents, or not at all.
OFFICE_WORDS = {
    "time_requested": gettext_lazy("A request for more time is waiting for you."),
    "time_decided": gettext_lazy("Your request for more time was decided."),
    "exclusion_proposed": gettext_lazy("A proposal to leave a matter out of the rates is waiting for you."),
    "exclusion_decided": gettext_lazy("A proposal to leave a matter out of the rates was decided."),
    "to_dispatch": gettext_lazy("A matter has come to you and waits to be dispatched."),
    "push_down_proposed": gettext_lazy("A proposal to push a matter down to a community is waiting for you."),
    "push_down_refused": gettext_lazy("A proposal to push a matter down to a community was turned down."),
    "checked_in": gettext_lazy("A called organization has checked in."),
    "reported": gettext_lazy("A called organization has reported."),
    "check_in_late": gettext_lazy("A called organization has not checked in within its time."),
    "report_late": gettext_lazy("A called organization has not reported within its time."),
    "confirmed": gettext_lazy("The resident says it is solved."),
    "strike_off": gettext_lazy("A confirmed matter waits to be struck off."),
    "strike_off_late": gettext_lazy("A confirmed matter was not struck off within its time."),
    "pause_review": gettext_lazy("A pause is due for review."),
    "pause_ended": gettext_lazy("The level above has ended the pause; the clock runs again."),
    "recalled": gettext_lazy("A matter was called back and is sorted anew."),
    "call_ended": gettext_lazy("A call has ended: the matter was called back or joined another."),
    "joined_another": gettext_lazy("A matter was joined with another; its page leads there."),
    "vacancy": gettext_lazy("Nobody holds a post that works on matters at the owner of this one."),
    "called_vacant": gettext_lazy(
        "Nobody holds a post that works on matters at an organization that was called or brought in."
    ),
    "level_vacant": gettext_lazy(
        "Nobody is in post at %(vacant)s to act on this, so what was meant for it has come to you."
    ),
    "resumed": gettext_lazy("The resident has replied; the clock runs again."),
    "reopened": gettext_lazy("The resident says it is not solved; it is open again."),
    "withdrawn": gettext_lazy("The resident has withdrawn this matter."),
    "part_dispatched": gettext_lazy("A part of your matter has an owner now."),
    "part_claimed": gettext_lazy("A part of your matter was claimed."),
    "part_information_asked": gettext_lazy("Whoever handles a part of your matter asks you something."),
    "part_resumed": gettext_lazy("The clock of a part of your matter runs again."),
    "part_paused": gettext_lazy("The clock of a part of your matter stands still."),
    "part_extended": gettext_lazy("A part of your matter has got more time."),
    "part_climbed": gettext_lazy("A part of your matter was passed up."),
    "part_out_of_scope": gettext_lazy("A part of your matter was pointed to another place."),
    "part_answered": gettext_lazy("A part of your matter was answered. Say whether it is done."),
    "part_reminder": gettext_lazy("An answered part of your matter waits for your word."),
    "part_closed": gettext_lazy("A part of your matter was struck off."),
    "part_recalled": gettext_lazy("A part of your matter was called back and is sorted anew."),
    "part_note": gettext_lazy("There is a note for you on a part of your matter."),
}

# How a matter comes to an office other than to be claimed: playbooks word only that.
ARRIVAL_WORDS: dict[str, Words] = {
    Stage.TRIAGE: (
        gettext_lazy("%(number)s waits to be sorted"),
        gettext_lazy("%(number)s (%(category)s) has come to you to be sorted. Please sort it by %(due)s."),
    ),
    JOINED: (
        gettext_lazy("%(number)s: you are brought in"),
        gettext_lazy(
            "You are brought in to work on %(number)s (%(category)s) with %(owner)s. The resident was promised an "
            "answer by %(promised)s."
        ),
    ),
}

RESIDENT_WORDS = {
    "recalled": (
        gettext_lazy("%(number)s is being sorted anew"),
        gettext_lazy(
            "Your matter %(number)s was called back and is being sorted anew by %(owner)s. You will have an answer by "
            "%(due)s."
        ),
    ),
}


def make_notices(
    matter: Matter, planned: Iterable[Plan], at: datetime, *, joined: bool = True
) -> list[Notice]:
    """The notices of one move, not saved; each keeps what it says as it is now. Without `joined` the caller knows that
    no other request has joined the matter.

    What a matter's requester is told of the work goes to all who had joined it by then as well, however late a busy
    worker comes to tell it; what would be told to the requester of a part, to the office that speaks for it.
    """
    made: list[Notice] = []
    for plan in planned:
        params = {**_now(matter, to_requester=plan["to"] == "requester"), **plan["params"]}
        if plan["to"] == "requester" and matter.part_of_id is not None:
            made += _to_speaker(matter, plan["kind"], params, at)
        elif plan["to"] == "requester":
            made += [
                Notice(matter=each, kind=plan["kind"], to_requester=True, params=params, at=at)
                for each in _requesters(
                    matter, not joined or plan["kind"] in OWN or plan.get("own", False), at
                )
            ]
        elif plan["to"] == "post":
            made.append(Notice(matter=matter, kind=plan["kind"], post_id=plan["id"], params=params, at=at))
        else:
            made.append(_to_organization(matter, plan, params, at))
    return made


def _now(matter: Matter, *, to_requester: bool) -> dict[str, str]:
    """What notices may name and what changes with time; the deadline keeps its zone."""
    promised = clockwork.promised_at(matter)
    told = {"owner": matter.owner.called, "tier": matter.tier}
    if to_requester:
        return {"due": promised.isoformat(), **told}
    days = {"due": matter.due_at.isoformat(), "promised": promised.isoformat(), "stage": matter.stage}
    return {**days, **told}


def _requesters(matter: Matter, own: bool, at: datetime) -> list[Matter]:
    if own:
        return [matter]
    # What joined another stopped its own clock at that moment; what came along later has a later entry of it.
    joined = Matter.objects.filter(lead=matter, state=State.MERGED, stopped_at__lte=at)
    later = Entry.objects.filter(
        subject_kind=Matter.journal_kind, subject_id=OuterRef("pk"), kind="merge", at__gt=at
    )
    return [matter, *joined.exclude(Exists(later))]


def _to_speaker(part: Matter, kind: str, params: dict[str, str], at: datetime) -> list[Notice]:
    """To the office that speaks for a part; nothing of what it did itself."""
    kind = f"part_{kind}"
    if kind not in OFFICE_WORDS:
        return []
    return [
        Notice(matter=part, kind=kind, organization_id=speaker_of(part).pk, params=params, at=at),
    ]


def _to_organization(matter: Matter, plan: Plan, params: dict[str, str], at: datetime) -> Notice:
    """To an organization; a step for its leader goes to the leader's post, or to all of it while that is
    vacant.
    """
    post = leader_post(plan["id"]) if plan.get("leader") else None
    return Notice(
        matter=matter, kind=plan["kind"], organization_id=plan["id"], post_id=post, params=params, at=at
    )


def vacancy_plans(matter: Matter) -> list[Plan]:
    """An owner without anybody in post is told to the next level that has somebody: never a silent skip."""
    way = way_up(matter, matter.owner)
    return [] if way.reached is None else [_told(way.reached.pk, "vacancy"), *vacant_level_plans(way)]


def vacant_level_plans(way: WayUp) -> list[Plan]:
    """That nobody is in post at levels on the way up: to whoever hears of it in their place, once for each."""
    if way.reached is None:
        return []
    missed = [office for office in way.vacant if office.pk != way.reached.pk]
    return [_told(way.reached.pk, "level_vacant", vacant=office.called) for office in missed]


def strike_off_plans(matter: Matter) -> list[Plan]:
    """That a confirmed matter waits to be struck off: to the office whose posts can, wherever that is."""
    way = way_to_strike_off(matter)
    return [] if way.reached is None else [_told(way.reached.pk, "strike_off"), *vacant_level_plans(way)]


def called_vacant_plans(matter: Matter, called: Iterable[int]) -> list[Plan]:
    """That nobody is in post at these organizations that were called: to their caller and the levels above
    them.
    """
    offices = Organization.objects.filter(pk__in=list(called)).order_by("pk")
    above = [way_up(matter, office).reached for office in offices]
    if not above:
        return []
    keys = [matter.owner_id, *(office.pk for office in above if office is not None)]
    return [_told(key, "called_vacant") for key in dict.fromkeys(keys)]


def _told(organization_id: int, kind: str, **params: str) -> Plan:
    return {"to": "organization", "id": organization_id, "kind": kind, "params": params}


def save_notices(notices: list[Notice]) -> None:
    """Save notices, with a message for each mail that goes to a requester with an address, and what goes out to
    offices beyond the product.
    """
    Notice.objects.bulk_create(notices)
    put_on_their_way(notices, timezone.now())
    Message.objects.bulk_create(
        message(MAIL, notice.pk, {}, at=notice.at)
        for notice in notices
        if notice.to_requester and notice.matter.requester_id is not None
    )


@handles(MAIL, remote=True)
def send_by_mail(deliveries: Iterable[Delivery]) -> None:
    """Send a notice to its requester by mail. Who gave no address, or was forgotten meanwhile, gets none."""
    for delivery in deliveries:
        notice = Notice.objects.select_related("matter__requester").filter(pk=delivery.subject_id).first()
        if notice is None or notice.matter.requester is None or not notice.matter.requester.email:
            continue
        words = render(notice, notice.matter.requester.language)
        send(words.subject, words.body, notice.matter.requester.email)


def headline(notice: Notice, language: str) -> str:
    """What happened, in one line that may leave the product: nothing in it that anybody wrote freely."""
    return render(notice, language, with_link=False, free_words=False).subject


def said_due(notice: Notice) -> str:
    """The deadline as the notice told it."""
    return _moment(notice.params.get("due") or notice.matter.due_at.isoformat())


def _said_promise(notice: Notice) -> str:
    """The day of the answer as the notice told it; as it is now in one from before notices kept it."""
    kept = notice.params.get("promised")
    return _moment(kept) if kept else _moment(clockwork.promised_at(notice.matter).isoformat())


def render(notice: Notice, language: str, with_link: bool = True, free_words: bool = True) -> Wording:
    """A notice in words: the playbook's under which its matter was opened, in `language`; for what offices
    tell each other, the product's own. A page that brings its own link wants none in the words; without
    `free_words` three dots stand where somebody's own would.
    """
    matter = notice.matter
    playbook = clockwork.playbook_of(matter).playbook
    with translation.override(language):
        if notice.kind not in PLACEHOLDERS or (not notice.to_requester and notice.kind in OFFICE_WORDS):
            words = str(OFFICE_WORDS.get(notice.kind, notice.kind))
            return Wording(subject=words % {"vacant": notice.params.get("vacant", "")}, body=matter.number)
        tier = notice.params.get("tier", matter.tier)
        values = {
            **notice.params,
            "district": playbook.district.name,
            "number": matter.number,
            "category": category_name(matter) if notice.to_requester else filed_under(matter),
            "link": _address(notice) if with_link else "",
            "due": said_due(notice),
            "promised": _said_promise(notice),
            "owner": notice.params.get("owner") or matter.owner.called,
            "tier": playbook.tier(tier).name,
        }
        if not free_words:
            values |= dict.fromkeys(FREE_WORDS, "…")
        wording = _words_for(notice, playbook.notices.of(notice.kind))
        if not isinstance(wording, Worded):
            return _in_own_words(wording, values)
        if notice.kind == "assigned" and not playbook.notices.tells_both_days:
            values["due"] = values["promised"]
        return wording.render(
            language, {name: str(values.get(name, "")) for name in PLACEHOLDERS[notice.kind]}
        )


def _words_for(notice: Notice, worded: Worded | None) -> Worded | Words:
    """The edition's words; the product's where it has none: for a kind that is younger than it, and for a matter that
    comes to an office other than to be claimed.
    """
    arrival = None if notice.kind != "assigned" else ARRIVAL_WORDS.get(notice.params.get("stage", ""))
    return arrival or worded or RESIDENT_WORDS[notice.kind]


def _in_own_words(words: Words, values: Mapping[str, object]) -> Wording:
    subject, body = words
    return Wording(subject=str(subject) % values, body=f"{str(body) % values} {values['link']}".strip())


def _address(notice: Notice) -> str:
    """Where the told one reads on: the requester by number and telephone, an office at the matter itself."""
    number = notice.matter.number
    path = reverse("matters:find") if notice.to_requester else reverse("matters:matter", args=[number])
    return f"{settings.BASE_URL}{path}"


def _moment(text: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(text)), "SHORT_DATETIME_FORMAT")


def category_name(matter: Matter) -> str:
    """The category's name in the matter's playbook; plain words while it has none."""
    if not matter.category:
        return _("not sorted yet")
    return clockwork.playbook_of(matter).playbook.category(matter.category).name


def filed_under(matter: Matter) -> str:
    """The category in words for an office; what nobody has sorted yet is only suggested. Parts are filed by
    whoever splits the whole.
    """
    name = category_name(matter)
    if not matter.category or matter.channel == Channel.PART or not is_unsorted(matter):
        return name
    return _("suggested: %(category)s") % {"category": name}
