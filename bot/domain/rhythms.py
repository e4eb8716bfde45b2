"""Rhythms: intervals, even and odd weeks, weekdays, given days and those of a calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from typing import assert_never

from dateutil.relativedelta import relativedelta
from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

from bot.domain.meetings import Meeting
from bot.domain.periods import Window, week_name
from bot.domain.recurrence import Kind, Nominal, Scope
from bot.domain.workdays import in_season


class IntervalUnit(StrEnum):
    """The length that an interval counts in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Interval:
    """Every ``every`` days, weeks or months, counted from ``anchor``; a true rhythm, no parity.

    With a ``tolerance`` each may lie so many days earlier or later, and waits to be booked.
    """

    every: int
    unit: IntervalUnit
    anchor: date
    tolerance: int = 0

    def nominals(self, scope: Scope) -> Iterator[Nominal]:
        """One day each; the key is the week, month or day that the rhythm itself falls on."""
        for day in self._days(scope.within):
            key, year = self._key(day), scope.year(day)
            if not self.tolerance:
                yield Nominal(key, Kind.OCCURRENCE, Window(day, day), year)
                continue
            around = timedelta(days=self.tolerance)
            window = Window(day - around, day + around).clipped(scope.within)
            yield Nominal(key, Kind.SLOT, window, year)

    def _days(self, within: Window) -> Iterator[date]:
        for number in count():
            day = self.anchor + self._step(number)
            if day > within.last:
                return
            if day >= within.first:
                yield day

    def _step(self, number: int) -> relativedelta | timedelta:
        steps = number * self.every
        match self.unit:
            case IntervalUnit.DAY:
                return timedelta(days=steps)
            case IntervalUnit.WEEK:
                return timedelta(weeks=steps)
            case IntervalUnit.MONTH:
                return relativedelta(months=steps)
            case _:
                assert_never(self.unit)

    def _key(self, day: date) -> str:
        if self.unit is IntervalUnit.WEEK:
            return week_name(day)
        return f"{day:%Y-%m}" if self.unit is IntervalUnit.MONTH else day.isoformat()


class Parity(StrEnum):
    """Even or odd numbers of ISO weeks. After a year of 53 weeks the rhythm jumps."""

    EVEN = "even"
    ODD = "odd"


@dataclass(frozen=True, slots=True)
class WeekParity:
    """One weekday (Monday is 0) of each even or odd ISO week; no interval."""

    parity: Parity
    weekday: int

    def nominals(self, scope: Scope) -> Iterator[Nominal]:
        """One day in each such week, keyed by the week."""
        wanted = 0 if self.parity is Parity.EVEN else 1
        for day in _on_weekdays((self.weekday,), scope.within):
            if day.isocalendar().week % 2 == wanted:
                yield Nominal(week_name(day), Kind.OCCURRENCE, Window(day, day), scope.year(day))


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Some weekdays (Monday is 0), all year or in a ``season`` of months and days.

    ``nth`` takes only the first (1) to fourth, or the last (-1), of each month. With
    ``in_terms`` only days of a term count, and none of its breaks.
    """

    weekdays: tuple[int, ...]
    season: Window | None = None
    nth: int | None = None
    in_terms: bool = False

    def nominals(self, scope: Scope) -> Iterator[Nominal]:
        """One day each, keyed by the ISO week and weekday that the promise names."""
        for day in _on_weekdays(self.weekdays, scope.within, nth=self.nth):
            if self._wants(day, scope):
                key = f"{week_name(day)}-{day.isoweekday()}"
                days = Window(day, day)
                yield Nominal(key, Kind.OCCURRENCE, days, scope.year(day), weekends=False)

    def _wants(self, day: date, scope: Scope) -> bool:
        if self.season and not in_season(day, self.season):
            return False
        return not self.in_terms or any(day in each for each in scope.terms_of(None))


@dataclass(frozen=True, slots=True)
class Dates:
    """On given days, the earliest first."""

    days: tuple[date, ...]

    def nominals(self, scope: Scope) -> Iterator[Nominal]:
        """One for each day, keyed by it."""
        for day in self.days:
            days = Window(day, day)
            yield Nominal(day.isoformat(), Kind.OCCURRENCE, days, scope.year(day), weekends=False)


@dataclass(frozen=True, slots=True)
class External:
    """On the days of a calendar that others keep at ``url``; none until it has been read.

    With a ``summary`` only the entries whose own summary holds it, in small letters or capital.
    """

    url: str
    summary: str = ""
    meetings: tuple[Meeting, ...] = ()

    def nominals(self, scope: Scope) -> Iterator[Nominal]:
        """One for each meeting, on the day for which it was first told of, under its key."""
        for each in self.meetings:
            if each.planned in scope.within:
                days, year = Window(each.planned, each.planned), scope.year(each.planned)
                yield Nominal(each.key, Kind.OCCURRENCE, days, year, weekends=False)


def _on_weekdays(
    weekdays: tuple[int, ...], within: Window, *, nth: int | None = None
) -> Iterator[date]:
    """Return the days of ``within`` on those weekdays; ``nth`` counts within each month."""
    rule = rrule(
        MONTHLY if nth else WEEKLY,
        dtstart=datetime.combine(within.first, time()),
        until=datetime.combine(within.last, time()),
        byweekday=[weekday(each, nth) for each in weekdays] if nth else weekdays,
    )
    for moment in rule:
        yield moment.date()
