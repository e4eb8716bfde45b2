"""Periods that a promise counts in, and windows of days.

A term is known only where the plan says when it begins and ends; everything else follows the
calendar. Winter is December to February, and bears the year that it begins in.
"""

from calendar import isleap
from collections.abc import Iterator, Sequence
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
    TERM = "term"
    SEASON = "season"
    YEAR = "year"
    PLAN = "plan"


MONTHS = {
    PeriodUnit.MONTH: 1,
    PeriodUnit.QUARTER: 3,
    PeriodUnit.TERTIAL: 4,
    PeriodUnit.HALF_YEAR: 6,
    PeriodUnit.YEAR: 12,
}

# The month in which each begins.
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
SEASON_MONTHS = 3
LETTERS = {PeriodUnit.QUARTER: "Q", PeriodUnit.TERTIAL: "T", PeriodUnit.HALF_YEAR: "H"}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period of a plan: its machine name (``2018-Q1``) and its days, clipped to the plan."""

    name: str
    window: Window


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the schools in a municipality, or in all of them where none is named.

    ``name`` is the year with ``VT`` or ``HT``: ``2018-VT``. In ``breaks`` (*lov*) schools are shut.
    """

    name: str
    window: Window
    breaks: tuple[Window, ...] = ()
    municipality: str = ""

    def __contains__(self, day: date) -> bool:
        return day in self.window and not any(day in each for each in self.breaks)


def month_window(year: int, month: int, months: int = 1) -> Window:
    """Return the days of ``months`` whole months from the first of ``month``."""
    after = year * 12 + month - 1 + months
    return Window(date(year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1))


def season_window(year: int, season: str) -> Window:
    """Return the days of ``season``, a key of ``SEASONS``, that begins in ``year``."""
    return month_window(year, SEASONS[season], SEASON_MONTHS)


def season_of(season: Window, days: Window) -> Window:
    """Return the first run of ``days`` in ``season``, of which only months and days count.

    It is empty where they share none.
    """
    shared = [
        _in_year(season, year).clipped(days)
        for year in range(days.first.year - 1, days.last.year + 1)
    ]
    return next((each for each in shared if each.days > 0), shared[-1])


def _in_year(season: Window, year: int) -> Window:
    over = (season.first.month, season.first.day) > (season.last.month, season.last.day)
    return Window(_on(season.first, year), _on(season.last, year + over))


def _on(day: date, year: int) -> date:
    """The same day of another year; 29 February is the 28th in most."""
    leap = (day.month, day.day) == (2, 29) and not isleap(year)
    return day.replace(year=year, day=28 if leap else day.day)


def week_window(year: int, week: int) -> Window:
    """Return Monday to Sunday of an ISO week; ``ValueError`` where the year has none such."""
    monday = date.fromisocalendar(year, week, 1)
    return Window(monday, monday + timedelta(days=6))


def periods(unit: PeriodUnit, within: Window, terms: Sequence[Term] = ()) -> list[Period]:
    """Return the periods of ``unit`` that ``within`` touches, clipped to it, oldest first."""
    found = [(each.name, each.window) for each in terms] if unit is PeriodUnit.TERM else None
    clipped = ((name, days.clipped(within)) for name, days in found or _whole(unit, within))
    return sorted((Period(*each) for each in clipped if each[1].days > 0), key=_by_day)


def period_of(unit: PeriodUnit, day: date, within: Window) -> Period:
    """Return the period of ``unit`` that holds ``day``; ``day`` lies in ``within``."""
    return next(each for each in periods(unit, within) if day in each.window)


def _whole(unit: PeriodUnit, within: Window) -> Iterator[tuple[str, Window]]:
    match unit:
        case PeriodUnit.PLAN:
            yield "plan", within
        case PeriodUnit.TERM:
            return
        case PeriodUnit.WEEK:
            yield from _weeks(within)
        case PeriodUnit.SEASON:
            yield from _seasons(within)
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


def _seasons(within: Window) -> Iterator[tuple[str, Window]]:
    for year in range(within.first.year - 1, within.last.year + 1):
        for season in SEASONS:
            yield f"{year}-{season}", season_window(year, season)


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


def _by_day(period: Period) -> date:
    return period.window.first


def week_name(day: date) -> str:
    """Return the ISO week of ``day`` with its ISO year: 31 December 2018 is ``2019-W01``."""
    iso = day.isocalendar()
    return f"{iso.year}-W{iso.week:02}"
