"""Invitations: what one says, and the line that the ledger of deliveries keeps of it."""

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from bot.domain.walltime import Hours

BEFORE = " < "


class Ending(StrEnum):
    """Why something leaves a calendar: nobody has it then, or its owner, or it has been."""

    CANCELLED = "inställt"
    UNINVITED = "inte inbjuden"
    OVER = "har varit"


@dataclass(frozen=True, slots=True)
class Times:
    """A day, and the hours on it where there are any, to the minute."""

    day: date
    hours: Hours | None = None

    def __str__(self) -> str:
        hours = self.hours
        return f"{self.day} {hours.start:%H:%M}–{hours.end:%H:%M}" if hours else f"{self.day}"


@dataclass(frozen=True, slots=True)
class Mark:
    """When it is, or why it has ended; ``before`` is when its reader was last told that it is."""

    says: Times | Ending
    before: Times | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.says}{BEFORE}{self.before}" if self.before else f"{self.says}"

    @property
    def ended(self) -> bool:
        """Whether its reader has it in the calendar no more."""
        return isinstance(self.says, Ending)

    @property
    def shown(self) -> Times | None:
        """When the reader's calendar shows it; None where it has ended."""
        return None if isinstance(self.says, Ending) else self.says


def times(day: date, hours: Hours | None) -> Times:
    """Return the day with its hours, without the seconds that nobody is told."""
    return Times(day, Hours(_minute(hours.start), _minute(hours.end)) if hours else None)


def parse_mark(text: str) -> Mark:
    """Read what ``str`` of a mark wrote."""
    says, _, before = text.partition(BEFORE)
    ended = says in set(Ending)
    return Mark(Ending(says) if ended else _times(says), _times(before) if before else None)


def _times(text: str) -> Times:
    day, _, hours = text.partition(" ")
    start, _, end = hours.partition("–")
    span = Hours(time.fromisoformat(start), time.fromisoformat(end)) if hours else None
    return Times(date.fromisoformat(day), span)


def _minute(at: time) -> time:
    return at.replace(second=0, microsecond=0)
