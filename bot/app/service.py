"""The running service: jobs, deliveries and pages, over one office."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from threading import Event
from typing import Protocol

from starlette.routing import BaseRoute

from bot.app.clocks import SteadyClock, wall_now
from bot.app.delivery import DeliveryService
from bot.app.office import Office
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Commitment
from bot.reports.document import as_html
from bot.scheduler import JobView, Scheduler
from bot.services.delivering import drafts
from bot.services.desk import Desk
from bot.services.planning import Agenda
from bot.settings import Settings
from bot.storage.plans import SqlClock
from bot.web.site import Site

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0
VIRTUAL_SWEEP_SECONDS = 1.0
Remind = Callable[[Agenda, Sequence[Commitment]], None]


class WayIn(Protocol):
    """How a chat product reaches us; ``routes`` are what it wants to call, beside the pages."""

    routes: list[BaseRoute]

    def start(self) -> None:
        """Begin to take what people do there."""

    def stop(self) -> None:
        """Take no more."""

    def health(self) -> Mapping[str, object]:
        """Return what an operator wants to know of it."""


class Service:
    """Runs the jobs, delivers and serves the pages."""

    def __init__(self, office: Office, settings: Settings, *, demo_note: str = "") -> None:
        self.office = office
        self.closing = Event()
        self.clock = SteadyClock()
        self.delivery = DeliveryService(office, settings, self.clock)
        self.desk = office.desk(self._changed)
        self.scheduler = commitment_jobs(office, self.remind)
        self.ways_in = _ways_in(settings, self.desk)
        self.site = Site(
            self.desk, self.delivery.room, office.calendars,
            lambda plan, day: as_html(office.follow_up(plan, day)), self.health,
            (settings.web.host, "localhost", "127.0.0.1", *settings.web.hosts),
            self.closing, demo_note,
        )  # fmt: skip

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """What chat products want to call, beside the pages."""
        return [route for each in self.ways_in for route in each.routes]

    def start(self) -> None:
        """Take up what an earlier process left, then run jobs and deliver."""
        seconds = VIRTUAL_SWEEP_SECONDS if self.office.clock.virtual else SWEEP_SECONDS
        self.scheduler.every("sweep", "Sopning", self.sweep, seconds=seconds)
        released = self.delivery.start()
        if released:
            log.info("%s deliveries were cut short; looking each up before sending again", released)
        self.scheduler.start()
        for each in self.ways_in:
            each.start()

    def stop(self) -> None:
        """Stop in good order; what is not done stays in the ledger."""
        self.closing.set()
        self.delivery.room.ring()
        for each in self.ways_in:
            each.stop()
        self.scheduler.stop()
        self.delivery.stop()
        self._note_clock()
        self.office.database.close()

    def sweep(self) -> None:
        """Write everything that is due and not written, whatever a job may have missed."""
        self._note_clock()
        for agenda in self.office.agendas.values():
            self.remind(agenda, agenda.plan.commitments)
            for commitment in agenda.plan.commitments:
                self.scheduler.refresh(agenda.plan.commitment_id(commitment))

    def remind(self, agenda: Agenda, commitments: Sequence[Commitment]) -> None:
        """Write the deliveries that ``commitments`` owe now; after an outage not at night."""
        office, now = self.office, self.office.now()
        # To a fast clock a night is shorter than a sweep.
        if office.clock.speed <= 1 and not agenda.plan.sends_at(now):
            return
        timetable = office.timetables[agenda.plan.id]
        standings = office.answers.standings(agenda.plan.id)
        found = timetable.owed(commitments, standings, now=now)
        targets = {each: self.delivery.places(each) for each in agenda.plan.targets}
        written = office.deliveries.write(drafts(found, targets), written=now, now=self.clock())
        timetable.hand_over(found, standings)
        if written:
            self.delivery.ring()

    def health(self) -> Mapping[str, object]:
        """Return what an operator wants to know at a glance."""
        return {
            "status": "ok",
            "clock": self.office.now().isoformat(),
            "plans": sorted(self.office.agendas),
            "deliveries": self.office.deliveries.counts(),
            **{name: fact for each in self.ways_in for name, fact in each.health().items()},
        }

    def _changed(self, occurrence: Occurrence) -> None:
        agenda = self.office.agendas[occurrence.plan]
        self.remind(agenda, [occurrence.commitment])
        self.scheduler.refresh(agenda.plan.commitment_id(occurrence.commitment))
        self.delivery.ring()

    def _note_clock(self) -> None:
        if self.office.clock.virtual:
            SqlClock(self.office.database).note(self.office.now())


def _ways_in(settings: Settings, desk: Desk) -> list[WayIn]:
    """The ways in of the products that are set up; Bolt costs a tenth of a second to import."""
    if settings.slack is None:
        return []
    from bot.app.slack import SlackWayIn

    return [SlackWayIn(settings.slack, desk)]


def commitment_jobs(office: Office, remind: Remind) -> Scheduler:
    """Return the scheduler with the job of each commitment of each plan; not yet started."""
    found = Scheduler(wall_now)
    for plan, agenda in office.agendas.items():
        timetable = office.timetables[plan]
        found.add_commitments(timetable, office.answers, office.clock, partial(remind, agenda))
    return found


def jobs(office: Office) -> list[JobView]:
    """Return the jobs that a service over ``office`` has, with their times on the plan's clock."""
    found = commitment_jobs(office, lambda _agenda, _commitments: None).jobs()
    shown = office.clock.plan
    return [replace(each, next_run=each.next_run and shown(each.next_run)) for each in found]
