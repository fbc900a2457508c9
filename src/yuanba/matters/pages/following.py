"""Following a board by mail: the field on the board, and the pages that the letters lead to. A visit changes nothing,
for programs that look through mail open every link in it; a button does.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from yuanba.kernel.errors import DomainError, Missing
from yuanba.kernel.mail import sends_mail
from yuanba.matters import actions
from yuanba.matters.actions.following import follower_by_link
from yuanba.matters.forms import FollowForm
from yuanba.matters.happenings import followed_place
from yuanba.matters.models import Follower
from yuanba.matters.pages.filled_in import form_page, put_errors
from yuanba.matters.pages.places import place_page, place_with_page
from yuanba.matters.pages.visitors import check_following
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place


def is_followed_by_mail(place: Place) -> bool:
    """Whether the board of this place offers letters: one that lists something, where mail goes out at all."""
    return place.kind != PlaceKind.BUILDING and sends_mail()


@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, place_id: int) -> HttpResponse:
    """Ask for letters about a board. The answer is the same whatever is known of the address."""
    place = place_with_page(place_id)
    if place.pk != place_id or not is_followed_by_mail(place):
        raise Missing(_("There is no such page."))
    form, refusal = FollowForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        language = get_language() or "zh-hans"
        try:
            check_following(request)
            actions.ask_to_follow(place, form.cleaned_data["email"], language=language, at=timezone.now())
            return HttpResponseRedirect(f"{reverse('matters:follow', args=[place.pk])}?sent=1")
        except DomainError as error:
            put_errors(form, refusal := error)
    context = {"place": place, "board": place_page(place), "form": form, "sent": "sent" in request.GET}
    return form_page(request, "matters/follow.html", context, refusal)


@never_cache
@require_http_methods(["GET", "POST"])
def following(request: HttpRequest, follow_key: str) -> HttpResponse:
    """What a letter's link leads to: the button that confirms, then that the board is followed."""
    if request.method == "POST":
        actions.confirm_following(follow_key, at=timezone.now())
        return HttpResponseRedirect(reverse("matters:following", args=[follow_key]))
    return _shown(request, follower_by_link(follow_key), follow_key)


def _shown(request: HttpRequest, follower: Follower, follow_key: str) -> HttpResponse:
    place = followed_place(follower.place) or follower.place
    context = {
        "place": place,
        "board": place_page(place),
        "confirmed": follower.confirmed_at is not None,
        "follow_key": follow_key,
    }
    return render(request, "matters/following.html", context)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, follow_key: str) -> HttpResponse:
    """The button that ends the letters. Mail programs press it without a page before, and an answer must lead nowhere
    else (RFC 8058): the link is all that is asked for. Under a link of nobody, nothing comes any more either.
    """
    if request.method == "POST":
        actions.stop_following(follow_key)
        if request.POST.get("List-Unsubscribe") != "One-Click":
            return HttpResponseRedirect(reverse("matters:stop_following", args=[follow_key]))
    try:
        place = follower_by_link(follow_key).place
    except Missing:
        return render(request, "matters/stop_following.html", {"stopped": True})
    return render(request, "matters/stop_following.html", {"place": followed_place(place) or place})
