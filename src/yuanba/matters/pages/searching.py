"""One box for everything an office looks for: a request by its number or words, a place, a post."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Missing
from yuanba.kernel.keyset import Page
from yuanba.matters import queries
from yuanba.matters.boards import paged_place
from yuanba.matters.filters import WordsField
from yuanba.matters.models import Matter
from yuanba.matters.pages.frame import desk_context, office_page
from yuanba.matters.pages.places import place_page
from yuanba.matters.presenting import rows_of
from yuanba.people.middleware import viewer_of
from yuanba.people.queries import posts_called
from yuanba.places.calling import places_called
from yuanba.places.queries import full_names
from yuanba.web.helping import speaking_of
from yuanba.web.shapes import Crumb

PLACES, POSTS, HELP = 6, 8, 4


class SearchForm(forms.Form):
    q = WordsField(label=_("A number, words of the request, a place or a post"))
    after = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


@office_page
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What the viewer may see of what the words name; a number leads straight to its request."""
    viewer = viewer_of(request)
    form = SearchForm(request.GET or None)
    context = desk_context(request, "search") | {"form": form}
    if form.is_valid():
        words, after = form.cleaned_data["q"], form.cleaned_data["after"]
        if number := _number(viewer, words):
            return HttpResponseRedirect(reverse("matters:matter", args=[number]))
        found: Page[Matter] = queries.search(viewer, words, after=after)
        context |= {"words": words, "rows": rows_of(found.rows), "next": found.next}
        if not after:
            context |= {
                "places": _places(words),
                "posts": posts_called(words, limit=POSTS),
                "help_pages": speaking_of(words, limit=HELP),
            }
    return render(request, "matters/search.html", context)


def _number(viewer: Viewer, words: str) -> str:
    """The number that was searched for, if it is one that the viewer may open."""
    try:
        return queries.matter_for(viewer, words).number
    except Missing:
        return ""


def _places(words: str) -> list[Crumb]:
    """Places of that name, each with the address of its page."""
    places = places_called(words, limit=PLACES)
    names = full_names(places)
    return [Crumb(names[place.pk], place_page(paged_place(place))) for place in places]
