import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Invalid
from yuanba.kernel.journal.models import Entry
from yuanba.people.actions import create_api_key
from yuanba.people.models import Account, ApiKey, Holding, Organization, Person, Post
from yuanba.people.queries import viewer_for_key
from yuanba.people.tests.conftest import AT, BUILDER, PASSWORD, Town, register

OPERATOR = Viewer(actor="account:9", powers_everywhere=frozenset({Power.OPERATE}))
pytestmark = pytest.mark.django_db
MODELS = ("account", "organization", "post", "holding", "apikey", "person")


@pytest.fixture
def admin(db: None, settings: Settings) -> Client:
    settings.REQUIRE_SECOND_FACTOR = False
    client = Client()
    client.force_login(Account.objects.create_superuser("root", PASSWORD))
    return client


def add(admin: Client, model: str, **values: object) -> tuple[int, str]:
    """Send the add form; returns the status and what was said afterwards."""
    answer = admin.post(reverse(f"admin:people_{model}_add"), values)
    return answer.status_code, " ".join(str(message) for message in get_messages(answer.wsgi_request))


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_forms_open(admin: Client, town: Town, model: str) -> None:
    town.holder("community_worker", "community")
    create_api_key(label="热线", scopes=["read"], actor=BUILDER, at=AT)
    page = admin.get(reverse(f"admin:people_{model}_changelist"))
    assert page.status_code == 200
    assert "13812341234" not in page.content.decode()
    if model != "person":
        assert admin.get(reverse(f"admin:people_{model}_add")).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_lists_speak_our_words(admin: Client, town: Town, model: str) -> None:
    """Under our own name, and without the words of the machine room."""
    town.holder("community_worker", "community")
    create_api_key(label="热线", scopes=["read"], actor=BUILDER, at=AT)
    admin.cookies["django_language"] = "zh-hans"
    html = admin.get(reverse(f"admin:people_{model}_changelist")).content.decode()
    assert "院坝后台" in html
    for foreign in ("Django", "Person id", ">Pk<", "zh-hans<", ">community_worker<"):
        assert foreign not in html, foreign


def test_a_key_is_given_scopes_by_what_they_allow(admin: Client) -> None:
    admin.cookies["django_language"] = "zh-hans"
    html = admin.get(reverse("admin:people_apikey_add")).content.decode()
    assert 'value="report"' in html
    assert "录入诉求" in html


def test_who_runs_the_system_makes_no_key_to_matters(admin: Client) -> None:
    """GB/T 22239-2019: three kinds of officer. The scopes are neither offered nor taken."""
    html = admin.get(reverse("admin:people_apikey_add")).content.decode()
    for scope in ("read", "dispatch", "handle", "close"):
        assert f'value="{scope}"' not in html
        assert add(admin, "apikey", label="x", scopes=[scope])[0] == 200
        with pytest.raises(Invalid) as refusal:
            create_api_key(label="x", scopes=["report", scope], actor=OPERATOR, at=AT)
        assert (refusal.value.field, refusal.value.code) == ("scopes", "beyond_reach")
    assert not ApiKey.objects.exists()
    create_api_key(label="x", scopes=["report", "open311", "admin"], actor=OPERATOR, at=AT)
    reader = Viewer(actor="x", powers_everywhere=frozenset({Power.OPERATE, Power.SEE, Power.SEE_BOARD}))
    create_api_key(label="x", scopes=["read"], actor=reader, at=AT)


