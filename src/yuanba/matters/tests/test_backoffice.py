"""What could not be delivered, as an operator sees it in the back office."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from yuanba.kernel.outbox.models import Message
from yuanba.people.models import Account

pytestmark = pytest.mark.django_db
LIST = "admin:kernel_message_changelist"


@pytest.fixture
def operator(settings: Settings) -> Client:
    settings.REQUIRE_SECOND_FACTOR = False
    client = Client()
    client.force_login(Account.objects.create_superuser("root", "a good long password"))
    return client


def make_message(*, dead: bool, error: str = "SMTPRecipientsRefused: wang.li@example.com") -> Message:
    now = timezone.now()
    return Message.objects.create(
        topic="notice.mail",
        subject_id=7,
        data={"text": "三栋的灯坏了"},
        created_at=now,
        due_at=now + timedelta(hours=1),
        attempts=7,
        last_error=error,
        dead_at=now if dead else None,
    )


def try_again(operator: Client, row: Message) -> str:
    answer = operator.post(reverse(LIST), {"action": "try_again", "_selected_action": row.pk})
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_a_dead_letter_is_listed_without_what_it_carries_or_whom_it_names(operator: Client) -> None:
    make_message(dead=True)
    html = operator.get(reverse(LIST)).content.decode()
    assert "SMTPRecipientsRefused" in html
    assert "wang.li" not in html
    assert "三栋" not in html


def test_messages_that_never_failed_are_nobodys_business(operator: Client) -> None:
    fresh = make_message(dead=False, error="")
    failed = make_message(dead=False)
    listed = operator.get(reverse(LIST)).context["cl"].result_list
    assert [row.pk for row in listed] == [failed.pk]
    assert fresh.pk != failed.pk


def test_one_message_has_no_page_that_would_show_its_content(operator: Client) -> None:
    row = make_message(dead=True)
    answer = operator.get(reverse("admin:kernel_message_change", args=[row.pk]))
    assert answer.status_code == 403
    assert operator.get(reverse("admin:kernel_message_add")).status_code == 403


def test_a_dead_letter_gets_a_fresh_start(operator: Client) -> None:
    row = make_message(dead=True)
    assert "will be tried again" in try_again(operator, row)
    row.refresh_from_db()
    assert (row.dead_at, row.attempts) == (None, 0)
    assert row.due_at <= timezone.now()


def test_a_message_that_still_waits_keeps_its_turn(operator: Client) -> None:
    row = make_message(dead=False)
    assert "was not given up" in try_again(operator, row)
    was = row.due_at
    row.refresh_from_db()
    assert (row.attempts, row.due_at) == (7, was)


def test_every_group_of_the_back_office_has_a_name_in_the_language_asked_for(operator: Client) -> None:
    page = operator.get(reverse("admin:index"), headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "系统运行" in page
    assert "Kernel" not in page
