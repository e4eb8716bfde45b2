"""The calendars that plans follow: fetched now and then, kept when they cannot be had."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from bot.app.office import Office
from bot.app.troubles import Troubles
from bot.domain.errors import DatabaseTroubleError, SourceError
from bot.domain.periods import Window
from bot.domain.plan import Event, Plan
from bot.domain.rhythms import External
from bot.domain.walltime import local_day
from bot.services.taking_over import Reading, differ, taken_over
from bot.sources.fetching import Fetched, Fetcher
from bot.sources.reading import read_calendar
from bot.storage.calendars import KeptCalendar, SqlCalendars

log = logging.getLogger(__name__)

GOOD_SECONDS = 3 * 3600.0
AGAIN_SECONDS = 15 * 60.0
# A meeting that moves out of the plan's days is still seen so far away.
AROUND = timedelta(days=92)


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
    _next: dict[tuple[object, ...], float] = field(default_factory=dict)
    _kept: dict[str, KeptCalendar] = field(default_factory=dict)

    def ask(self) -> None:
        """Let the next look read every calendar."""
        self._next = {}

    def look(self) -> None:
        """Read every calendar whose time has come."""
        for source in list(self._sources()):
            key = (source.name, *source.wanted.values())
            if self.fetcher.closing() or self._next.get(key, 0.0) > self.elapsed():
                continue
            read = self.troubles.attempt(f"calendar {source.name}", partial(self._read, source))
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
            now = self.office.now()
            kept = self._update(source, partial(_renewed, source, found, now))
        except SourceError as error:
            # The log may not be told of the fault for want of a database to note it in.
            with suppress(DatabaseTroubleError):
                self._update(source, partial(_failed, now=self.office.now()))
            raise SourceError(
                f"Kalendern för ”{source.event.title}” ({source.name}): {error} "
                "De dagar som är kända gäller."
            ) from error
        if kept.revision != known.revision:
            log.warning("Kalendern för ”%s” har ändrats.", source.event.title)
            self.changed()
        return True

    def _fetched(self, source: _Source, known: KeptCalendar) -> Fetched | None:
        if not source.is_of(known):
            return self.fetcher.fetch(source.cadence.url)
        return self.fetcher.fetch(known.url, etag=known.etag, modified=known.modified)

    def _update(
        self, source: _Source, change: Callable[[KeptCalendar], KeptCalendar]
    ) -> KeptCalendar:
        kept = SqlCalendars(self.office.database).update(source.unread, change)
        self._kept[source.name] = kept
        return kept


def _renewed(
    source: _Source, found: Fetched | None, now: datetime, kept: KeptCalendar
) -> KeptCalendar:
    """The calendar with what was found; without anything found it is as it was."""
    fresh = replace(kept, fetched=now, failed_since=None)
    if found is None:
        return fresh
    plan = source.plan
    around = Window(plan.period.first - AROUND, plan.period.last + AROUND)
    entries = read_calendar(found.body, around, plan.zone, wanted=source.cadence.summary)
    since = local_day(kept.fetched, plan.zone) if kept.fetched else date.min
    reading = Reading(entries, plan.period, since, local_day(now, plan.zone), now)
    meetings = taken_over(kept.meetings, reading)
    new = differ(kept.meetings, meetings)
    return replace(
        fresh,
        **source.wanted,
        etag=found.etag,
        modified=found.modified,
        meetings=meetings,
        revision=kept.revision + new,
        changed=now if new else kept.changed,
    )


def _failed(kept: KeptCalendar, *, now: datetime) -> KeptCalendar:
    return kept if kept.failed_since else replace(kept, failed_since=now)


def _status(kept: KeptCalendar) -> Mapping[str, object]:
    return {
        "meetings": sum(not each.fallen for each in kept.meetings),
        "fetched": kept.fetched.isoformat() if kept.fetched else None,
        "failed_since": kept.failed_since.isoformat() if kept.failed_since else None,
    }
