"""Reading a calendar that others keep: from bytes to the entries of some days."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component
from icalendar.timezone import tzp

from bot.domain.errors import SourceError
from bot.domain.meetings import Entry
from bot.domain.periods import Window
from bot.domain.walltime import Hours, local_day
from bot.sources.choosing import meant, series, uid
from bot.sources.faults import NoneMeantError
from bot.sources.trimming import trimmed
from bot.sources.weighing import MOST_DAYS, TOO_MANY, weigh

LATEST = time(23, 59)
ONE_DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
BUSY = {"BUSY", ""}
RECURRING = ("RRULE", "RDATE", "RECURRENCE-ID")
DIGEST_BYTES = 8
# So many days may all busy times have together, also where several are on one day.
MOST_BUSY_DAYS = 5_000


def read_calendar(data: bytes, window: Window, zone: ZoneInfo, *, wanted: str = "") -> list[Entry]:
    """Return what the calendar in ``data`` has on the days of ``window``, the earliest first.

    With ``wanted`` only what has that in its summary. A meeting belongs to its first day in
    ``zone``; a time that has no zone of its own is meant there. Busy times belong to each of
    their days. What cannot be read, or is too much, is refused with a ``SourceError``.
    """
    text = trimmed(data)
    try:
        found = _read(text, window, zone, wanted)
    except SourceError:
        raise
    except Exception as error:
        # Whatever foreign bytes do to a library, the calendar is not read.
        raise SourceError(f"Kalendern går inte att tolka ({type(error).__name__}).") from error
    return found


def _read(text: str, window: Window, zone: ZoneInfo, wanted: str) -> list[Entry]:
    # A zone that one calendar brings along would otherwise be known to the next.
    tzp.use_default()
    calendar = Calendar.from_ical(text)
    events, busy = meant(calendar.walk("VEVENT"), wanted), calendar.walk("VFREEBUSY")
    if wanted and busy and not events:
        raise NoneMeantError(wanted)
    weigh(events, window)
    calendar.subcomponents = list(events)
    held = _each_apart(_at_most(MOST_DAYS, _held(calendar, window, zone)))
    days = [] if wanted else _busy_days(busy, window, zone)
    if len(held) + len(days) > MOST_DAYS:
        raise SourceError(TOO_MANY)
    return sorted([*held, *days], key=lambda entry: (entry.day, entry.identity))


def _at_most(most: int, entries: Iterator[Entry]) -> list[Entry]:
    found = list(islice(entries, most + 1))
    if len(found) > most:
        raise SourceError(TOO_MANY)
    return found


def _each_apart(entries: Iterable[Entry]) -> list[Entry]:
    """The entries, of which no two bear the same identity."""
    found: dict[str, Entry] = {}
    for each in sorted(entries, key=_begins):
        identity = each.identity
        while identity in found:
            identity = _digest(identity, str(each.day))
        found[identity] = replace(each, identity=identity)
    return list(found.values())


def _begins(entry: Entry) -> tuple[date, time]:
    return entry.day, entry.hours.start if entry.hours else time.min


def _held(calendar: Calendar, window: Window, zone: ZoneInfo) -> Iterator[Entry]:
    recurring = {
        uid(each) for each in calendar.subcomponents if any(key in each for key in RECURRING)
    }
    query = recurring_ical_events.of(calendar, components=["VEVENT"])
    for each in query.between(window.first - ONE_DAY, window.last + 2 * ONE_DAY):
        start, name = each["DTSTART"].dt, uid(each)
        named = str(_instant(each["RECURRENCE-ID"].dt, zone)) if name in recurring else ""
        day = _day(start, zone)
        if day in window:
            cancelled = str(each.get("STATUS", "")).strip().upper() == "CANCELLED"
            hours = _hours(start, each["DTEND"].dt if "DTEND" in each else start, zone)
            yield Entry(day, _digest(name, named), _digest(series(each)), hours, cancelled)


def _busy_days(components: Sequence[Component], window: Window, zone: ZoneInfo) -> list[Entry]:
    """Each day on which somebody is busy, once for each of those who are."""
    found = _at_most(MOST_BUSY_DAYS, _busy(components, window, zone))
    return list({each.identity: each for each in found}.values())


def _busy(components: Sequence[Component], window: Window, zone: ZoneInfo) -> Iterator[Entry]:
    for component in components:
        name = str(component.get("UID", ""))
        periods = component.get("FREEBUSY", [])
        for period in periods if isinstance(periods, list) else [periods]:
            if str(period.params.get("FBTYPE", "")).upper() not in BUSY:
                continue
            first = _day(period.start, zone)
            last = max(first, _day(period.end - INSTANT, zone))
            days = Window(first, last).clipped(window)
            for number in range(days.days):
                day = days.first + number * ONE_DAY
                hours = _hours(period.start, period.end, zone) if first == last else None
                yield Entry(day, _digest(name, str(day)), _digest(name), hours)


def _day(when: date, zone: ZoneInfo) -> date:
    return local_day(_local(when, zone), zone) if isinstance(when, datetime) else when


def _local(when: datetime, zone: ZoneInfo) -> datetime:
    return when.astimezone(zone) if when.tzinfo else when.replace(tzinfo=zone)


def _instant(when: date, zone: ZoneInfo) -> date:
    """The same for the same moment, in whatever zone it is told."""
    return _local(when, zone) if isinstance(when, datetime) else when


def _hours(start: date, end: date, zone: ZoneInfo) -> Hours | None:
    """The hours of the first day; none for what lasts all day, or no time at all."""
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return None
    begins, ends = _minute(_local(start, zone)), _minute(_local(end, zone))
    until = ends.time() if ends.date() == begins.date() else LATEST
    return Hours(begins.time(), until) if begins < ends and begins.time() < until else None


def _minute(when: datetime) -> datetime:
    """The whole minute, which is all that is kept."""
    return when.replace(second=0, microsecond=0)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=DIGEST_BYTES).hexdigest()
