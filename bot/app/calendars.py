"""The calendars that plans follow: fetched now and then, kept when they cannot be had."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.app.office import Office
from bot.app.troubles import Troubles
from bot.domain.errors import DatabaseTroubleError, SourceError
from bot.domain.meetings import Entry
from bot.domain.periods import Window
from bot.domain.plan import Event, Plan
from bot.domain.rhythms import External
from bot.domain.walltime import local_day
from bot.services.taking_over import Difference, Reading, differ, difference, taken_over
from bot.sources.fetching import Fetched, Fetcher
from bot.sources.reading import read_calendar
from bot.storage.calendars import KeptCalendar, SqlCalendars

log = logging.getLogger(__name__)

GOOD_SECONDS = 3 * 3600.0
AGAIN_SECONDS = 15 * 60.0
# A meeting that moves out of the plan's days is still seen so far away.
AROUND = timedelta(days=92)
KIND = "calendar "


class Read(Protocol):
    """Gives the entries of a calendar, as ``read_calendar`` does."""

    def __call__(
        self, data: bytes, window: Window, zone: ZoneInfo, *, wanted: str
    ) -> Sequence[Entry]:
        """Return what ``data`` has on the days of ``window``."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A calendar that an event of a plan has its days in."""

    plan: Plan
    event: Event
    cadence: External

    @property
    def name(self) -> str:
        return f"{self.plan.id}/{self.event.id}"

    @property
    def work(self) -> str:
        """What reading it is called among the troubles."""
        return f"{KIND}{self.name}"

    @property
    def around(self) -> Window:
        """The days of the plan, and those around them."""
        days = self.plan.period
        return Window(days.first - AROUND, days.last + AROUND)

    @property
    def unread(self) -> KeptCalendar:
        """What is kept of it before anything is known."""
        return KeptCalendar(self.plan.id, self.event.id, **self.wanted)

    @property
    def wanted(self) -> dict[str, Any]:
        """What the plan wants of the calendar; with anything else it is another one."""
        days = self.plan.period
        named = {"url": self.cadence.url, "summary": self.cadence.summary}
        return named | {"first": days.first, "last": days.last}

    def is_of(self, kept: KeptCalendar) -> bool:
        """Whether ``kept`` is what the plan wants now."""
        return all(getattr(kept, name) == value for name, value in self.wanted.items())


@dataclass(slots=True)
class PlanCalendars:
    """Reads each calendar when its time has come; ``changed`` is called when one has changed.

    One that is good is read again after ``GOOD_SECONDS``, another after ``AGAIN_SECONDS``, and
    one that a plan begins to name at the next look.
    """

    office: Office
    fetcher: Fetcher
    troubles: Troubles
    changed: Callable[[], None]
    elapsed: Callable[[], float] = time.monotonic
    read: Read = read_calendar
    _next: dict[tuple[object, ...], float] = field(default_factory=dict)
    _kept: dict[str, KeptCalendar] = field(default_factory=dict)

    def ask(self) -> None:
        """Let the next look read every calendar."""
        self._next = {}

    def look(self) -> None:
        """Read every calendar whose time has come."""
        sources = list(self._sources())
        self.troubles.keep(KIND, {source.work for source in sources})
        for source in sources:
            key = (source.name, *source.wanted.values())
            if self.fetcher.closing() or self._next.get(key, 0.0) > self.elapsed():
                continue
            read = self.troubles.attempt(source.work, partial(self._read, source), once=True)
            self._next[key] = self.elapsed() + (AGAIN_SECONDS if read is None else GOOD_SECONDS)

    def status(self) -> Mapping[str, Mapping[str, object]]:
        """Return of each calendar how many meetings are known, and since when it fails."""
        return {
            each.name: _status(self._kept[each.name])
            for each in self._sources()
            if each.name in self._kept
        }

    def _sources(self) -> Iterator[_Source]:
        for agenda in list(self.office.agendas.values()):
            for event in agenda.plan.events:
                if isinstance(event.cadence, External):
                    yield _Source(agenda.plan, event, event.cadence)

    def _read(self, source: _Source) -> bool:
        """Fetch, read and keep a calendar; what is kept stands where that fails."""
        before = SqlCalendars(self.office.database).of_plans().get(source.plan.id, {})
        known = before.get(source.event.id, source.unread)
        try:
            found = self._fetched(source, known)
            entries = self._entries(source, found) if found else ()
            now = self.office.now()
            kept = self._update(source, partial(_renewed, _Found(source, found, entries, now)))
        except SourceError as error:
            # The log may not be told of the fault for want of a database to note it in.
            with suppress(DatabaseTroubleError):
                self._update(source, partial(_failed, now=self.office.now()))
            raise SourceError(
                f"Kalendern för ”{source.event.title}” ({source.name}): {error} "
                "De dagar som är kända gäller."
            ) from error
        if kept.revision != known.revision:
            what = _told(difference(known.meetings, kept.meetings))
            log.warning("Kalendern för ”%s” har ändrats%s.", source.event.title, what)
            self.changed()
        return True

    def _fetched(self, source: _Source, known: KeptCalendar) -> Fetched | None:
        if not source.is_of(known):
            return self.fetcher.fetch(source.cadence.url)
        return self.fetcher.fetch(known.url, etag=known.etag, modified=known.modified)

    def _entries(self, source: _Source, found: Fetched) -> Sequence[Entry]:
        """What the calendar says; it is foreign, so the database waits for none of it."""
        wanted = source.cadence.summary
        return self.read(found.body, source.around, source.plan.zone, wanted=wanted)

    def _update(
        self, source: _Source, change: Callable[[KeptCalendar], KeptCalendar]
    ) -> KeptCalendar:
        kept = SqlCalendars(self.office.database).update(source.unread, change)
        self._kept[source.name] = kept
        return kept


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found at a source and read at ``at``; nothing where nothing was new."""

    source: _Source
    fetched: Fetched | None
    entries: Sequence[Entry]
    at: datetime


def _renewed(found: _Found, kept: KeptCalendar) -> KeptCalendar:
    """The calendar with what was found; without anything found it is as it was."""
    fresh = replace(kept, fetched=found.at, failed_since=None)
    if found.fetched is None:
        return fresh
    source, zone = found.source, found.source.plan.zone
    since = local_day(kept.fetched, zone) if kept.fetched else date.min
    today, other = local_day(found.at, zone), not kept.is_named_by(source.cadence)
    reading = Reading(found.entries, source.plan.period, since, today, found.at, other)
    meetings = taken_over(kept.meetings, reading)
    new = differ(kept.meetings, meetings)
    return replace(
        fresh,
        **source.wanted,
        etag=found.fetched.etag,
        modified=found.fetched.modified,
        meetings=meetings,
        revision=kept.revision + new,
        changed=found.at if new else kept.changed,
    )


def _told(found: Difference) -> str:
    """How many meetings are other than they were, where any is."""
    named = {
        "nya": found.new, "flyttade": found.moved, "borta": found.fallen, "åter": found.back,
    }  # fmt: skip
    told = ", ".join(f"{name}: {number}" for name, number in named.items() if number)
    return f" ({told})" if told else ""


def _failed(kept: KeptCalendar, *, now: datetime) -> KeptCalendar:
    return kept if kept.failed_since else replace(kept, failed_since=now)


def _status(kept: KeptCalendar) -> Mapping[str, object]:
    return {
        "meetings": sum(not each.fallen for each in kept.meetings),
        "fetched": kept.fetched.isoformat() if kept.fetched else None,
        "failed_since": kept.failed_since.isoformat() if kept.failed_since else None,
    }
