"""The resident's pages: report, my matter, find it again. They need neither scripts nor an account."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from secrets import token_urlsafe
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yuanba.kernel import idempotency
from yuanba.kernel.addresses import address_of
from yuanba.kernel.authority import Power, Viewer, system
from yuanba.kernel.crypto import decrypt, encrypt
from yuanba.kernel.errors import DomainError, Invalid, Missing, NotAllowed, TooMany
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.journal.proof import prove
from yuanba.matters import actions, queries
from yuanba.matters.actions import Opinion
from yuanba.matters.boards import paged_place
from yuanba.matters.clockwork import playbook_of
from yuanba.matters.district import district_root
from yuanba.matters.forms import FindForm, NotSolvedForm, OpinionForm, ReportForm, WordsForm
from yuanba.matters.limiting import check_rate
from yuanba.matters.models import Channel, Matter
from yuanba.matters.pages.filled_in import form_page, put_errors
from yuanba.matters.pages.pictures import kept_photos, photo_response, pictures_of
from yuanba.matters.pages.places import place_page
from yuanba.matters.pages.visitors import check_finding, check_proving
from yuanba.matters.photo_forms import KeepsPhotos
from yuanba.matters.presenting import ladder_of, next_for_resident, promised_row
from yuanba.matters.reporting import Contact, Report
from yuanba.matters.story import may_prove, story_of, whole_story
from yuanba.people.queries import persons_with_phone, posts_on
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.places.queries import by_door_code, children, full_name
from yuanba.playbooks.queries import current_playbook

DOOR = system("door", [])
FINDER = system("find", [Power.MANAGE_PEOPLE])
_RECEIPT = "idempotency.receipt"


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The front page: report, follow, look at the board."""
    root = district_root()
    context = {
        "playbook": current_playbook().playbook,
        "root": root,
        "streets": children(root, kind="street", limit=100).places,
    }
    return render(request, "matters/home.html", context)


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Report without a door code; where it is, is said in words, which a place's page brings along."""
    return _report(request, district_root(), Channel.WEB, _called(request.GET.get("at", "")))


def _called(key: str) -> str:
    """The full name of a place by its key; empty for a home and for nonsense."""
    if not (key.isascii() and key.isdigit() and len(key) < 10):
        return ""
    place = Place.objects.filter(pk=int(key), retired_on=None).exclude(kind=PlaceKind.HOUSEHOLD).first()
    return full_name(place) if place is not None else ""


@require_http_methods(["GET", "POST"])
def report_at_door(request: HttpRequest, door_code: str) -> HttpResponse:
    """Report from a scanned door code; the place is known."""
    return _report(request, by_door_code(door_code), Channel.DOOR)


def _report(request: HttpRequest, place: Place, channel: Channel, address: str = "") -> HttpResponse:
    page, at_door = current_playbook().playbook.report_page, channel == Channel.DOOR
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ReportForm(
        *sent, page=page, at_door=at_door, initial={"key": token_urlsafe(16), "address": address}
    )
    refusal: DomainError | None = None
    if request.method == "POST":
        checked = form.is_valid()
        try:
            # Photos are kept also where the rest has to be mended, so they count as a try.
            if checked or form.cleaned_data.get("photos"):
                check_rate(str(channel), address=address_of(request), place=place.pk)
            photos = form.keep()
            if checked:
                return HttpResponseRedirect(_receive_once(form.cleaned_data, photos, place, channel))
        except DomainError as error:
            put_errors(form, refusal := error)
    context = {
        "form": form,
        "place": place if at_door else None,
        "place_name": full_name(place) if at_door else "",
        "place_page": place_page(paged_place(place)),
        "texts": page.en if get_language() == "en" else page.zh_hans,
        "responsible": posts_on(place)[:2] if at_door else [],
    }
    return form_page(request, "matters/report.html", context, refusal)


def _receive_once(data: dict[str, Any], photos: tuple[int, ...], place: Place, channel: Channel) -> str:
    """Receive a report, once however often the button was pressed; returns the address of the resident's
    page.
    """

    def work() -> idempotency.Kept:
        receipt = actions.receive(
            Report(
                text=data["text"],
                place=place,
                channel=channel,
                contact=Contact(name=data["name"], phone=data["phone"], language=get_language() or "zh-hans"),
                address=data.get("address", ""),
                confidential=data["about_office"],
                about_office=data["about_office"],
                photos=photos,
            ),
            actor=DOOR,
        )
        return idempotency.Kept(303, encrypt(receipt.track_key, _RECEIPT))

    # All that was said is part of the key: a browser's Back brings the used one along for what is another report,
    # perhaps a neighbour's on the same phone.
    key = data["key"] or token_urlsafe(16)
    said = [str(data.get(name, "")) for name in ("text", "name", "phone", "address", "about_office")]
    digest = idempotency.digest(*(part.encode() for part in (key, str(place.pk), *said, *map(str, photos))))
    answer = idempotency.once("page", digest, digest, work)
    return reverse("matters:mine", args=[decrypt(answer.response, _RECEIPT)]) + "?new=1"


