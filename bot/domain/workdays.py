"""Working days in Sweden: weekends, red days, and the eves that are free in practice."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import assert_never

import holidays

from bot.domain.periods import Window

LONGEST_BREAK_DAYS = 31


class FreeDayRule(StrEnum):
    """What becomes of an occurrence on a free day; the plan's author chooses."""

    KEEP = "keep"
    SKIP = "skip"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a day ended up; ``moved_from`` and ``reason`` are set when it had to move."""

    day: date
    moved_from: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Tells working days from free ones; ``summer_pause`` is a run of days each year.

    The pause is given in any one year and comes back every year; only its month and day count.
    """

    summer_pause: Window | None = field(default=None)

    def free_reason(self, day: date) -> str:
        """Return why ``day`` is free, in Swedish, or nothing when it is a working day."""
        if named := _free_days(day.year).get(day):
            return named
        if day.weekday() >= 5:
            return ("lördag", "söndag")[day.weekday() - 5]
        if self.summer_pause and _in_season(day, self.summer_pause):
            return "sommaruppehåll"
        return ""

    def is_working(self, day: date) -> bool:
        """Whether people can be expected to be at work on ``day``."""
        return not self.free_reason(day)

    def next_working(self, day: date) -> date:
        """Return ``day`` itself or the first working day after it."""
        return self._step(day, 1)

    def previous_working(self, day: date) -> date:
        """Return ``day`` itself or the last working day before it."""
        return self._step(day, -1)

    def add_working(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day``; ``count`` is 0 or more."""
        for _ in range(count):
            day = self.next_working(day + timedelta(days=1))
        return day

    def place(self, day: date, rule: FreeDayRule, within: Window) -> Placed | None:
        """Apply ``rule`` to ``day``; nothing comes back when the occurrence is skipped.

        A move that would leave ``within`` goes the other way instead.
        """
        reason = self.free_reason(day)
        if not reason:
            return Placed(day)
        match rule:
            case FreeDayRule.KEEP:
                return Placed(day)
            case FreeDayRule.SKIP:
                return None
            case FreeDayRule.NEXT:
                ways = (self.next_working(day), self.previous_working(day))
            case FreeDayRule.PREVIOUS:
                ways = (self.previous_working(day), self.next_working(day))
            case _:
                assert_never(rule)
        return next((Placed(way, day, reason) for way in ways if way in within), None)

    def _step(self, day: date, by: int) -> date:
        # A pause and the holidays around it are shorter than two months together.
        for _ in range(2 * LONGEST_BREAK_DAYS + 14):
            if self.is_working(day):
                return day
            day += timedelta(days=by)
        return day


@cache
def _free_days(year: int) -> dict[date, str]:
    found = holidays.country_holidays(
        "SE",
        years=year,
        language="sv",
        categories=("public", "de_facto"),
        include_sundays=False,
    )
    return {day: _in_a_sentence(name) for day, name in found.items() if day.year == year}


def _in_a_sentence(name: str) -> str:
    first = name.split(";", maxsplit=1)[0]
    return first if first.startswith("Kristi") else first.lower()


def _in_season(day: date, season: Window) -> bool:
    first, last = (season.first.month, season.first.day), (season.last.month, season.last.day)
    return first <= (day.month, day.day) <= last
