from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.counting import parts
from bot.domain.periods import PeriodUnit, Term, Window, periods, season_of, week_name
from bot.domain.workdays import WorkCalendar

DAYS = some.dates(date(2015, 1, 1), date(2035, 12, 31))
WINDOWS = some.builds(
    lambda first, days: Window(first, first + timedelta(days=days)),
    DAYS,
    some.integers(0, 1200),
)


# What the calendar alone decides.
UNITS = [each for each in PeriodUnit if each is not PeriodUnit.TERM]


@given(WINDOWS, some.sampled_from(UNITS))
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


@given(WINDOWS, some.integers(1, 12))
def test_parts_have_as_many_working_days_each_one_more_or_less(window: Window, number: int) -> None:
    pause = Window(date(2000, 7, 2), date(2000, 8, 10))
    work = WorkCalendar(pause)
    found = parts(window, number, work)
    if work.count_working(window) < number:
        return
    counts = [work.count_working(each) for each in found]
    assert min(counts) > 0
    assert all(after.first - before.last == timedelta(days=1) for before, after in pairwise(found))
    whole_months = all(each.first.day == 1 for each in found)
    assert whole_months or max(counts) - min(counts) <= 1


TERMS = (
    Term("2018-HT", Window(date(2018, 8, 20), date(2018, 12, 20))),
    Term("2018-VT", Window(date(2018, 1, 8), date(2018, 6, 14))),
)


def test_terms_are_the_plans_own_clipped_and_in_order() -> None:
    window = Window(date(2018, 2, 1), date(2018, 12, 31))
    found = periods(PeriodUnit.TERM, window, TERMS)
    assert [each.name for each in found] == ["2018-VT", "2018-HT"]
    assert found[0].window == Window(date(2018, 2, 1), date(2018, 6, 14))
    assert periods(PeriodUnit.TERM, window) == []


def test_winter_bears_the_year_that_it_begins_in() -> None:
    window = Window(date(2019, 1, 1), date(2019, 12, 31))
    names = [each.name for each in periods(PeriodUnit.SEASON, window)]
    assert names == [
        "2018-winter",
        "2019-spring",
        "2019-summer",
        "2019-autumn",
        "2019-winter",
    ]


@pytest.mark.parametrize(
    ("season", "found"),
    [
        (Window(date(2000, 4, 1), date(2000, 6, 15)), (date(2018, 4, 1), date(2018, 6, 15))),
        (Window(date(2000, 11, 1), date(2000, 2, 29)), (date(2018, 1, 1), date(2018, 2, 28))),
    ],
)
def test_a_season_is_found_in_each_year(season: Window, found: tuple[date, date]) -> None:
    year = Window(date(2018, 1, 1), date(2018, 12, 31))
    assert season_of(season, year) == Window(*found)


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
