"""Cadences: how often a promise comes round. A new cadence is a new class here.

Every cadence answers one question, ``nominals``: which things does it ask for within the
period of the plan, before free days have moved any of them?
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count, pairwise
from typing import Protocol, assert_never

from dateutil.relativedelta import relativedelta

from bot.domain.periods import Period, PeriodUnit, Window, month_window, periods, week_name


class Kind(StrEnum):
    """What sort of thing a cadence asks for."""

    OCCURRENCE = "occurrence"
    SLOT = "slot"
    DEADLINE = "deadline"
    NEED = "need"


@dataclass(frozen=True, slots=True)
class Nominal:
    """One thing that a cadence asks for: on ``window``'s one day, or some time inside it.

    ``key`` is the tail of a stable id; it names no day that can move. ``counted`` is the
    period that the promise is counted in.
    """

    key: str
    kind: Kind
    window: Window
    counted: Period
    area: str | None = None


class Cadence(Protocol):
    """How often a promise comes round."""

    def nominals(self, within: Window, areas: Sequence[str]) -> Iterator[Nominal]:
        """Return what is asked for ``within`` the plan's period, oldest first for each area."""


class IntervalUnit(StrEnum):
    """The length that an interval counts in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Interval:
    """Every ``every`` days, weeks or months, counted from ``anchor``; a true rhythm, no parity."""

    every: int
    unit: IntervalUnit
    anchor: date

    def nominals(self, within: Window, areas: Sequence[str]) -> Iterator[Nominal]:  # noqa: ARG002
        """One day each; the key is the week, month or day that the rhythm itself falls on."""
        for number in count():
            day = self.anchor + self._step(number)
            if day > within.last:
                return
            if day >= within.first:
                yield Nominal(self._key(day), Kind.OCCURRENCE, Window(day, day), _year(day, within))

    def _step(self, number: int) -> relativedelta:
        steps = number * self.every
        match self.unit:
            case IntervalUnit.DAY:
                return relativedelta(days=steps)
            case IntervalUnit.WEEK:
                return relativedelta(weeks=steps)
            case IntervalUnit.MONTH:
                return relativedelta(months=steps)
            case _:
                assert_never(self.unit)

    def _key(self, day: date) -> str:
        names = {IntervalUnit.WEEK: week_name(day), IntervalUnit.MONTH: f"{day:%Y-%m}"}
        return names.get(self.unit, day.isoformat())


@dataclass(frozen=True, slots=True)
class CountPerPeriod:
    """At least ``minimum`` times per ``per``, in each area of ``area_type`` where one is given.

    The times are spread evenly over each period; ``spread`` names the shorter period that
    each of them belongs to, and then also its id (``2018-Q1``).
    """

    minimum: int
    per: PeriodUnit
    spread: PeriodUnit | None = None
    area_type: str | None = None

    def nominals(self, within: Window, areas: Sequence[str]) -> Iterator[Nominal]:
        """One slot for each time, with the days in which it should be held."""
        for period in periods(self.per, within):
            for area in areas or (None,):
                for key, window in self._slots(period, area):
                    yield Nominal(key, Kind.SLOT, window, period, area)

    def _slots(self, period: Period, area: str | None) -> Iterator[tuple[str, Window]]:
        tail = f"/{area}" if area else ""
        if self.spread:
            for each in periods(self.spread, period.window):
                yield f"{each.name}{tail}", each.window
            return
        for number, window in enumerate(parts(period.window, self.minimum), start=1):
            yield f"{period.name}{tail}/{number}", window


@dataclass(frozen=True, slots=True)
class OnDemand:
    """As often as it is needed; once every ``ask`` somebody is asked whether it was."""

    ask: PeriodUnit

    def nominals(self, within: Window, areas: Sequence[str]) -> Iterator[Nominal]:  # noqa: ARG002
        """One question for each period; efforts are logged on it as they happen."""
        for period in periods(self.ask, within):
            yield Nominal(period.name, Kind.NEED, period.window, _year(period.window.last, within))


@dataclass(frozen=True, slots=True)
class Deadline:
    """Once, by a day or in the course of a month."""

    year: int
    month: int
    day: int | None = None

    @property
    def window(self) -> Window:
        """The day itself, or the whole month."""
        if self.day is None:
            return month_window(self.year, self.month)
        on = date(self.year, self.month, self.day)
        return Window(on, on)

    def nominals(self, within: Window, areas: Sequence[str]) -> Iterator[Nominal]:  # noqa: ARG002
        """One thing, keyed by its month or, where the day was promised, by that day."""
        days = self.window
        key = f"{days.first:%Y-%m}" if self.day is None else days.first.isoformat()
        yield Nominal(key, Kind.DEADLINE, days, _year(days.last, within))


def parts(window: Window, number: int) -> list[Window]:
    """Cut ``window`` into ``number`` runs of days as even as can be, without gaps.

    Whole months are kept together where the months can be shared out evenly.
    """
    months = _whole_months(window)
    if months and months % number == 0:
        length = months // number
        first = window.first
        starts = [first + relativedelta(months=length * n) for n in range(number + 1)]
    else:
        starts = [
            window.first + timedelta(days=window.days * n // number) for n in range(number + 1)
        ]
    day = timedelta(days=1)
    return [Window(first, after - day) for first, after in pairwise(starts)]


def _whole_months(window: Window) -> int:
    after = window.last + timedelta(days=1)
    if window.first.day != 1 or after.day != 1:
        return 0
    return (after.year - window.first.year) * 12 + after.month - window.first.month


def _year(day: date, within: Window) -> Period:
    return Period(str(day.year), month_window(day.year, 1, 12).clipped(within))
