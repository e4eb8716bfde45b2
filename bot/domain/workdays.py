"""Working days in Sweden: weekends, red days, and the eves that are free in practice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import assert_never

import holidays

from bot.domain.periods import Window

LONGEST_BREAK_DAYS = 31
EVES = {"påskdagen": "påskafton", "pingstdagen": "pingstafton"}


class FreeDayRule(StrEnum):
    """What becomes of an occurrence on a free day; the plan's author chooses."""

    KEEP = "keep"
    SKIP = "skip"
    NEXT = "next"
    PREVIOUS = "previous"
    NEAREST = "nearest"


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
    With ``bridge_days`` a single weekday between two free days (*klämdag*) is free as well.
    """

    summer_pause: Window | None = field(default=None)
    bridge_days: bool = False

    def free_reason(self, day: date, *, weekends: bool = True) -> str:
        """Return why ``day`` is free, in Swedish, or nothing when it is a working day.

        Without ``weekends`` a Saturday or Sunday is a day like any other.
        """
        if named := _free_days(day.year).get(day):
            return named
        if weekends and day.weekday() >= 5:
            return ("lördag", "söndag")[day.weekday() - 5]
        if self.summer_pause and in_season(day, self.summer_pause):
            return "sommaruppehåll"
        return "klämdag" if self.bridge_days and is_bridge(day) else ""

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
        """Return the ``count``-th working day after ``day``, or before it where it is negative."""
        by = 1 if count > 0 else -1
        for _ in range(abs(count)):
            day = self._step(day + timedelta(days=by), by)
        return day

    def count_working(self, window: Window) -> int:
        """Return how many working days ``window`` holds."""
        return sum(1 for _ in self.working(window))

    def working(self, window: Window) -> Iterator[date]:
        """Return the working days of ``window``, the first one first."""
        days = (window.first + timedelta(days=n) for n in range(window.days))
        return (day for day in days if self.is_working(day))

    def place(
        self, day: date, rule: FreeDayRule, within: Window, *, weekends: bool = True
    ) -> Placed | None:
        """Apply ``rule`` to ``day``; nothing comes back when the occurrence is skipped.

        A move that would leave ``within`` goes the other way instead. Of two working days that
        are as near the later is the nearest. Without ``weekends`` a Saturday or Sunday by
        itself moves nothing.
        """
        reason = self.free_reason(day, weekends=weekends)
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
            case FreeDayRule.NEAREST:
                after, before = self.next_working(day), self.previous_working(day)
                ways = (after, before) if after - day <= day - before else (before, after)
            case _:
                assert_never(rule)
        return next((Placed(way, day, reason) for way in ways if way in within), None)

    def _step(self, day: date, by: int) -> date:
        return _stepped(self, day, by)


def forget() -> None:
    """Forget what has been worked out, as in a new process; for who measures how long it takes."""
    _stepped.cache_clear()
    _free_days.cache_clear()


@lru_cache(maxsize=100_000)
def _stepped(work: WorkCalendar, day: date, by: int) -> date:
    """The first working day from ``day`` on, forward or backward; asked for again and again."""
    # A pause and the holidays around it are shorter than two months together.
    for _ in range(2 * LONGEST_BREAK_DAYS + 14):
        if work.is_working(day):
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
    named = {day: _in_a_sentence(name) for day, name in found.items() if day.year == year}
    # Two eves are always Saturdays, so the package has no need to name them.
    eves = {day: EVES[name] for day, name in named.items() if name in EVES}
    return named | {day - timedelta(days=1): eve for day, eve in eves.items()}


def _in_a_sentence(name: str) -> str:
    first = name.split(";", maxsplit=1)[0]
    return first if first.startswith("Kristi") else first.lower()


def is_bridge(day: date) -> bool:
    """Whether ``day`` is a single weekday between two free ones, whatever a plan makes of it."""
    one = timedelta(days=1)
    return not _is_free(day) and _is_free(day - one) and _is_free(day + one)


def in_season(day: date, season: Window) -> bool:
    """Whether ``day`` lies in ``season``, of which only months and days count."""
    first, last = (season.first.month, season.first.day), (season.last.month, season.last.day)
    here = (day.month, day.day)
    return first <= here <= last if first <= last else here >= first or here <= last


def _is_free(day: date) -> bool:
    return day.weekday() >= 5 or day in _free_days(day.year)
