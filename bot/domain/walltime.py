"""Days and times of day on the wall, and the instants they stand for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of the day on the wall clock; ``start`` comes before ``end``."""

    start: time
    end: time

    def __contains__(self, at: time) -> bool:
        return self.start <= at < self.end


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which the clock on the wall shows ``at`` on ``day``.

    A time that comes twice (October) is the first of the two; one that never comes
    (March) is taken as if the clock had not been turned: 02:30 becomes 03:30.
    """
    return datetime.combine(day, at, zone).astimezone(UTC)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day that the calendar on the wall shows at ``moment``."""
    return moment.astimezone(zone).date()
