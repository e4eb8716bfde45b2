"""The running service: jobs, deliveries and pages, over one office."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Protocol

from starlette.routing import BaseRoute

from bot.app.calendars import PlanCalendars
from bot.app.clocks import wall_now
from bot.app.delivery import DeliveryService
from bot.app.office import Office
from bot.app.plan_files import PlanFiles
from bot.domain.delivery import DeliveryState
from bot.domain.errors import DatabaseTroubleError
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Commitment
from bot.reports.document import as_html
from bot.scheduler import JobView, Scheduler
from bot.services.desk import Desk
from bot.services.handing_out import FeedCounter
from bot.services.inviting import Inviting
from bot.services.links import Links
from bot.services.planning import Agenda, Standings
from bot.services.ports import Clock
from bot.services.upkeep import Upkeep
from bot.settings import Settings
from bot.sources.fetching import Fetcher
from bot.storage.inbox import SqlInbox
from bot.storage.invitations import SqlInvitations
from bot.storage.plans import SqlClock
from bot.web.site import Site

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0
VIRTUAL_SWEEP_SECONDS = 1.0
LOOK_SECONDS = 2.0
CALENDARS_SECONDS = 60.0
Remind = Callable[[str, Sequence[Commitment]], None]


class WayIn(Protocol):
    """How a chat product reaches us; ``routes`` are what it wants to call, beside the pages."""

    routes: list[BaseRoute]

    def start(self) -> None:
        """Begin to take what people do there."""

    def stop(self) -> None:
        """Take no more."""

    def sweep(self) -> None:
        """Take up what an earlier process has left."""

    def health(self) -> Mapping[str, object]:
        """Return what an operator wants to know of it."""


class Service:
    """Runs the jobs, delivers and serves the pages."""

    def __init__(
        self,
        office: Office,
        settings: Settings,
        *,
        files: Sequence[Path] = (),
        demo_note: str = "",
    ) -> None:
        self.office = office
        self.files = PlanFiles(office, files, self.sweep)
        self.closing = Event()
        self.delivery = DeliveryService(office, settings)
        self.troubles = self.delivery.troubles
        fetcher = Fetcher(settings.feeds.allowed_hosts, self.closing.is_set)
        self.calendars = PlanCalendars(office, fetcher, self.troubles, self.sweep)
        self.desk = office.desk(self._changed)
        self.upkeep = Upkeep(
            office.timetables, office.answers, office.deliveries, self.delivery.addressing.places,
            self.delivery.clock, office.now, keeps_hours=office.clock.speed <= 1,
        )  # fmt: skip
        self.inviting = _inviting(office, self.delivery)
        self.scheduler = commitment_jobs(office, self.remind)
        self._known: dict[str, Standings] = {}
        self._planned = dict(office.timetables)
        self.ways_in = [
            *_ways_in(settings, office, self.desk),
            *_mail_in(settings, self.desk, self.delivery),
        ]
        self.site = Site(
            self.desk, self.delivery.room, office.calendars,
            lambda plan, day: as_html(office.follow_up(plan, day), office.log.seal(plan)),
            self.health,
            settings.web.names, self.closing, demo_note, settings.web.url,
            links=_answer_links(settings, self.delivery.clock),
            inviting=self.inviting is not None,
        )  # fmt: skip

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """What chat products want to call, beside the pages."""
        return [route for each in self.ways_in for route in each.routes]

    def start(self) -> None:
        """Take up what an earlier process left, then run jobs and deliver."""
        for member, role in self.office.unknown_roles():
            log.warning("members: %s har rollen %s, som ingen plan har.", member, role)
        plans = [each.plan for each in self.office.agendas.values()]
        for target in self.delivery.addressing.unknown_targets(plans):
            log.warning("slack.targets: ingen plan har platsen %s.", target)
        seconds = VIRTUAL_SWEEP_SECONDS if self.office.clock.virtual else SWEEP_SECONDS
        self.scheduler.every("sweep", "Sopning", self.sweep, seconds=seconds)
        if self.files.paths:
            self.files.begin()
            self.scheduler.every("plans", "Planfiler", self._look, seconds=LOOK_SECONDS)
        self.scheduler.every("calendars", "Kalendrar", self._follow, seconds=CALENDARS_SECONDS)
        self.delivery.start()
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
        with suppress(DatabaseTroubleError):
            self._note_clock()
        self.office.database.close()

    def ask(self) -> None:
        """Let plan files and calendars be looked at before long, changed or not."""
        self.files.ask()
        self.calendars.ask()

    def _look(self) -> None:
        self.troubles.attempt("plan files", self.files.look)

    def _follow(self) -> None:
        self.troubles.attempt("calendars", self.calendars.look)

    def sweep(self) -> None:
        """Write everything that is due and not written, whatever a job may have missed."""
        self.troubles.attempt("sweep", self._sweep)

    def _sweep(self) -> None:
        self._note_clock()
        self.office.reread()
        for plan, timetable in list(self.office.timetables.items()):
            if self._planned.get(plan) is not timetable:
                self._planned[plan] = timetable
                add_jobs(self.scheduler, self.office, plan, self.remind)
        for plan, agenda in list(self.office.agendas.items()):
            self.remind(plan)
            self._invite(plan)
            self._refresh(agenda)
        for each in self.ways_in:
            each.sweep()

    def remind(self, plan: str, commitments: Sequence[Commitment] | None = None) -> None:
        """Write what ``commitments`` of ``plan``, or all of them, owe now."""
        run = partial(self.upkeep.remind, plan, commitments)
        if self.troubles.attempt(f"reminders of {plan}", run):
            self.delivery.ring()

    def _invite(self, plan: str) -> None:
        """Write the invitations that are owed now, where any are sent."""
        if self.inviting is None:
            return
        run = partial(self.inviting.invite, plan)
        if self.troubles.attempt(f"invitations of {plan}", run):
            self.delivery.ring()

    def health(self) -> Mapping[str, object]:
        """Return what an operator wants to know at a glance.

        ``"trouble"`` is what does not work right now, ``"attention"`` that something failed
        which nobody has tried again; without the database ``deliveries`` are unknown.
        """
        counts, troubles = self._counts()
        troubles = sorted({*troubles, *self.troubles.now()})
        failed = bool(counts and counts.get(DeliveryState.FAILED))
        return {
            "status": "trouble" if troubles else "attention" if failed else "ok",
            "troubles": troubles,
            "clock": self.office.now().isoformat(),
            "plans": sorted(self.office.agendas),
            "refused_plans": self.files.status(),
            "calendars": self.calendars.status(),
            "deliveries": counts,
            **{name: fact for each in self.ways_in for name, fact in each.health().items()},
        }

    def _counts(self) -> tuple[dict[str, int] | None, list[str]]:
        try:
            stuck = self.office.deliveries.stuck(now=self.delivery.clock())
            troubles = [f"Inget kommer fram till {target}: {reason}" for target, reason in stuck]
            return self.office.deliveries.counts(), troubles
        except DatabaseTroubleError as error:
            return None, [str(error)]

    def _changed(self, occurrence: Occurrence) -> None:
        """Do what an answer asks for; it is stored, so what fails is left to the sweep."""
        agenda = self.office.agendas[occurrence.plan]
        self.remind(occurrence.plan, [occurrence.commitment])
        self._invite(occurrence.plan)
        self.scheduler.refresh(agenda.plan.commitment_id(occurrence.commitment))
        self.delivery.ring()

    def _refresh(self, agenda: Agenda) -> None:
        """Set the jobs of a plan anew if another process has taken answers to it."""
        plan = agenda.plan
        standings = self.office.answers.standings(plan.id)
        if self._known.get(plan.id) is not standings:
            self._known[plan.id] = standings
            for each in plan.commitments:
                self.scheduler.refresh(plan.commitment_id(each))

    def _note_clock(self) -> None:
        if self.office.clock.virtual:
            SqlClock(self.office.database).note(self.office.now())


def _ways_in(settings: Settings, office: Office, desk: Desk) -> list[WayIn]:
    """The ways in of the products that are set up; Bolt costs a tenth of a second to import."""
    if settings.slack is None:
        return []
    from bot.app.slack import SlackWayIn

    inbox = SqlInbox(office.database, "slack")
    counter = FeedCounter(office.agendas, office.calendars, desk.membership, office.address)
    return [SlackWayIn(settings.slack, desk, counter, inbox, office.database)]


def _mail_in(settings: Settings, desk: Desk, delivery: DeliveryService) -> Sequence[WayIn]:
    """The way in of replies by mail, where a mailbox is read."""
    if settings.mail is None:
        return []
    from bot.app.mail import attendance_taker, mail_reception, mail_way_in

    mail, office, clock = settings.mail, delivery.office, delivery.clock
    take = attendance_taker(mail, office, desk, clock)
    reception = mail_reception(mail, settings.web.address, desk, clock, take)
    return mail_way_in(mail, reception, office.database, delivery.troubles)


def _inviting(office: Office, delivery: DeliveryService) -> Inviting | None:
    if office.guests is None:
        return None
    told = SqlInvitations(office.database)
    return Inviting(
        office.agendas, office.answers, office.deliveries, told, office.guests, delivery.clock,
        office.now,
    )  # fmt: skip


def _answer_links(settings: Settings, clock: Clock) -> Links | None:
    if settings.mail is None:
        return None
    from bot.app.mail import answer_links

    return answer_links(settings, clock)


def commitment_jobs(office: Office, remind: Remind) -> Scheduler:
    """Return the scheduler with the job of each commitment of each plan; not yet started."""
    found = Scheduler(wall_now)
    for plan in office.agendas:
        add_jobs(found, office, plan, remind)
    return found


def add_jobs(scheduler: Scheduler, office: Office, plan: str, remind: Remind) -> None:
    """Add the job of each commitment of ``plan``, in place of those of an older version."""
    timetable = office.timetables[plan]
    run = partial(remind, plan)
    scheduler.add_commitments(timetable, office.answers, office.clock, run)


def jobs(office: Office) -> list[JobView]:
    """Return the jobs that a service over ``office`` has, with their times on the plan's clock."""
    found = commitment_jobs(office, lambda _plan, _commitments: None).jobs()
    shown = office.clock.plan
    return [replace(each, next_run=each.next_run and shown(each.next_run)) for each in found]