@pytest.mark.parametrize("model", MODELS)
def test_staff_without_the_power_see_none_of_it(town: Town, model: str, settings: Settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    _post, account = town.holder("community_worker", "community")
    account.is_staff = True
    account.save(update_fields=["is_staff"])
    client = Client()
    client.force_login(account)
    expected = 200 if model == "apikey" else 403
    assert client.get(reverse(f"admin:people_{model}_changelist")).status_code == expected


def test_an_account_comes_with_its_one_time_password_and_an_entry(admin: Client) -> None:
    status, said = add(admin, "account", username="newcomer")
    account = Account.objects.get(username="newcomer")
    assert status == 302
    assert account.check_password(said.split(": ")[1].split()[0]) or account.check_password(
        said.split("：")[-1].split()[0]
    )
    assert Entry.objects.filter(subject_kind="account", subject_id=account.pk, kind="created").exists()
    status, _said = add(admin, "account", username="NEWCOMER")
    assert (status, Account.objects.filter(username__iexact="newcomer").count()) == (200, 1)


def test_a_key_is_shown_once(admin: Client) -> None:
    status, said = add(admin, "apikey", label="热线", scopes=["report"])
    raw = next(word for word in said.split() if word.startswith("yb_"))
    assert status == 302
    assert viewer_for_key(raw) is not None
    assert raw in admin.get(reverse("admin:people_apikey_changelist")).content.decode()
    page = admin.get(reverse("admin:people_apikey_change", args=[ApiKey.objects.get().pk]))
    assert page.status_code == 200
    assert raw not in page.content.decode()


def test_an_office_a_post_and_a_holder_are_added_by_their_actions(admin: Client, town: Town) -> None:
    person = register()
    parent = town.offices["community"].pk
    assert (
        add(admin, "organization", code="t-team", name="志愿队", kind="volunteer_team", parent=parent)[0]
        == 302
    )
    team = Organization.objects.get(code="t-team")
    assert add(admin, "post", kind="no_such", title="x", organization=team.pk)[0] == 200
    assert add(admin, "post", kind="grid_worker", title="队长", organization=team.pk)[0] == 302
    post = Post.objects.get(title="队长")
    sent = {"post": post.pk, "person": person.pk, "from_on": "2026-03-02"}
    assert add(admin, "holding", **sent)[0] == 302
    assert add(admin, "holding", **sent)[0] == 200
    assert Holding.objects.filter(post=post).count() == 1
    assert Entry.objects.filter(subject_kind="post", subject_id=post.pk).count() == 2


def test_chosen_rows_are_acted_on(admin: Client, town: Town) -> None:
    _post, account = town.holder("community_worker", "community")
    lost = register("要忘记的人")

    def act(model: str, action: str, key: int) -> str:
        sent = {"action": action, "_selected_action": key}
        answer = admin.post(reverse(f"admin:people_{model}_changelist"), sent)
        assert answer.status_code == 302
        return " ".join(str(message) for message in get_messages(answer.wsgi_request))

    act("account", "disable", account.pk)
    account.refresh_from_db()
    assert not account.is_active
    act("person", "forget", lost.pk)
    assert Person.objects.get(pk=lost.pk).forgotten_at is not None
    act("organization", "close", town.offices["community"].pk)
    assert Organization.objects.get(pk=town.offices["community"].pk).closed_on is None
    act("holding", "end", account.person.holdings.get().pk)  # type: ignore[union-attr]
    assert account.person.holdings.get().to_on is not None  # type: ignore[union-attr]


def test_a_person_is_found_by_telephone_and_forgotten_on_request(admin: Client, town: Town) -> None:
    wanted, _other = register("甲", "13812340001"), register("乙", "13812340002")
    address = reverse("admin:people_person_changelist")

    def found(text: str) -> list[int]:
        return [row.pk for row in admin.get(address, {"q": text}).context["cl"].result_list]

    assert found("138 1234 0001") == [wanted.pk]
    assert found(str(wanted.pk)) == [wanted.pk]
    assert found("1381234") == []
    assert found("甲") == []
    admin.post(f"{address}?q=13812340001", {"action": "forget", "_selected_action": wanted.pk})
    assert found("13812340001") == []
    assert Person.objects.get(pk=wanted.pk).forgotten_at is not None


@pytest.mark.parametrize(("field", "model"), [("person", "holding"), ("post", "holding"), ("place", "post")])
def test_choices_are_offered_to_who_appoints_only(
    admin: Client, town: Town, settings: Settings, field: str, model: str
) -> None:
    _post, account = town.holder("community_worker", "community")
    account.is_staff = True
    account.save(update_fields=["is_staff"])
    staff = Client()
    staff.force_login(account)
    sent = {"app_label": "people", "model_name": model, "field_name": field, "term": ""}
    address = reverse("admin:autocomplete")
    assert staff.get(address, sent).status_code == 403
    texts = [one["text"] for one in admin.get(address, sent).json()["results"]]
    assert texts
    assert not any("13812341234" in text or "持岗人" in text for text in texts)


def test_a_list_of_persons_costs_as_many_queries_for_many_as_for_few(admin: Client, town: Town) -> None:
    counts = []
    for _time in range(2):
        for _person in range(3):
            town.holder("community_worker", "community")
        for model in ("person", "holding", "post", "account"):
            with CaptureQueriesContext(connection) as captured:
                admin.get(reverse(f"admin:people_{model}_changelist"))
            counts.append(len(captured))
    assert counts[:4] == counts[4:]
