"""The problem list as a file."""

import io

import pytest

from yuanba.demo.cast import Cast
from yuanba.kernel.errors import Denied, Invalid
from yuanba.kernel.sheets import open_table
from yuanba.matters import exporting
from yuanba.matters.queries import Filter, Reach
from yuanba.matters.tests.walking import Walk

EVERYTHING = Filter()


def export(cast: Cast, seat: str, reach: Reach, filters: Filter = EVERYTHING) -> list[tuple[object, ...]]:
    response = exporting.export_response(cast.viewer(seat), reach, filters)
    assert response["Content-Disposition"].startswith("attachment")
    with open_table(io.BytesIO(b"".join(response.streaming_content))) as table:  # type: ignore[arg-type]
        return [(*row.cells, row.formulas) for row in table]


def test_a_street_exports_its_own_matters_only(cast: Cast) -> None:
    mine = Walk(cast).receive(place="unit_2").matter
    Walk(cast).receive(place="square")
    (row,) = export(cast, "street_leader", Reach.TERRITORY)
    assert row[0] == mine.number
    assert len(export(cast, "district_leader", Reach.TERRITORY)) == 2


def test_telephones_are_masked_and_formulas_stay_text(cast: Cast) -> None:
    Walk(cast).receive('=HYPERLINK("http://x","点") 请打13800001234联系我。', place="unit_2")
    (row,) = export(cast, "street_leader", Reach.TERRITORY)
    assert "13800001234" not in str(row)
    assert "HYPERLINK" in str(row)
    assert row[-1] == ()


def test_a_filter_narrows_and_the_order_is_newest_first(cast: Cast) -> None:
    first, second = (Walk(cast).receive(place="unit_2").matter for _number in range(2))
    Walk(cast).receive(place="unit_2").dispatch()
    rows = export(cast, "street_leader", Reach.TERRITORY, Filter(state="received"))
    assert [row[0] for row in rows] == [second.number, first.number]


def test_too_long_a_list_is_refused_in_plain_words(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST", 2)
    for _number in range(3):
        Walk(cast).receive(place="unit_2")
    with pytest.raises(Invalid, match="2"):
        export(cast, "street_leader", Reach.TERRITORY)


def test_nobody_exports_a_list_they_do_not_have(cast: Cast) -> None:
    with pytest.raises(Denied):
        export(cast, "transport_handler", Reach.TERRITORY)


def test_who_sees_an_area_and_may_export_only_their_own_takes_no_more(cast: Cast) -> None:
    mine = Walk(cast).receive(place="unit_2").matter
    Walk(cast).receive(place="unit_2").dispatch()
    (row,) = export(cast, "community_secretary", Reach.OWN)
    assert row[0] == mine.number
    for reach in (Reach.TERRITORY, Reach.CALLED):
        with pytest.raises(Denied):
            export(cast, "community_secretary", reach)
    with pytest.raises(Denied):
        export(cast, "street_officer", Reach.OWN)
