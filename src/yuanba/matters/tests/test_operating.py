"""Health and metrics: who may see what, and what they say."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.outbox.models import Message
from yuanba.matters.models import Tally
from yuanba.people.actions import create_api_key

AT = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)


def key_with(*scopes: str) -> dict[str, str]:
    _row, raw = create_api_key(label="test", scopes=scopes, actor=system("test"), at=AT)
    return {"Authorization": f"Bearer {raw}"}


def figures(answer: bytes) -> dict[str, float]:
    families = text_string_to_metric_families(answer.decode())
    return {
        sample.name + "".join(sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_alive_asks_nothing_of_the_database(client: Client) -> None:
    answer = client.get("/health/live")  # without the database fixture, any query would fail the test
    assert (answer.status_code, answer.content) == (200, b"alive\n")


def test_ready_on_a_migrated_database(db: None, client: Client) -> None:
    assert client.get("/health/ready").status_code == 200


def test_not_ready_says_why(db: None, client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'matters'")
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.content) == (503, b"the database is not migrated\n")


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_is_never_cached_and_takes_no_posts(db: None, client: Client, path: str) -> None:
    assert "no-store" in client.get(path)["Cache-Control"]
    assert client.post(path).status_code == 405


def test_metrics_do_not_exist_for_anybody_else(cast: Cast, client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers=key_with("read", "report", "close")).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer yb_aaaaaaaa_x"}).status_code == 404
    client.force_login(cast.seats["street_leader"].account)
    assert client.get("/metrics", headers={"Accept": "text/plain"}).status_code in {403, 404}


def test_an_admin_key_reads_the_figures(cast: Cast, client: Client) -> None:
    Message.objects.all().delete()
    Message.objects.create(topic="t", subject_id=1, created_at=AT, due_at=AT)
    Message.objects.create(topic="t", subject_id=2, created_at=AT, due_at=AT, dead_at=AT)
    for tier, count in (("community", 3), ("street", 4)):
        Tally.objects.create(
            day=Tally.NOW, place=cast.places["yucheng"], tier=tier, measure="open", count=count
        )
    Tally.objects.create(
        day=date(2026, 3, 3), place=cast.places["yucheng"], tier="street", measure="received", count=9
    )
    answer = client.get("/metrics", headers=key_with("admin"))
    found = figures(answer.content)
    assert answer["Content-Type"].startswith("text/plain")
    assert found["yuanba_outbox_waiting"] == 1
    assert found["yuanba_outbox_dead_letters"] == 1
    assert found["yuanba_matters_opencommunity"] == 3
    assert found["yuanba_matters_openstreet"] == 4
    assert found["yuanba_journal_last_sealed_day_timestamp_seconds"] == 0
    overdue_s = (timezone.now() - AT).total_seconds()
    assert abs(found["yuanba_outbox_oldest_due_seconds"] - overdue_s) < 60
    assert found["process_resident_memory_bytes"] > 0