@never_cache
@require_GET
def mine(request: HttpRequest, track_key: str) -> HttpResponse:
    """My matter: who answers, by when, what comes next, what has happened."""
    matter = queries.matter_by_track_key(track_key)
    return _mine(request, matter, track_key)


def _mine(
    request: HttpRequest, matter: Matter, track_key: str, forms: dict[str, Any] | None = None
) -> HttpResponse:
    viewer = queries.resident_of(matter, track_key)
    whole = matter.lead or matter
    allowed = {move.name for move in queries.moves_for(viewer, matter)}
    if matter.lead is not None and whole.state not in {"answered", "confirmed", "closed"}:
        allowed -= {"confirm", "not_solved"}
    until = reopen_until(whole)
    if until is not None and until < timezone.localdate():
        allowed -= {"not_solved"}
    verdict = matter.verdicts.filter(round=whole.round).first()
    pictures = pictures_of(matter, viewer, "matters:my_photo", track_key)
    story = whole_story(whole, viewer)
    context = {
        "matter": matter,
        "whole": whole,
        "row": promised_row(whole, full_name(matter.place)),
        "next_step": next_for_resident(whole),
        "track_key": track_key,
        "link": request.build_absolute_uri(reverse("matters:mine", args=[track_key])),
        "is_new": "new" in request.GET,
        "story": (pictures.beside(story_of(matter, viewer), matter.pk) if matter.lead else [])
        + pictures.beside(story.moments, whole.pk),
        "ladder": ladder_of(whole, story.been),
        "allowed": allowed,
        "question": matter.notes.filter(kind="question").order_by("-pk").first(),
        "answer": whole.answers.filter(round=whole.round).first(),
        "pictures": pictures,
        "done_photos": pictures.done(whole),
        "place_page": place_page(paged_place(matter.place)),
        "confirm_form": OpinionForm(prefix="confirm"),
        "not_solved_form": NotSolvedForm(prefix="not_solved"),
        "reply_form": WordsForm(prefix="reply"),
        "verdict": verdict,
        "heard": queries.heard(whole) if verdict is not None and whole.state == "answered" else None,
        "reopen_until": until,
        "elsewhere": elsewhere_of(matter),
    } | (forms or {})
    return render(request, "matters/mine.html", context, status=422 if forms else 200)


def reopen_until(matter: Matter) -> date | None:
    """The last day on which the resident can send a closed matter back to work; None while it is open."""
    if matter.closed_at is None:
        return None
    days = playbook_of(matter).playbook.closing.reopen_window_days
    return timezone.localdate(matter.closed_at) + timedelta(days=days)


def elsewhere_of(matter: Matter) -> dict[str, str] | None:
    """Why a matter does not belong here and where it does, as its requester was told."""
    if matter.state != "out_of_scope":
        return None
    told = matter.notices.filter(to_requester=True, kind="out_of_scope").order_by("-pk").first()
    return told.params if told is not None else None


@never_cache
@require_http_methods(["POST"])
def my_move(request: HttpRequest, track_key: str, move: str) -> HttpResponse:
    """One of the resident's own moves: confirm, not solved, reply, withdraw, hide photos."""
    matter = queries.matter_by_track_key(track_key)
    mover = MOVES.get(move)
    if mover is None:
        raise Missing(_("There is no such page."))
    form_class, prefix, act, thanks = mover
    form, viewer = (
        form_class(request.POST, request.FILES, prefix=prefix),
        queries.resident_of(matter, track_key),
    )
    checked = form.is_valid()
    if isinstance(form, KeepsPhotos):
        checked = kept_photos(form, matter, viewer, move) and checked
    if checked:
        try:
            act(matter, form.cleaned_data, viewer)
        except Invalid as error:
            put_errors(form, error)
        else:
            # The tag is the name of the draft that the browser may forget now.
            messages.success(
                request, thanks(matter.lead or matter), extra_tags=f"{matter.number}/mine/{move}"
            )
            return HttpResponseRedirect(reverse("matters:mine", args=[track_key]))
    return _mine(request, matter, track_key, {f"{prefix}_form": form})


def _opinion(data: dict[str, Any]) -> Opinion:
    return Opinion(data["contacted"], data["satisfaction"], data["said"], data.get("photos", ()))


def _confirm(matter: Matter, data: dict[str, Any], viewer: Viewer) -> None:
    actions.confirm(matter.pk, _opinion(data), actor=viewer)


