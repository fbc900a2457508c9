import re
from xml.etree import ElementTree

import pytest
from django.conf import LazySettings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from yuanba.kernel.authority import NOBODY, Viewer
from yuanba.places import pages
from yuanba.places.actions import add_place, give_door_code
from yuanba.places.admin import PlaceAdmin
from yuanba.places.doors import door_sheet, door_svg, door_url
from yuanba.places.models import Place
from yuanba.places.tests.conftest import AT, IMPORTER, Town, keeper_of


def ask(
    viewer: Viewer, place: Place, *, post: bool = False, signed_in: bool = True, query: str = ""
) -> HttpResponse:
    page = pages.new_door_code if post else pages.doors
    factory = RequestFactory()
    address = f"/places/{place.pk}/doors/"
    request = factory.post(address) if post else factory.get(address + query)
    request.user = get_user_model()() if signed_in else AnonymousUser()
    request.viewer = viewer  # type: ignore[attr-defined]
    return page(request, place.pk)


def test_a_doors_address_carries_its_code_and_nothing_else(town: Town, settings: LazySettings) -> None:
    settings.BASE_URL = "https://yuanba.example/"
    assert door_url(town.first) == f"https://yuanba.example/d/{town.first.door_code}"
    with pytest.raises(ValueError, match="no door code"):
        door_url(town.community)


def test_the_drawing_is_well_formed_and_needs_no_inline_style(town: Town) -> None:
    svg = door_svg(town.first)
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own drawing
    assert root.tag.endswith("svg")
    assert "style=" not in svg
    assert door_svg(town.second) != svg


def test_a_sheet_holds_every_door_below_the_place_page_by_page(town: Town) -> None:
    give_door_code(town.community, actor=IMPORTER, at=AT)
    names, after = [], ""
    while True:
        sheet = door_sheet(town.community, after=after, limit=3)
        names += [door.name for door in sheet.doors]
        if not (after := sheet.after):
            break
    assert names == [
        "沙河街道 玉城社区",
        "沙河街道 玉城社区 玉城家园 1栋",
        "沙河街道 玉城社区 玉城家园 2栋",
        "沙河街道 玉城社区 玉城家园 2栋 1单元",
    ]


def test_the_page_prints_each_door_with_its_code_to_type(town: Town) -> None:
    text = ask(keeper_of(town.community), town.community).content.decode()
    assert text.count("<svg") - text.count('class="icon') >= 3
    code = town.unit.door_code
    assert f"{code[:5]} {code[5:]}" in text
    assert door_url(town.unit) in text
    assert not re.search(r"<(?:style|script>)|style=", text)


def test_an_odd_page_key_is_taken_as_the_beginning(town: Town) -> None:
    path = town.estate.path
    for query in (f"?after={path}%00", f"?after={path}" + "0" * 500, f"?after={path.upper()}A"):
        text = ask(keeper_of(town.estate), town.estate, query=query).content.decode()
        assert text.count('<li class="door">') == 3


def test_a_place_without_a_sign_gets_one_on_request(town: Town) -> None:
    keeper = keeper_of(town.community)
    assert "/doors/new/" in ask(keeper, town.community).content.decode()
    assert ask(keeper, town.community, post=True).status_code == 302
    code = Place.objects.get(pk=town.community.pk).door_code
    assert code
    ask(keeper, town.community, post=True)
    assert Place.objects.get(pk=town.community.pk).door_code == code
    assert "/doors/new/" not in ask(keeper, town.community).content.decode()
    with pytest.raises(PermissionDenied):
        ask(keeper_of(town.street), town.street, post=True)


@pytest.mark.parametrize("post", [False, True])
def test_only_those_in_charge_see_the_signs_of_a_place(town: Town, post: bool) -> None:
    for viewer in (NOBODY, keeper_of(town.first)):
        with pytest.raises(Http404):
            ask(viewer, town.community, post=post)
    assert ask(NOBODY, town.community, post=post, signed_in=False).status_code == 302
    assert not Place.objects.get(pk=town.community.pk).door_code


def test_the_page_costs_as_many_queries_for_many_doors_as_for_few(town: Town) -> None:
    counts = []
    for number in (3, 9):
        add_place(town.estate, "building", f"{number}栋", actor=IMPORTER, at=AT)
        with CaptureQueriesContext(connection) as captured:
            ask(keeper_of(town.estate), town.estate)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8


def test_the_back_office_shows_each_viewer_their_own_places_and_lets_them_be_named(town: Town) -> None:
    office = PlaceAdmin(Place, admin.site)
    request = RequestFactory().get("/backoffice/places/place/")
    request.viewer = keeper_of(town.estate)  # type: ignore[attr-defined]
    assert set(office.get_queryset(request)) == {town.estate, town.first, town.second, town.unit}
    assert office.has_module_permission(request)
    assert office.has_add_permission(request)
    assert set(office.get_readonly_fields(request, town.first)) == set(office.shown) - {"name"}
    assert not office.has_delete_permission(request, town.first)
    request.viewer = NOBODY  # type: ignore[attr-defined]
    assert not office.has_view_permission(request)
    assert not office.has_add_permission(request)
    assert not office.has_change_permission(request, town.first)
    assert not office.get_queryset(request).exists()
