"""Deadlines: once, or once a year, on a day, in a week, half a month, a month or a season."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.periods import Window, month_window, season_window, week_window
from bot.domain.recurrence import Kind, Nominal, Scope

MIDDLE = 15


@dataclass(frozen=True, slots=True)
class Deadline:
    """Some time in the course of what is named; without ``year`` every year.

    Named is a day of a month, a half of it (1 or 2, the second beginning on the sixteenth), a
    month, an ISO week, or a season. With ``by`` it may be any day until then (*senast*).
    """

    year: int | None
    month: int = 0
    day: int | None = None
    half: int | None = None
    week: int | None = None
    season: str = ""
    by: bool = False

    def window_in(self, year: int) -> Window:
        """Return the days in ``year``; ``ValueError`` where it has no such week or day."""
        if self.week:
            return week_window(year, self.week)
        if self.season:
            return season_window(year, self.season)
        if self.day:
            on = date(year, self.month, self.day)
            return Window(on, on)
        month = month_window(year, self.month)
        middle = date(year, self.month, MIDDLE)
        match self.half:
            case 1:
                return Window(month.first, middle)
            case 2:
                return Window(middle + timedelta(days=1), month.last)
            case _:
                return month

    @property
    def window(self) -> Window:
        """The days of what is named once; of a yearly one ``ValueError``."""
        if self.year is None:
            raise ValueError("it comes every year")
        return self.window_in(self.year)

    def windows(self, within: Window) -> Iterator[tuple[int, Window]]:
        """Return each year with its days, where all of them lie in ``within``."""
        first, last = within.first.year - 1, within.last.year
        for year in [self.year] if self.year else range(first, last + 1):
            if not self.exists_in(year):
                continue
            days = self.window_in(year)
            if days.last in within and (self.by or days.first in within):
                yield year, days

    def exists_in(self, year: int) -> bool:
        """Whether ``year`` has such a day or week: not each has 29 February, or a week 53."""
        try:
            self.window_in(year)
        except ValueError:
            return False
        return True

    def nominals(self, scope: Scope) -> Iterator[Nominal]:
        """One thing each time, keyed by what is named, with its year."""
        for year, days in self.windows(scope.within):
            window = Window(days.last, days.last) if self.by else days
            yield Nominal(self._key(year), Kind.DEADLINE, window, scope.year(days.last))

    def _key(self, year: int) -> str:
        if self.week:
            return f"{year}-W{self.week:02}"
        if self.season:
            return f"{year}-{self.season}"
        tail = f"-{self.day:02}" if self.day else f"-H{self.half}" if self.half else ""
        return f"{year}-{self.month:02}{tail}"