def _not_solved(matter: Matter, data: dict[str, Any], viewer: Viewer) -> None:
    actions.not_solved(matter.pk, _opinion(data), actor=viewer)


def _what_not_solved_does(whole: Matter) -> str:
    """Where several ask for the same, one word against the others' sends nothing back to work yet."""
    whole.refresh_from_db()
    if whole.state in {"answered", "confirmed", "closed"}:
        return _("Thank you. Your word counts.")
    return _("It goes back to work. You will hear again.")


def _reply(matter: Matter, data: dict[str, Any], viewer: Viewer) -> None:
    actions.supply_information(matter.pk, data["text"], actor=viewer)


def _hide_photos(matter: Matter, _data: dict[str, Any], viewer: Viewer) -> None:
    actions.hide_photos(matter.pk, actor=viewer)


def _withdraw(matter: Matter, _data: dict[str, Any], viewer: Viewer) -> None:
    actions.withdraw(matter.pk, actor=viewer)


class _Nothing(WordsForm):
    """Withdrawing takes no words, nor does hiding photos."""

    text = None  # type: ignore[assignment]


Mover = tuple[type[Any], str, Callable[[Matter, dict[str, Any], Viewer], None], Callable[[Matter], str]]
MOVES: dict[str, Mover] = {
    "confirm": (OpinionForm, "confirm", _confirm, lambda _whole: _("Thank you. Your word counts.")),
    "not_solved": (NotSolvedForm, "not_solved", _not_solved, _what_not_solved_does),
    "reply": (WordsForm, "reply", _reply, lambda _whole: _("Thank you. Work goes on.")),
    "withdraw": (_Nothing, "withdraw", _withdraw, lambda _whole: _("Your request is withdrawn.")),
    "hide_photos": (
        _Nothing,
        "hide_photos",
        _hide_photos,
        lambda _whole: _("Your photos are shown to nobody but you and the offices."),
    ),
}


@require_GET
def my_photo(request: HttpRequest, track_key: str, photo_id: int) -> HttpResponse:
    """A photo of the resident's own matter."""
    matter = queries.matter_by_track_key(track_key)
    return photo_response(request, matter, queries.resident_of(matter, track_key), photo_id)


@never_cache
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Back to my matter by its number and the telephone given, under one more link."""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            check_finding(request, form.cleaned_data["number"], form.cleaned_data["phone"])
        except TooMany as error:
            form.add_error(None, error.message)
            return render(request, "matters/find.html", {"form": form}, status=error.status)
        matter = _find(form.cleaned_data["number"], form.cleaned_data["phone"])
        if matter is not None:
            track_key = actions.renew_link(matter.pk, actor=queries.resident_of(matter))
            return HttpResponseRedirect(reverse("matters:mine", args=[track_key]))
        form.add_error(None, _("No matter has this number and telephone. Check both, or ask your community."))
    return render(request, "matters/find.html", {"form": form}, status=422 if form.errors else 200)


def _find(number: str, phone: str) -> Matter | None:
    """The matter, or None for whatever reason: the answer must not tell which half was right.

    Protected ones are never found: whoever is complained about could ask here who it was.
    """
    try:
        key = queries.key_of_number(number)
        persons = persons_with_phone(FINDER, phone)
    except DomainError:
        return None
    open_ones = Matter.objects.filter(confidential=False, accused=None)
    matter = open_ones.filter(pk=key, requester__in=persons).first()
    return matter if matter is not None and matter.number == number.strip() else None


@require_GET
def my_proof(request: HttpRequest, track_key: str, entry_id: int) -> HttpResponse:
    """Where one record of the resident's own matter stands in the journal."""
    matter = queries.matter_by_track_key(track_key)
    check_proving(request)
    return proof_response(
        request, [matter.pk, matter.lead_id or 0], entry_id, queries.resident_of(matter, track_key)
    )


def proof_response(
    request: HttpRequest, matters: Sequence[int], entry_id: int, viewer: Viewer
) -> HttpResponse:
    """The proof of one entry of matters that the viewer may see, as a page or (``?download``) as the file to
    check.
    """
    entry = Entry.objects.filter(pk=entry_id, subject_kind="matter", subject_id__in=matters).first()
    if entry is None or not may_prove(entry, viewer):
        raise Missing(_("There is no such journal entry."))
    found, waiting = None, ""
    try:
        found = prove(entry_id)
    except NotAllowed as error:
        waiting = error.message
    if found is not None and "download" in request.GET:
        response = HttpResponse(found.as_json(), content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="proof-{entry_id}.json"'
        return response
    return render(request, "matters/proof.html", {"entry": entry, "proof": found, "waiting": waiting})
