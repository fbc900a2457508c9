"""Staff on behalf: taking a request down for somebody, and handing over their number and link."""

import time
from secrets import token_urlsafe
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yuanba.kernel import idempotency
from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.crypto import decrypt, encrypt
from yuanba.kernel.errors import DomainError
from yuanba.matters import actions
from yuanba.matters.desk_forms import BringInForm
from yuanba.matters.limiting import check_rate
from yuanba.matters.models import Channel, Matter
from yuanba.matters.pages.filled_in import form_page, put_errors
from yuanba.matters.pages.frame import desk_context, office_page
from yuanba.matters.reporting import Contact, Report
from yuanba.matters.seeing import can_see
from yuanba.people.middleware import viewer_of
from yuanba.places.door_codes import read_door_code
from yuanba.playbooks.queries import current_playbook
from yuanba.web.qr import qr_svg

KEEP_S = 15 * 60
"""How long a link waits to be handed over: a page loaded again by mistake must not lose it for good."""
_RECEIPT, _LAST_CHANNEL = "desk.receipt", "desk.channel"


@office_page
@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Take a request down; whoever brought it leaves with a number and a link."""
    viewer = viewer_of(request)
    viewer.require(Power.RECEIVE)
    page = current_playbook().playbook.report_page
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    initial = {
        "key": token_urlsafe(16),
        "channel": request.session.get(_LAST_CHANNEL, Channel.VISIT),
    }
    form = BringInForm(*sent, page=page, viewer=viewer, initial=initial)
    refusal: DomainError | None = None
    if request.method == "POST":
        checked = form.is_valid()
        try:
            if checked or form.cleaned_data.get("photos"):
                check_rate("staff", account=viewer.account_id)
            photos = form.keep()
            if checked:
                receipt = _receive_once(form.cleaned_data, photos, form["place"].value().words, viewer)
                request.session[_LAST_CHANNEL] = form.cleaned_data["channel"]
                request.session[_RECEIPT] = {"kept": receipt, "until": time.time() + KEEP_S}
                return HttpResponseRedirect(reverse("matters:hand_over"))
        except DomainError as error:
            put_errors(form, refusal := error)
    texts = page.en if get_language() == "en" else page.zh_hans
    context = desk_context(request, "bring_in") | {"form": form, "texts": texts}
    return form_page(request, "matters/bring_in.html", context, refusal)


def _receive_once(data: dict[str, Any], photos: tuple[int, ...], where: str, viewer: Viewer) -> str:
    """Receive the request, once however often the button was pressed; returns what to hand over, encrypted."""
    report = Report(
        text=data["text"],
        place=data["place"],
        channel=data["channel"],
        contact=Contact(name=data["name"], phone=data["phone"]),
        address="" if read_door_code(where) else where,
        received_at=data["received_at"],
        confidential=data["confidential"] or data["about_office"],
        about_office=data["about_office"],
        photos=photos,
    )

    def work() -> idempotency.Kept:
        receipt = actions.receive(report, actor=viewer)
        return idempotency.Kept(303, encrypt(f"{receipt.matter.pk} {receipt.track_key}", _RECEIPT))

    # All that was said is part of the key: a browser's Back brings the used one along for another request, and
    # who asks next must not be handed the link of who asked before.
    key = data["key"] or token_urlsafe(16)
    said = ("text", "name", "phone", "channel", "received_at", "confidential", "about_office")
    parts = [key, where, str(data["place"].pk), *(str(data[name]) for name in said), *map(str, photos)]
    digest = idempotency.digest(*(part.encode() for part in parts))
    return idempotency.once(f"desk/{viewer.account_id}", digest, digest, work).response


@office_page
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest) -> HttpResponse:
    """The number and the link of the request just taken down, until they are handed over; then never again."""
    viewer = viewer_of(request)
    viewer.require(Power.RECEIVE)
    waiting = request.session.get(_RECEIPT)
    if waiting is None or waiting["until"] < time.time():
        request.session.pop(_RECEIPT, None)
        return HttpResponseRedirect(reverse("matters:bring_in"))
    key, _space, track_key = decrypt(waiting["kept"], _RECEIPT).partition(" ")
    matter = Matter.objects.select_related("owner", "place").get(pk=int(key))
    seen = can_see(viewer, matter)
    if request.method == "POST":
        del request.session[_RECEIPT]
        if "open" in request.POST and seen:
            return HttpResponseRedirect(reverse("matters:matter", args=[matter.number]))
        return HttpResponseRedirect(reverse("matters:bring_in"))
    link = request.build_absolute_uri(reverse("matters:mine", args=[track_key]))
    context = desk_context(request, "bring_in") | {
        "matter": matter,
        "seen": seen,
        "link": link,
        "qr": qr_svg(link, _("QR code of the requester's page")),
    }
    return render(request, "matters/hand_over.html", context)
