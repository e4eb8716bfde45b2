"""Counts: so many times in each period, shared out over it as slots that wait to be booked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from dateutil.relativedelta import relativedelta

from bot.domain.periods import Period, PeriodUnit, Window, season_of
from bot.domain.recurrence import Kind, Nominal, Scope
from bot.domain.workdays import WorkCalendar, in_season

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CountPerPeriod:
    """At least ``minimum`` times per ``per``, in each area that the promise is counted in.

    The times are spread evenly over each period; ``spread`` names the shorter period that
    each of them belongs to, and then also its id (``2018-Q1``). Beyond the minimum, up to
    ``maximum``, they are welcome and never missed. With ``weekdays`` (Monday is 0) or a
    ``season`` of months and days only such days count.
    """

    minimum: int
    per: PeriodUnit
    spread: PeriodUnit | None = None
    area_type: str | None = None
    maximum: int | None = None
    weekdays: tuple[int, ...] = ()
    season: Window | None = None

    def nominals(self, scope: Scope) -> Iterator[Nominal]:
        """One slot for each time, with the days in which it should be held."""
        for area in scope.areas or (None,):
            for period in scope.periods(self.per, area):
                for key, window, optional in self._slots(scope, period, area):
                    due = self._due(window, scope.work)
                    yield Nominal(key, Kind.SLOT, window, period, area, due, optional)

    def days(self, period: Period) -> Window:
        """Return the part of ``period`` that counts; empty where its season lies outside."""
        return season_of(self.season, period.window) if self.season else period.window

    def fits(self, day: date, work: WorkCalendar) -> bool:
        """Whether it can be held on ``day`` without anybody working when they are free."""
        if self.season and not in_season(day, self.season):
            return False
        if self.weekdays:
            return day.weekday() in self.weekdays and not work.free_reason(day, weekends=False)
        return work.is_working(day)

    def _slots(
        self, scope: Scope, period: Period, area: str | None
    ) -> Iterator[tuple[str, Window, bool]]:
        tail = f"/{area}" if area else ""
        if self.spread:
            for each in scope.periods(self.spread, area):
                if each.window.first in period.window:
                    yield f"{each.name}{tail}", each.window, False
            return
        days = self.days(period)
        if days.days < 1:
            return
        for number, window in enumerate(parts(days, self.minimum, scope.work), start=1):
            yield f"{period.name}{tail}/{number}", window, False
        for number in range(self.minimum + 1, (self.maximum or 0) + 1):
            yield f"{period.name}{tail}/{number}", days, True

    def _due(self, window: Window, work: WorkCalendar) -> date | None:
        """The last sensible date where not every weekday will do."""
        if not self.weekdays:
            return None
        days = (window.last - n * ONE_DAY for n in range(window.days))
        fit = [day for day in days if day.weekday() in self.weekdays]
        free = (day for day in fit if not work.free_reason(day, weekends=False))
        return next(free, None) or next(iter(fit), None)


def parts(window: Window, number: int, work: WorkCalendar | None = None) -> list[Window]:
    """Cut ``window`` into ``number`` runs of days as even as can be, without gaps.

    Whole months are kept together where the months can be shared out evenly. Otherwise each
    part has as many working days as the next, one more or less.
    """
    starts = _by_months(window, number)
    if starts and (work is None or all(work.count_working(each) for each in _runs(starts))):
        return _runs(starts)
    working = list(work.working(window)) if work else []
    days = (
        working
        if len(working) >= number
        else [window.first + n * ONE_DAY for n in range(window.days)]
    )
    cuts = [days[len(days) * n // number] for n in range(1, number)]
    return _runs([window.first, *cuts, window.last + ONE_DAY])


def _by_months(window: Window, number: int) -> list[date]:
    """Where the parts begin and the last one ends, when each has equally many whole months."""
    months = _whole_months(window)
    if not months or months % number:
        return []
    length = months // number
    return [window.first + relativedelta(months=length * n) for n in range(number + 1)]


def _runs(starts: Sequence[date]) -> list[Window]:
    return [Window(first, after - ONE_DAY) for first, after in pairwise(starts)]


def _whole_months(window: Window) -> int:
    after = window.last + ONE_DAY
    if window.first.day != 1 or after.day != 1:
        return 0
    return (after.year - window.first.year) * 12 + after.month - window.first.month
