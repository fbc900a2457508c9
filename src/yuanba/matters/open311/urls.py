"""Addresses of GeoReport v2 under /open311/v2/; the form is the ending of each."""

from django.http import HttpRequest, HttpResponse
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt

from yuanba.matters.open311 import creating, discovery, reading, services, updates
from yuanba.matters.open311.arguments import Arguments
from yuanba.matters.open311.errors import door
from yuanba.matters.open311.rendering import not_found

app_name = "open311"
FORM = r"\.(?P<form>[^/.]+)$"


@door("GET", "POST")
def requests(request: HttpRequest, form: str, arguments: Arguments) -> HttpResponse:
    """Read the list, or add to it."""
    if request.method == "POST":
        return creating.create(request, form, arguments)
    return reading.list_requests(form, arguments)


@door("GET", "POST")
def request_updates(request: HttpRequest, form: str, arguments: Arguments) -> HttpResponse:
    """Read the news, or add a resident's word."""
    if request.method == "POST":
        return updates.take_update(request, form, arguments)
    return updates.list_updates(form, arguments)


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    return not_found(request.path_info.rpartition(".")[2])


urlpatterns = [
    re_path(rf"^discovery{FORM}", discovery.discovery, name="discovery"),
    re_path(rf"^services{FORM}", services.services, name="services"),
    re_path(rf"^services/(?P<service_code>[^/]+){FORM}", services.definition, name="definition"),
    re_path(rf"^requests{FORM}", requests, name="requests"),
    re_path(rf"^requests/(?P<number>[^/]+){FORM}", reading.one_request, name="request"),
    re_path(rf"^tokens/(?P<token>[^/]+){FORM}", reading.token, name="token"),
    re_path(rf"^servicerequestupdates{FORM}", request_updates, name="updates"),
    re_path(r"^.*$", nothing_here),
]
