"""A new operator by HTTP alone: from an empty district, without any command, to a claimed report."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import District, remove_everything
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from yuanba.cli.playbooks import playbook_command
from yuanba.demo.empty import build_empty
from yuanba.kernel.authority import system
from yuanba.kernel.errors import Invalid, NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters.models import Matter
from yuanba.people.actions import appoint, create_post
from yuanba.people.models import Account, Holding, Organization, Person, Post
from yuanba.places.actions import add_place, retire_place
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.shipped import shipped_source

OWN = "一句自己想出来的话 2026"
SETUP = system("test")


@pytest.fixture
def nothing(
    _district: District, django_db_blocker: pytest.FixtureRequest, settings: Settings
) -> Iterator[None]:
    """A database without any district, as at the first start; afterwards the tests' own is made anew."""
    settings.REQUIRE_SECOND_FACTOR = False
    cache.clear()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        remove_everything()
        yield
        remove_everything()
        _district.make()


def first_sign_in(name: str, password: str) -> Client:
    """Sign in with a one-time password and choose an own one."""
    client = Client()
    client.post(reverse("account_login"), {"login": name, "password": password})
    change = reverse("account_change_password")
    assert client.get("/people/me/")["Location"] == change
    assert (
        client.post(change, {"oldpassword": password, "password1": OWN, "password2": OWN}).status_code == 302
    )
    return client


def add(operator: Client, what: str, **values: object) -> str:
    """Fill in an add form of the back office; returns what was said afterwards."""
    answer = operator.post(reverse(f"admin:{what}_add"), values)
    wrong = answer.context["adminform"].form.errors if answer.status_code == 200 else ""
    assert answer.status_code == 302, wrong
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def offered(operator: Client, model: str, field: str, term: str) -> list[dict[str, str]]:
    """What the search box of a form offers."""
    sent = {"app_label": "people", "model_name": model, "field_name": field, "term": term}
    found: list[dict[str, str]] = operator.get(reverse("admin:autocomplete"), sent).json()["results"]
    return found


def password_in(words: str) -> str:
    found = re.search(r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}", words)
    assert found is not None, words
    return found[0]


def test_from_an_empty_district_to_a_claimed_report(nothing: None) -> None:
    operator = first_sign_in("operator", password_in(build_empty("tongliang")))
    operator.post(reverse("account_logout"))
    landed = operator.post(reverse("account_login"), {"login": "operator", "password": OWN})
    assert landed["Location"] == reverse("admin:index")
    assert operator.get(landed["Location"]).status_code == 200

    root = Place.objects.get()
    assert (root.name, root.code) == ("铜梁区", "500151000000")
    add(operator, "places_place", parent=root.pk, kind="street", name="东城街道", code="")
    street = Place.objects.get(name="东城街道")
    add(operator, "places_place", parent=street.pk, kind="community", name="河沿社区", code="")
    community = Place.objects.get(name="河沿社区")
    add(operator, "places_place", parent=community.pk, kind="building", name="2栋", code="")
    door = Place.objects.get(name="2栋")

    hall = Organization.objects.get(kind="district")
    add(operator, "people_organization", code="east", name="东城街道办事处", kind="street", parent=hall.pk,
        place=street.pk)  # fmt: skip
    east = offered(operator, "organization", "parent", "东城街道办")
    add(operator, "people_organization", code="river", name="河沿社区居民委员会", kind="community",
        parent=east[0]["id"], place=community.pk)  # fmt: skip
    river = Organization.objects.get(code="river")

    add(operator, "people_person", name="欧阳甲", phone="138 0013 8000")
    person = Person.objects.get(pk=offered(operator, "holding", "person", "13800138000")[0]["id"])
    assert person.name == "欧阳甲"
    assert Entry.objects.get(subject_kind="person", subject_id=person.pk).kind == "registered"
    add(operator, "people_post", kind="community_secretary", title="河沿社区书记", organization=river.pk)
    post = offered(operator, "holding", "post", "河沿社区书记")
    assert post[0]["text"] == "河沿社区书记 · 河沿社区居民委员会"
    add(
        operator,
        "people_holding",
        post=post[0]["id"],
        person=person.pk,
        from_on=timezone.localdate().isoformat(),
    )
    password = password_in(add(operator, "people_account", username="river"))
    account = Account.objects.get(username="river")
    change = reverse("admin:people_account_change", args=[account.pk])
    assert operator.post(change, {"person": person.pk}).status_code == 302

    sign = reverse("places:doors", args=[community.pk])
    assert sign in operator.get(reverse("admin:places_place_change", args=[community.pk])).content.decode()
    assert door.door_code in operator.get(sign).content.decode().replace(" ", "")

    told = Client().post(f"/d/{door.door_code}/", {"text": "二栋门口的路灯坏了一个星期，晚上看不见路。"})
    assert told.status_code == 302
    while deliver_due():
        pass
    matter = Matter.objects.get()
    assert (matter.owner, matter.category) == (river, "roads-lights")
    secretary = first_sign_in("river", password)
    assert secretary.get(reverse("matters:desk")).status_code == 200
    step(secretary, matter, "dispatch", owner=river.pk, category=matter.category, tier=matter.tier)
    step(secretary, matter, "claim")
    assert matter.state == "claimed"


