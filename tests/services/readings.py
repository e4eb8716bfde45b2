"""Calendars of four meetings, as they are read at first and a month later."""

from collections.abc import Sequence
from datetime import date, time

from bot.domain.meetings import Entry
from bot.domain.walltime import Hours
from bot.services.taking_over import Reading, taken_over
from tests.builders import THREE_YEARS, utc

FIRST, LATER = utc(2018, 1, 8), utc(2018, 2, 7)
TODAY = date(2018, 2, 7)
DAYS = date(2018, 1, 15), date(2018, 2, 12), date(2018, 3, 12), date(2018, 4, 16)


def entry(day: date, identity: str, series: str = "s", *, cancelled: bool = False) -> Entry:
    """Return a meeting as a calendar tells of it."""
    return Entry(day, identity, series, Hours(time(13), time(15)), cancelled)


def entries(days: Sequence[date] = DAYS, prefix: str = "m") -> list[Entry]:
    """Return a meeting on each of ``days``, named by its number."""
    return [entry(day, f"{prefix}{number}") for number, day in enumerate(days)]


def reading(found: Sequence[Entry], since: date = date(2018, 1, 8)) -> Reading:
    """Return what was read a month after the first reading."""
    return Reading(found, THREE_YEARS, since, TODAY, LATER)


KNOWN = taken_over((), Reading(entries(), THREE_YEARS, date.min, date(2018, 1, 8), FIRST))
