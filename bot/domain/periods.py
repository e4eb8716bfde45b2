"""Periods that a promise counts in, and windows of days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A run of days; both ends belong to it (``t.o.m.``)."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        """How many days the window holds; zero or less when it is empty."""
        return (self.last - self.first).days + 1

    def clipped(self, other: "Window") -> "Window":
        """The days that both hold; empty (``first > last``) when they share none."""
        return Window(max(self.first, other.first), min(self.last, other.last))


class PeriodUnit(StrEnum):
    """A length of time that promises are counted in."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    TERTIAL = "tertial"
    HALF_YEAR = "half_year"
    YEAR = "year"
    PLAN = "plan"


MONTHS = {
    PeriodUnit.MONTH: 1,
    PeriodUnit.QUARTER: 3,
    PeriodUnit.TERTIAL: 4,
    PeriodUnit.HALF_YEAR: 6,
    PeriodUnit.YEAR: 12,
}

LETTERS = {PeriodUnit.QUARTER: "Q", PeriodUnit.TERTIAL: "T", PeriodUnit.HALF_YEAR: "H"}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period of a plan: its machine name (``2018-Q1``) and its days, clipped to the plan."""

    name: str
    window: Window


def month_window(year: int, month: int, months: int = 1) -> Window:
    """Return the days of ``months`` whole months from the first of ``month``."""
    after = year * 12 + month - 1 + months
    return Window(date(year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1))


def periods(unit: PeriodUnit, within: Window) -> list[Period]:
    """Return the periods of ``unit`` that ``within`` touches, clipped to it, oldest first."""
    return [Period(name, days.clipped(within)) for name, days in _whole(unit, within)]


def period_of(unit: PeriodUnit, day: date, within: Window) -> Period:
    """Return the period of ``unit`` that holds ``day``; ``day`` lies in ``within``."""
    return next(each for each in periods(unit, within) if day in each.window)


def _whole(unit: PeriodUnit, within: Window) -> Iterator[tuple[str, Window]]:
    match unit:
        case PeriodUnit.PLAN:
            yield "plan", within
        case PeriodUnit.WEEK:
            yield from _weeks(within)
        case (
            PeriodUnit.MONTH
            | PeriodUnit.QUARTER
            | PeriodUnit.TERTIAL
            | PeriodUnit.HALF_YEAR
            | PeriodUnit.YEAR
        ):
            yield from _months(unit, within)
        case _:
            assert_never(unit)


def _weeks(within: Window) -> Iterator[tuple[str, Window]]:
    monday = within.first - timedelta(days=within.first.weekday())
    while monday <= within.last:
        yield week_name(monday), Window(monday, monday + timedelta(days=6))
        monday += timedelta(days=7)


def _months(unit: PeriodUnit, within: Window) -> Iterator[tuple[str, Window]]:
    length = MONTHS[unit]
    year, month = within.first.year, (within.first.month - 1) // length * length + 1
    while date(year, month, 1) <= within.last:
        yield _month_name(unit, year, month), month_window(year, month, length)
        month += length
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1


def _month_name(unit: PeriodUnit, year: int, month: int) -> str:
    if unit is PeriodUnit.YEAR:
        return str(year)
    if unit is PeriodUnit.MONTH:
        return f"{year}-{month:02}"
    return f"{year}-{LETTERS[unit]}{(month - 1) // MONTHS[unit] + 1}"


def week_name(day: date) -> str:
    """Return the ISO week of ``day`` with its ISO year: 31 December 2018 is ``2019-W01``."""
    iso = day.isocalendar()
    return f"{iso.year}-W{iso.week:02}"