def step(client: Client, matter: Matter, move: str, **values: object) -> None:
    """Press a button of the matter's page."""
    address = reverse("matters:make_move", args=[matter.number, move])
    typed = {f"{move}-{name}": value for name, value in values.items()}
    assert client.post(address, {"version": matter.version, **typed}).status_code == 302
    matter.refresh_from_db()


def correct(operator: Client, what: str, key: int, **values: object) -> None:
    """Send the form of a row that stands, its inner tables as they are."""
    address = reverse(f"admin:{what}_change", args=[key])
    shown = operator.get(address)
    tables = {
        f"{one.formset.prefix}-{name}": 0
        for one in shown.context["inline_admin_formsets"]
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    answer = operator.post(address, tables | values)
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def test_what_was_mistyped_is_corrected_with_an_entry_each(nothing: None) -> None:
    operator = first_sign_in("operator", password_in(build_empty("wanzhou")))
    root = Place.objects.get()
    add(operator, "places_place", parent=root.pk, kind="street", name="玉诚街道", code="")
    add(operator, "people_person", name="王某", phone="")
    street = Place.objects.get(name="玉诚街道")
    centre = Organization.objects.get(kind="centre")
    post = Post.objects.get()
    person = Person.objects.order_by("pk").last()
    assert person is not None
    correct(operator, "places_place", street.pk, name="玉城街道")
    correct(operator, "people_organization", centre.pk, name="万州区治理中心", short_name="中心", phone="")
    correct(operator, "people_post", post.pk, title="系统管理岗", duty="", promise="")
    correct(operator, "people_person", person.pk, name="", phone="13800138000")
    for row in (street, centre, post, person):
        row.refresh_from_db()
    assert (street.name, list(street.aliases.values_list("name", flat=True))) == ("玉城街道", ["玉诚街道"])
    assert (centre.name, centre.short_name, post.title) == ("万州区治理中心", "中心", "系统管理岗")
    assert (person.name, person.phone) == ("王某", "13800138000")
    kinds = [
        Entry.objects.filter(subject_kind=kind, subject_id=row.pk).order_by("pk").last().kind  # type: ignore[union-attr]
        for kind, row in (("place", street), ("organization", centre), ("post", post), ("person", person))
    ]
    assert kinds == ["place.renamed", "corrected", "corrected", "corrected"]
    page = operator.get(reverse("admin:people_person_change", args=[person.pk])).content.decode()
    assert "138****8000" in page
    assert not {"13800138000", "王某"} & set(re.findall(r"\w+", page))


def test_an_account_is_given_a_person_once(nothing: None) -> None:
    operator = first_sign_in("operator", password_in(build_empty("wanzhou")))
    for name in ("甲某", "乙某"):
        add(operator, "people_person", name=name)
    add(operator, "people_account", username="later")
    account = Account.objects.get(username="later")
    first, second = Person.objects.order_by("-pk")[:2]
    address = reverse("admin:people_account_change", args=[account.pk])
    taken = Person.objects.get(account__username="operator")
    assert operator.post(address, {"person": taken.pk}).status_code == 200
    assert operator.post(address, {"person": first.pk}).status_code == 302
    assert operator.post(address, {"person": second.pk}).status_code == 403
    account.refresh_from_db()
    assert account.person == first
    assert account.session_epoch == 1


@pytest.mark.parametrize("code", ["haidian", "qujing", "tongliang", "wanzhou"])
def test_every_shipped_playbook_can_found_a_district(nothing: None, code: str) -> None:
    """Qujing is a whole city."""
    build_empty(code)
    root = Place.objects.get()
    assert root.code == f"{current_playbook().playbook.district.code6}000000"
    assert root.name == current_playbook().playbook.district.name


def test_the_first_start_keeps_the_playbook_in_force(nothing: None) -> None:
    publish_playbook(shipped_source("tongliang"), actor=SETUP, at=timezone.now())
    assert "铜梁区" in build_empty("wanzhou")
    assert current_playbook().code == "tongliang"
    assert Place.objects.get().code == "500151000000"


def test_the_first_start_takes_a_file_or_says_what_it_may_be(nothing: None, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="haidian, qujing, tongliang, wanzhou"):
        build_empty("nowhere")
    assert not Place.objects.exists()
    file = tmp_path / "own.yaml"
    file.write_text(shipped_source("haidian").replace("code: haidian", "code: own", 1), encoding="utf-8")
    build_empty(str(file))
    assert (current_playbook().code, Place.objects.get().name) == ("own", "海淀区")


def test_another_districts_playbook_is_refused(nothing: None) -> None:
    build_empty("wanzhou")
    with pytest.raises(NotAllowed, match=r"海淀区 \(110108\).*万州区 500101"):
        publish_playbook(shipped_source("haidian"), actor=SETUP, at=timezone.now())
    assert current_playbook().code == "wanzhou"
    again = shipped_source("wanzhou") + "\n# the same, once more\n"
    assert publish_playbook(again, actor=SETUP, at=timezone.now()).edition == 2


def test_another_districts_playbook_is_refused_though_its_places_came_in_with_a_list(
    nothing: None, tmp_path: Path
) -> None:
    build_empty("wanzhou")
    at = timezone.now()
    add_place(None, PlaceKind.DISTRICT, "海淀区", code="110108000000", actor=SETUP, at=at)
    with pytest.raises(NotAllowed, match=r"海淀区 \(110108\).*万州区 \(500101\).*海淀区") as refused:
        publish_playbook(shipped_source("haidian"), actor=SETUP, at=at)
    assert refused.value.code == "other_district"
    file = tmp_path / "haidian.yaml"
    file.write_text(shipped_source("haidian"), encoding="utf-8")
    told = CliRunner().invoke(playbook_command, ["publish", str(file)])
    assert isinstance(told.exception, NotAllowed)
    assert current_playbook().code == "wanzhou"
    again = shipped_source("wanzhou") + "\n# the same, once more\n"
    assert publish_playbook(again, actor=SETUP, at=at).edition == 2


def test_a_district_whose_places_are_out_of_use_gives_way_to_the_one_whose_places_stand(
    nothing: None,
) -> None:
    build_empty("wanzhou")
    at = timezone.now()
    add_place(None, PlaceKind.DISTRICT, "海淀区", code="110108000000", actor=SETUP, at=at)
    retire_place(Place.objects.get(name="万州区"), on=timezone.localdate(at), actor=SETUP, at=at)
    assert publish_playbook(shipped_source("haidian"), actor=SETUP, at=at).code == "haidian"


def test_lists_tell_who_is_appointed_and_where(nothing: None) -> None:
    operator = first_sign_in("operator", password_in(build_empty("wanzhou")))
    centre = Organization.objects.get(kind="centre")
    add(operator, "people_person", name="欧阳甲乙", phone="13800138000")
    person = Person.objects.order_by("pk").last()
    add(operator, "people_post", kind="centre_clerk", title="受理员", organization=centre.pk)
    post = Post.objects.get(title="受理员")
    add(operator, "people_holding", post=post.pk, person=person.pk, from_on=timezone.localdate().isoformat())  # type: ignore[union-attr]
    for model in ("person", "holding", "post"):
        page = operator.get(reverse(f"admin:people_{model}_changelist")).content.decode()
        assert "欧阳*" in page, model
        assert "受理员" in page, model
        assert "欧阳甲乙" not in page, model
    kinds = operator.get(reverse("admin:people_post_add")).content.decode()
    assert 'value="community_secretary"' in kinds
    log = operator.get(reverse("admin:axes_accesslog_changelist"))
    assert log.status_code == 200
    assert "operator" in log.content.decode()
    assert Holding.objects.count() == 2


def test_each_list_of_an_empty_district_says_that_nothing_is_there_yet(nothing: None) -> None:
    client = first_sign_in("operator", password_in(build_empty("wanzhou")))
    operator = Person.objects.get(account__username="operator")
    now = timezone.now()
    for kind, holder in (("centre_arbiter", "centre"), ("district_leader", "district")):
        office = Organization.objects.get(kind=holder)
        post = create_post(kind=kind, title=kind, organization=office, actor=SETUP, at=now)
        appoint(post.pk, operator, on=timezone.localdate(), actor=SETUP, at=now)
    for address, said in {
        "/board/": "Nothing is open here",
        f"/board/{Place.objects.get().pk}/": "Nothing is open here",
        "/journal/": "The first fingerprint appears tomorrow",
        "/desk/": "Nothing waits for you here",
        "/problems/": "No matters yet",
        "/triage/": "Everything is sorted",
        "/arbitration/": "No dispute waits",
        "/whistles/": "Nobody was called yet",
        "/leader/": "No street is yours to watch over",
        "/supervision/": "Nothing is under watch",
        "/notices/": "No notices yet",
        "/playbook/draft/changes/": "Nothing changes",
        "/search/?q=zzz": "Nothing found",
    }.items():
        answer = client.get(address, headers={"Accept-Language": "en"})
        titles = re.findall(r'class="blank__title">([^<]+)<', answer.content.decode())
        assert (answer.status_code, titles) == (200, [said]), address
