"""What a visitor reads on the public board of a place: what is open, and apart from it how the rest ended."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yuanba.demo.cast import Cast
from yuanba.kernel.keyset import PAGE_SIZE
from yuanba.matters import actions
from yuanba.matters.models import Matter
from yuanba.matters.tests.test_by_index import reads_whole
from yuanba.matters.tests.walking import Walk

PLACES = ("district", "shahe", "yucheng", "yucheng_estate")


def board(cast: Cast, place: str = "yucheng", query: str = "") -> Any:
    answer = Client().get(f"/board/{cast.places[place].pk}/{query}", headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return answer


def numbers(answer: Any) -> list[str]:
    return [row.number for row in answer.context["rows"]]


def closed(cast: Cast) -> Walk:
    return Walk(cast).receive().dispatch().claim().answer().confirm().close()


def test_what_has_ended_stands_apart_from_what_is_open_and_says_how_it_ended(cast: Cast) -> None:
    done = closed(cast).matter
    taken_back = Walk(cast).receive().dispatch()
    taken_back.do(actions.withdraw, by=taken_back.resident)
    waiting = Walk(cast).receive().dispatch().matter
    for place in PLACES:
        assert numbers(board(cast, place)) == [waiting.number]
        assert numbers(board(cast, place, "?show=done")) == [taken_back.matter.number, done.number]
    page = board(cast, query="?show=done").content.decode()
    assert "Solved, says the resident" in page
    assert "Withdrawn by the resident" in page
    assert "路灯已由沙河街道" not in page


def test_each_part_is_one_link_from_the_other_without_scripts(cast: Cast) -> None:
    address = f"/board/{cast.places['yucheng'].pk}/"
    still_open, ended = f'href="{address}#matters"', f'href="{address}?show=done#matters"'
    for query, current in (("", still_open), ("?show=nonsense", still_open), ("?show=done", ended)):
        page = board(cast, query=query).content.decode()
        tabs = page.split('class="tabs"')[1].split("</nav>")[0]
        assert still_open in tabs
        assert ended in tabs
        marked = next(part for part in tabs.split("<a ") if "aria-current" in part)
        assert current in marked
        assert 'id="matters"' in page


@pytest.mark.parametrize("query", ["", "?show=done"])
def test_either_part_is_read_page_by_page(cast: Cast, query: str) -> None:
    rows = set()
    for _each in range(PAGE_SIZE + 1):
        walk = Walk(cast).receive()
        walk.do(actions.dispatch_matter, cast.offices["shahe"], walk.sorting(), by="centre_clerk")
        if query:
            walk.do(actions.withdraw, by=walk.resident)
        rows.add(walk.matter.number)
    first = board(cast, query=query)
    assert len(numbers(first)) == PAGE_SIZE
    second = board(cast, query=first.context["next"])
    assert set(numbers(first) + numbers(second)) == rows
    assert len(numbers(second)) == 1
    assert second.context["next"] == ""


def test_the_other_part_has_words_of_its_own_where_it_is_empty(cast: Cast) -> None:
    assert "Nothing is open here" in board(cast).content.decode()
    assert "Nothing has ended here yet" in board(cast, query="?show=done").content.decode()


@pytest.mark.parametrize("query", ["", "?show=done"])
def test_a_board_costs_the_same_with_one_row_and_with_three(cast: Cast, query: str) -> None:
    counts = []
    for more in (1, 2):
        for _each in range(more):
            closed(cast)
            Walk(cast).receive().dispatch()
        board(cast, query=query)
        with CaptureQueriesContext(connection) as seen:
            board(cast, query=query)
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="reads PostgreSQL's plans")
def test_boards_find_their_rows_by_an_index(cast: Cast) -> None:
    closed(cast)
    Walk(cast).receive().dispatch()
    asked = set(statements(cast))
    assert len(asked) >= len(PLACES)
    with connection.cursor() as cursor:
        elsewhere(cursor, 2000)
        cursor.execute("SET LOCAL enable_seqscan = off")
        whole = {sql: found for sql in sorted(asked) if (found := reads_whole(cursor, sql))}
    assert not whole, "\n".join(whole)


def elsewhere(cursor: Any, count: int) -> None:
    """Open matters of other places: in a table of one page all indexes cost the same."""
    columns = [str(field.column) for field in Matter._meta.concrete_fields if field.column != "id"]
    changed = {
        "number": "number || '-' || n",
        "track_digest": "md5(n::text)",
        "place_path": "'z'",
        "street_id": "NULL",
        "community_id": "NULL",
    }
    table, names = Matter._meta.db_table, ", ".join(columns)
    values = ", ".join(changed.get(name, name) for name in columns)
    one = f"(SELECT * FROM {table} WHERE stopped_at IS NULL LIMIT 1) one"
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM {one}, generate_series(1, {count}) n")
    cursor.execute(f"ANALYZE {table}")


def statements(cast: Cast) -> Iterator[str]:
    """What boards ask of the matters: the open of any place, the ended of a street and below. The district's ended
    ones are walked newest first, and most of what has come to it has ended.
    """
    for place in PLACES:
        for query in ("", "?show=done"):
            if (place, query) == ("district", "?show=done"):
                continue
            with CaptureQueriesContext(connection) as seen:
                board(cast, place, query)
            yield from (row["sql"] for row in seen if Matter._meta.db_table in row["sql"])
