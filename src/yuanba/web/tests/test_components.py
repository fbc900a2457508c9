"""Each component through its own door, with plain and with hostile content."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from yuanba.web.samples import SampleForm, ladder
from yuanba.web.shapes import Crumb, NavItem
from yuanba.web.templatetags.components import tongue
from yuanba.web.tests import drawing

HOSTILE = '"" onfocus=alert(1) x=""><script>alert(1)</script>'


def draw(source: str, **values: object) -> str:
    """The component's HTML with whitespace drawn together."""
    with translation.override("en"):
        return " ".join(drawing.draw(source, values).split())


def test_a_button_with_an_address_is_a_link() -> None:
    assert draw('<c-button href="/x/" kind="primary">Go</c-button>').startswith(
        '<a href="/x/" class="button button--primary"'
    )


def test_a_button_passes_on_what_it_does_not_know() -> None:
    html = draw('<c-button name="move" value="claim" data-key="c" :disabled="True">Claim</c-button>')
    assert 'name="move"' in html
    assert 'data-key="c"' in html
    assert " disabled " in html


def test_attributes_from_data_cannot_break_out() -> None:
    html = draw('<c-button :title="hostile" :value="hostile">x</c-button>', hostile=HOSTILE)
    assert "<script" not in html
    assert 'onfocus=alert(1) x=""' not in html


@pytest.mark.parametrize(
    "source",
    [
        '<c-matter-row :row="row" :href="hostile" select="m" />',
        '<c-post :title="hostile" :holder="hostile" :of="hostile" :phone="hostile" />',
        '<c-timeline.item :title="hostile" :who="hostile">{{ hostile }}</c-timeline.item>',
        '<c-callout :title="hostile">{{ hostile }}</c-callout>',
        '<c-heading :title="hostile" :over="hostile" :lead="hostile" />',
        '<c-stat :number="hostile" :label="hostile" :href="hostile" />',
        '<c-badge.state :state="hostile" :label="hostile" />',
        '<c-dialog :id="hostile" :title="hostile">{{ hostile }}</c-dialog>',
        '<c-filter :action="hostile" :clear="hostile" :active="3">x</c-filter>',
    ],
)
def test_no_component_lets_markup_through(source: str) -> None:
    words = ("number", "title", "tier", "state", "state_label", "owner", "place", "category")
    html = draw(source, hostile=HOSTILE, row=dict.fromkeys(words, HOSTILE))
    assert "<script" not in html
    assert '"" onfocus' not in html


def test_a_field_ties_label_help_and_error_to_its_control() -> None:
    html = draw('<c-field :field="form.text" />', form=SampleForm({"text": ""}))
    assert '<label class="field__label" for="id_text">' in html
    assert 'aria-describedby="id_text_helptext id_text_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_text_error"' in html


def test_help_given_by_the_page_is_read_out_too() -> None:
    html = draw('<c-field :field="form.where" help="Near the gate" />', form=SampleForm())
    assert 'aria-describedby="id_where_helptext"' in html
    assert 'id="id_where_helptext">Near the gate' in html


def test_a_field_that_may_stay_empty_says_so() -> None:
    assert "(optional)" in draw('<c-field :field="form.phone" />', form=SampleForm())
    assert "(optional)" not in draw('<c-field :field="form.text" />', form=SampleForm())


def test_choices_stand_in_a_group_with_a_legend() -> None:
    html = draw('<c-field :field="form.verdict" />', form=SampleForm())
    assert "<legend> Is it solved? </legend>" in html
    assert html.count('type="radio"') == 3


def test_a_failed_form_names_each_field_and_keeps_what_was_typed() -> None:
    html = draw('<c-fields :form="form" />', form=SampleForm({"where": "3栋", "text": ""}))
    assert 'role="alert"' in html
    assert '<a href="#id_text">What is the matter?</a>' in html
    assert 'value="3栋"' in html


def test_a_form_that_is_right_shows_no_errors() -> None:
    assert draw('<c-form-errors :form="form" />', form=SampleForm()) == ""


@pytest.mark.parametrize(("level", "drawn"), [(1, 1), (3, 3), (9, 4), (0, 1), ("2", 2), ("?", 1)])
def test_a_tier_stays_on_the_drawn_scale(level: object, drawn: int) -> None:
    assert f'class="tier tier--{drawn}"' in draw('<c-badge.tier :level="level" name="小事" />', level=level)


def test_a_deadline_is_words_and_date() -> None:
    html = draw('<c-due :at="at" />', at=timezone.now() - timedelta(hours=3))
    assert "Overdue by 3 hours" in html
    assert "<time" in html
    assert "due--late" in html


def test_what_has_ended_is_not_late() -> None:
    html = draw('<c-due :at="at" tone="late" :over="True" />', at=timezone.now() - timedelta(days=3))
    assert "Ended" in html
    assert "due--over" in html


def test_the_callers_words_come_before_the_counted_ones() -> None:
    html = draw('<c-due :at="at" words="3 working days left" tone="calm" />', at=timezone.now())
    assert "3 working days left" in html
    assert "due--calm" in html


def test_no_deadline_draws_nothing() -> None:
    assert draw('<c-due :at="at" />', at=None) == ""


def test_a_paused_matter_says_so_instead_of_counting() -> None:
    html = draw('<c-due :at="at" paused />', at=timezone.now())
    assert "Clock paused" in html
    assert "due--paused" in html


def test_the_ladder_tells_where_it_stands_in_words() -> None:
    html = draw('<c-ladder :steps="steps" />', steps=ladder(2))
    assert html.count('aria-current="step"') == 1
    assert "here now" in html
    assert html.count("passed") >= 2


def test_a_vacant_post_says_so() -> None:
    assert "Vacant" in draw('<c-post title="Grid worker" of="Grid 7" />')


def test_breadcrumbs_end_here() -> None:
    html = draw('<c-breadcrumbs :items="items" />', items=[Crumb("District", "/d/"), Crumb("Building 3")])
    assert '<a href="/d/">District</a>' in html
    assert '<span aria-current="page">Building 3</span>' in html


def test_tabs_mark_the_open_one() -> None:
    html = draw(
        '<c-tabs :items="items" />',
        items=[NavItem("Open", "?t=1", current=True, count=0), NavItem("Done", "?t=2")],
    )
    assert html.count('aria-current="page"') == 1
    assert '<span class="count">0</span>' in html


def test_a_single_page_has_no_pagination() -> None:
    assert draw("<c-pagination>25</c-pagination>") == ""


def test_components_see_nothing_that_they_were_not_given() -> None:
    html = draw("<c-button>Go</c-button>", kind="primary", icon="home", href="/leak/", attrs={"onclick": "x"})
    assert "leak" not in html
    assert "button--primary" not in html
    assert "onclick" not in html


@pytest.mark.parametrize(
    ("title", "marked"), [("三栋的路灯坏了", True), ("The lamp is out", False), ("Doors of 玉城社区", False)]
)
def test_chinese_on_an_english_page_is_marked_for_screen_readers(title: str, marked: bool) -> None:
    with translation.override("en"):
        assert ('<h1 lang="zh">' in draw('<c-heading title="{{ title }}" />', title=title)) is marked
    with translation.override("zh-hans"):
        assert tongue(title) == ""


def test_a_deadline_says_what_it_is_for_until_it_has_ended() -> None:
    at = timezone.now() + timedelta(hours=3)
    assert 'due__for">To be claimed by<' in draw('<c-due :at="at" label="To be claimed by" />', at=at)
    assert "To be claimed by" not in draw('<c-due :at="at" label="To be claimed by" over />', at=at)
