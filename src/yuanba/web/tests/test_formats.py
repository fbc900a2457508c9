from datetime import date

import pytest
from django.forms import DateField
from django.utils import translation
from django.utils.formats import date_format


@pytest.mark.parametrize("typed", ["2026年9月5日", "2026-9-5", "2026/09/05", "2026.9.5", "20260905"])
def test_dates_are_read_as_chinese_people_write_them(typed: str) -> None:
    with translation.override("zh-hans"):
        assert DateField(localize=True).clean(typed) == date(2026, 9, 5)


@pytest.mark.parametrize(
    ("language", "shown"), [("zh-hans", "9月5日"), ("zh-hant", "9月5日"), ("en", "5 September")]
)
def test_a_day_is_shown_without_a_leading_zero(language: str, shown: str) -> None:
    with translation.override(language):
        assert date_format(date(2026, 9, 5), "MONTH_DAY_FORMAT") == shown


def test_english_dates_cannot_be_read_two_ways() -> None:
    with translation.override("en"):
        assert date_format(date(2026, 9, 5), "SHORT_DATE_FORMAT") == "2026-09-05"
        assert "5 September 2026" in date_format(date(2026, 9, 5), "DATE_FORMAT")
