"""Notices: who is told what about a matter, in the product, and by mail where there is an address."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import Delivery, handles, message
from yuanba.matters import clockwork
from yuanba.matters.models import Matter, Notice
from yuanba.matters.owners import leader_post
from yuanba.playbooks.schema.notices import PLACEHOLDERS
from yuanba.playbooks.schema.notices import Message as Wording

MAIL = "notice.mail"
# What only offices are told, and no playbook has words for.
OFFICE_WORDS = {
    "time_requested": gettext_lazy("A request for more time is waiting for you."),
    "time_decided": gettext_lazy("Your request for more time was decided."),
    "checked_in": gettext_lazy("A called organization has checked in."),
    "reported": gettext_lazy("A called organization has reported."),
    "confirmed": gettext_lazy("The resident says it is solved. You can strike it off."),
    "strike_off": gettext_lazy("A confirmed matter waits to be struck off."),
    "pause_review": gettext_lazy("A pause is due for review."),
    "vacancy": gettext_lazy("Nobody holds a post at the owner of this matter."),
}


def make_notices(matter: Matter, planned: Iterable[dict[str, Any]], at: datetime) -> list[Notice]:
    """The notices of one move, not saved. What a matter's requester is told goes to all who joined it as
    well.
    """
    made: list[Notice] = []
    for plan in planned:
        if plan["to"] == "requester":
            made += [_to_requester(each, plan, at) for each in _requesters(matter)]
        elif plan["to"] == "post":
            made.append(
                Notice(matter=matter, kind=plan["kind"], post_id=plan["id"], params=plan["params"], at=at)
            )
        else:
            made.append(_to_organization(matter, plan, at))
    return made


def _requesters(matter: Matter) -> list[Matter]:
    return [matter, *Matter.objects.filter(lead=matter, state="merged")]


def _to_requester(matter: Matter, plan: dict[str, Any], at: datetime) -> Notice:
    return Notice(matter=matter, kind=plan["kind"], to_requester=True, params=plan["params"], at=at)


def _to_organization(matter: Matter, plan: dict[str, Any], at: datetime) -> Notice:
    """To an organization; a step for its leader goes to the leader's post, or to all of it while that is
    vacant.
    """
    post = leader_post(plan["id"]) if plan.get("leader") else None
    return Notice(
        matter=matter,
        kind=plan["kind"],
        organization_id=plan["id"],
        post_id=post,
        params=plan["params"],
        at=at,
    )


def save_notices(notices: list[Notice]) -> None:
    """Save notices, and a mail for each that goes to a requester with an address."""
    Notice.objects.bulk_create(notices)
    mails = [
        message(MAIL, notice.pk, {}, at=notice.at)
        for notice in notices
        if notice.to_requester and notice.matter.requester_id is not None
    ]
    Message.objects.bulk_create(mails)


@handles(MAIL)
def _mail(deliveries: Iterable[Delivery]) -> None:
    for delivery in deliveries:
        notice = Notice.objects.select_related("matter__requester").filter(pk=delivery.subject_id).first()
        if notice is None or notice.matter.requester is None or not notice.matter.requester.email:
            continue
        words = render(notice, notice.matter.requester.language)
        send_mail(words.subject, words.body, settings.DEFAULT_FROM_EMAIL, [notice.matter.requester.email])


def render(notice: Notice, language: str) -> Wording:
    """A notice in words of the matter's playbook. Kinds that the playbook has no words for read as the
    matter's number.
    """
    matter = notice.matter
    playbook = clockwork.playbook_of(matter).playbook
    if notice.kind not in PLACEHOLDERS:
        return Wording(subject=str(OFFICE_WORDS.get(notice.kind, notice.kind)), body=matter.number)
    values = {
        "district": playbook.district.name,
        "number": matter.number,
        "category": category_name(matter),
        "link": settings.BASE_URL + reverse("matters:find"),
        "due": date_format(timezone.localtime(matter.due_at), "SHORT_DATETIME_FORMAT"),
        "owner": matter.owner.called,
        "tier": playbook.tier(matter.tier).name,
        **notice.params,
    }
    wanted = PLACEHOLDERS[notice.kind]
    return playbook.notices.of(notice.kind).render(
        language, {name: str(values.get(name, "")) for name in wanted}
    )


def category_name(matter: Matter) -> str:
    """The category's name in the matter's playbook; plain words while it has none."""
    if not matter.category:
        return _("not sorted yet")
    return clockwork.playbook_of(matter).playbook.category(matter.category).name
