"""Several people publish in the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from yuanba.kernel.authority import system
from yuanba.kernel.journal.models import Entry
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.models import PlaybookVersion

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def publish_one(source: str, start: threading.Barrier) -> int:
    try:
        start.wait(timeout=20)
        return publish_playbook(source, actor=system("test"), at=AT).edition
    finally:
        connection.close()


@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="DATABASE_URL names no PostgreSQL server")
@pytest.mark.usefixtures("committed", "no_district")
def test_publishing_one_text_from_many_sides_at_once_gives_one_edition(made_up_source: str) -> None:
    start = threading.Barrier(8)
    with ThreadPoolExecutor(8) as pool:
        editions = list(pool.map(lambda _side: publish_one(made_up_source, start), range(8)))
    assert set(editions) == {1}
    published = PlaybookVersion.objects.get(code="xinhe")
    assert Entry.objects.filter(subject_kind="playbook", subject_id=published.pk).count() == 1
