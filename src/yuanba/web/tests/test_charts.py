"""What charts draw and what their tables say."""

import re

import pytest
from django.test import Client

from yuanba.web.charts import Curve, Layer, Pile, Point, Stack, told
from yuanba.web.tests.drawing import draw

pytestmark = pytest.mark.urls("yuanba.web.tests.trial")
LAYERS = [Layer("easy", 1), Layer("hard", 4)]


def drawn(chart: object, more: str = "") -> str:
    return draw(f'<c-chart :chart="chart" {more} />', {"chart": chart})


def curve(*values: float | None, **more: object) -> Curve:
    points = [Point(f"w{index}", value) for index, value in enumerate(values)]
    return Curve("c", "In time", "Week", points, unit="%", **more)  # type: ignore[arg-type]


def test_parts_of_a_pile_stand_one_after_the_other_and_nothing_is_left_out_of_the_table() -> None:
    chart = Stack("s", "Open", "Street", LAYERS, [Pile("A", (6, 2)), Pile("B", (0, 10)), Pile("C", (0, 0))])
    first, second, third = (cuts for _row, cuts in chart.drawn())
    assert [(cut.start, cut.length) for cut in first] == [("0.00%", "60.00%"), ("60.00%", "20.00%")]
    assert [cut.words for cut in second] == ["hard: 10"]
    assert third == []
    assert [row[1:] for row in chart.table.rows] == [("6", "2", "8"), ("0", "10", "10"), ("0", "0", "0")]


def test_a_part_too_narrow_for_its_number_still_tells_it_to_whoever_asks() -> None:
    chart = Stack("s", "Open", "Street", LAYERS, [Pile("A", (1, 99))])
    narrow, wide = next(cuts for _row, cuts in chart.drawn())
    assert (narrow.number, wide.number) == ("", "99")
    assert "<title>easy: 1</title>" in drawn(chart)


def test_a_curve_has_a_gap_where_there_is_no_number() -> None:
    dots = curve(50, None, 100, 0, top=100).dots
    assert [(dot.x, dot.y) for dot in dots] == [
        ("0.00%", "50.00%"),
        ("66.67%", "0.00%"),
        ("100.00%", "100.00%"),
    ]
    assert [bool(dot.from_x) for dot in dots] == [False, False, True]


def test_one_point_stands_in_the_middle() -> None:
    assert [dot.x for dot in curve(7).dots] == ["50%"]


def test_a_target_above_every_point_is_still_in_the_picture() -> None:
    chart = curve(3, 4, target=9)
    assert chart.height == 10
    assert chart.target_y == "10.00%"


@pytest.mark.parametrize(("value", "words"), [(None, "—"), (3.0, "3%"), (66.6667, "66.7%"), (0, "0%")])
def test_numbers_are_told_as_people_read_them(value: float | None, words: str) -> None:
    assert told(value, "%") == words


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_picture_has_its_table_and_no_style_of_its_own(client: Client, language: str) -> None:
    client.cookies["django_language"] = language
    page = client.get("/style/").content.decode()
    figures = re.findall(r'<figure class="chart.*?</figure>', page, re.DOTALL)
    assert len(figures) == 4
    for figure in figures[:-1]:
        assert "<details" in figure
        assert "<table" in figure
        assert "<svg" in figure
        assert "style=" not in figure
    assert "<svg" not in figures[-1]


def test_words_in_a_chart_are_words_and_no_markup() -> None:
    page = drawn(Stack("b", "<b>T</b>", "S", LAYERS, [Pile("<i>A</i>", (1, 0))]))
    assert "<b>" not in page
    assert "<i>" not in page


def test_a_file_is_offered_where_there_is_one() -> None:
    chart = Stack("b", "Open", "Street", LAYERS, [Pile("A", (1, 0))])
    assert "/x.xlsx" in drawn(chart, 'href="/x.xlsx"')
    assert "icon" not in drawn(chart)


def test_a_map_is_a_list_first_and_fetches_nothing_by_itself(client: Client) -> None:
    client.cookies["django_language"] = "en"
    page = client.get("/style/").content.decode()
    figure = re.search(r'<figure class="map".*?</figure>', page, re.DOTALL)
    assert figure
    assert "玉泉社区" in figure.group()
    assert "something is late" in figure.group()
    assert re.search(r"data-map-canvas\s+hidden", figure.group())
    assert "<script src=" in page
    assert not re.search(r"<script[^>]*dist/map[.]", page)
