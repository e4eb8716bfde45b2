from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.counting import parts
from bot.domain.periods import PeriodUnit, Window, periods, week_name

DAYS = some.dates(date(2015, 1, 1), date(2035, 12, 31))
WINDOWS = some.builds(
    lambda first, days: Window(first, first + timedelta(days=days)),
    DAYS,
    some.integers(0, 1200),
)


@given(WINDOWS, some.sampled_from(PeriodUnit))
def test_periods_cover_a_window_without_gaps_or_overlaps(window: Window, unit: PeriodUnit) -> None:
    found = [each.window for each in periods(unit, window)]
    assert found[0].first == window.first
    assert found[-1].last == window.last
    assert all(after.first - before.last == timedelta(days=1) for before, after in pairwise(found))


@given(WINDOWS, some.sampled_from(PeriodUnit))
def test_no_two_periods_share_a_name(window: Window, unit: PeriodUnit) -> None:
    names = [each.name for each in periods(unit, window)]
    assert len(set(names)) == len(names)


@given(WINDOWS, some.integers(1, 12))
def test_parts_cover_a_window_without_gaps(window: Window, number: int) -> None:
    if window.days < number:
        return
    found = parts(window, number)
    assert len(found) == number
    assert (found[0].first, found[-1].last) == (window.first, window.last)
    assert all(after.first - before.last == timedelta(days=1) for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2018, 12, 31), "2019-W01"),
        (date(2018, 1, 1), "2018-W01"),
        (date(2021, 1, 1), "2020-W53"),
        (date(2027, 1, 1), "2026-W53"),
    ],
)
def test_a_week_bears_its_iso_year(day: date, name: str) -> None:
    assert week_name(day) == name


@pytest.mark.parametrize(
    ("unit", "names"),
    [
        (PeriodUnit.QUARTER, ["2018-Q1", "2018-Q2", "2018-Q3", "2018-Q4"]),
        (PeriodUnit.TERTIAL, ["2018-T1", "2018-T2", "2018-T3"]),
        (PeriodUnit.HALF_YEAR, ["2018-H1", "2018-H2"]),
        (PeriodUnit.YEAR, ["2018"]),
        (PeriodUnit.PLAN, ["plan"]),
    ],
)
def test_periods_are_named_by_year_and_number(unit: PeriodUnit, names: list[str]) -> None:
    year = Window(date(2018, 1, 1), date(2018, 12, 31))
    assert [each.name for each in periods(unit, year)] == names


def test_half_years_are_cut_at_the_turn_of_a_month() -> None:
    first, second = parts(Window(date(2018, 1, 1), date(2018, 12, 31)), 2)
    assert (first.last, second.first) == (date(2018, 6, 30), date(2018, 7, 1))
