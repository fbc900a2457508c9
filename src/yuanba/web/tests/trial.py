"""Addresses for tests of this room: its own pages, and a form that keeps what reached the server."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from yuanba.web.samples import SampleForm
from yuanba.web.tests.drawing import draw

FORM = """{% extends "web/base.html" %}{% block content %}
<form class="form" method="post" enctype="multipart/form-data" data-draft="trial" novalidate>
{% csrf_token %}<c-fields :form="form" /><c-button kind="primary" name="move" value="send">Send</c-button>
</form>{% endblock %}"""
DONE = (
    """{% extends "web/base.html" %}{% block content %}<p data-draft-clear="trial">Done</p>{% endblock %}"""
)


@dataclass(frozen=True)
class Arrival:
    fields: dict[str, str]
    photos: list[bytes]


ARRIVALS: list[Arrival] = []


def trial(request: HttpRequest) -> HttpResponse:
    form = SampleForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        photos = [file.read() for file in request.FILES.getlist("photos")]
        ARRIVALS.append(Arrival({key: str(value) for key, value in request.POST.items()}, photos))
        if form.is_valid():
            return HttpResponse(draw(DONE, {}, request))
    return HttpResponse(draw(FORM, {"form": form}, request))


urlpatterns = [path("", trial, name="home"), path("", include("yuanba.web.urls"))]
