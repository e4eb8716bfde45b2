"""The eves that are free in practice, also those that a weekend hides."""

from datetime import date

import pytest

from bot.domain.workdays import WorkCalendar


@pytest.mark.parametrize(
    ("day", "eve"),
    [
        (date(2026, 4, 4), "påskafton"),
        (date(2026, 5, 23), "pingstafton"),
        (date(2026, 6, 19), "midsommarafton"),
        (date(2026, 12, 24), "julafton"),
        (date(2026, 12, 31), "nyårsafton"),
    ],
)
def test_an_eve_is_free_on_whatever_weekday(day: date, eve: str) -> None:
    assert WorkCalendar().free_reason(day, weekends=False) == eve


def test_another_saturday_is_free_only_as_a_weekend() -> None:
    saturday = date(2026, 4, 11)
    assert WorkCalendar().free_reason(saturday) == "lördag"
    assert not WorkCalendar().free_reason(saturday, weekends=False)
