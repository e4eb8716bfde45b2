"""The wiring: the one place that reads the clock and names the adapters."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from threading import Event

from starlette.routing import BaseRoute

from bot.carriers.inline import InlineCarrier, Pump
from bot.chat.room.room import Room
from bot.chat.room.transport import RoomTransport
from bot.chat.slack.connection import SocketConnection, http_routes, make_app, make_client
from bot.chat.slack.transport import SlackTransport
from bot.domain.clock import PlanClock, real_clock
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Commitment
from bot.domain.walltime import instant
from bot.feeds.calendars import Calendars, Version
from bot.planfile.reading import parse_plan, read_text
from bot.reports.document import as_html
from bot.scheduler import JobView, Scheduler
from bot.services import composing
from bot.services.delivering import Delivering, drafts
from bot.services.desk import Desk
from bot.services.following_up import FollowUp, follow_up
from bot.services.planning import Agenda, asked_since
from bot.services.ports import Transport
from bot.services.reminding import owed
from bot.settings import Settings, SlackSettings
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database, open_database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.feeds import SqlFeeds
from bot.storage.plans import KeptPlan, SqlClock, SqlPlans
from bot.storage.room import SqlRoom
from bot.web.site import Site

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0
VIRTUAL_SWEEP_SECONDS = 1.0
Changed = Callable[[Occurrence], None]
Remind = Callable[[Agenda, Sequence[Commitment]], None]
LATE_TICKS_SECONDS = 4  # of a fast clock a tick is hours long


def machine_now() -> datetime:
    """Return the real time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Office:
    """Plans, ledgers and a clock over one database: all that a single command needs."""

    database: Database
    clock: PlanClock
    address: str
    agendas: Mapping[str, Agenda]
    versions: Mapping[str, Version]
    since: Mapping[str, datetime]

    def now(self) -> datetime:
        """Return what the plan's clock shows."""
        return self.clock.plan(machine_now())

    @property
    def answers(self) -> SqlAnswers:
        """The ledger of answers."""
        return SqlAnswers(self.database)

    @property
    def deliveries(self) -> SqlDeliveries:
        """The ledger of deliveries."""
        return SqlDeliveries(self.database)

    @property
    def feeds(self) -> SqlFeeds:
        """The feed links."""
        return SqlFeeds(self.database)

    @property
    def calendars(self) -> Calendars:
        """The calendars of every plan."""
        return Calendars(self.agendas, self.versions, self.answers, self.feeds, self.now)

    def desk(self, changed: Changed) -> Desk:
        """Return the desk that takes answers."""
        return Desk(self.agendas, self.answers, self.deliveries, self.now, changed)

    def follow_up(self, plan: str, as_of: date | None = None) -> FollowUp:
        """Return the follow-up of ``plan`` at the end of a day, today if none is given."""
        agenda = self.agendas[plan]
        zone = agenda.plan.zone
        moment = instant(as_of, time(23, 59, 59), zone) if as_of else self.now()
        return follow_up(agenda, self.answers.standings(plan), as_of=moment)


def open_office(
    settings: Settings,
    plans: Sequence[Path] = (),
    clock: PlanClock | None = None,
    *,
    adopt: bool = True,
) -> Office:
    """Open the database and read the plan files given, or else every plan that it knows.

    With ``adopt`` the files become the plans' newest versions; without it nothing is changed.

    The plans are read before the database is touched, so a fault in one changes nothing.
    Without ``clock`` it is the real one, or the last instant of one that was virtual.
    """
    texts = [(path.name, read_text(path)) for path in plans]
    parsed = [(parse_plan(text, name), name, text) for name, text in texts]
    database = open_database(settings.database.url)
    try:
        seen, now = SqlClock(database).seen(), machine_now()
        clock = clock or (PlanClock(now, seen) if seen else real_clock(now))
        kept = SqlPlans(database)
        if adopt:
            for plan, name, text in parsed:
                kept.adopt(plan.id, name=name, text=text, now=clock.plan(now))
        known = kept.versions()
        given = {
            plan.id: known.get(plan.id) or [KeptPlan(plan.id, 1, name, text, clock.plan(now))]
            for plan, name, text in parsed
        }
        return _office(database, clock, settings, given or known)
    except BaseException:
        database.close()
        raise


def _office(
    database: Database,
    clock: PlanClock,
    settings: Settings,
    versions: Mapping[str, Sequence[KeptPlan]],
) -> Office:
    read = {
        plan: [(Agenda(parse_plan(each.text, each.name)), each.adopted) for each in every]
        for plan, every in versions.items()
    }
    return Office(
        database=database,
        clock=clock,
        address=f"{settings.web.host}:{settings.web.port}",
        agendas={plan: every[-1][0] for plan, every in read.items()},
        versions={p: Version(v[-1].version, v[-1].adopted) for p, v in versions.items()},
        since={name: at for every in read.values() for name, at in asked_since(every).items()},
    )


def virtual_clock(settings: Settings, start: date | None, speed: float) -> PlanClock:
    """Return a clock from ``start``, or from the last instant that the database saw if later.

    Without either it starts at the real time.
    """
    database = open_database(settings.database.url)
    seen = SqlClock(database).seen()
    database.close()
    now = machine_now()
    wanted = datetime.combine(start, time(), UTC) if start else None
    known = [each for each in (wanted, seen) if each]
    return PlanClock(now, max(known, default=now), speed)


class Service:
    """The running service: jobs, deliveries and pages, over one office."""

    def __init__(self, office: Office, settings: Settings, *, demo_note: str = "") -> None:
        self.office, self.settings = office, settings
        self.closing = Event()
        self.room = Room(SqlRoom(office.database))
        self.desk = office.desk(self._changed)
        self.scheduler = commitment_jobs(office, self.remind)
        self.transports: dict[str, Transport] = {"room": RoomTransport(self.room, office.now)}
        self.routes: list[BaseRoute] = []
        self.socket: SocketConnection | None = None
        if settings.slack:
            self._add_slack(settings.slack)
        self.delivering = Delivering(
            office.agendas, office.answers, office.deliveries, self.transports,
            office.calendars.render, machine_now, office.now, self._late_after(),
        )  # fmt: skip
        self.pump = Pump(self._dispatch, self.delivering.show_answers)
        self.carrier = InlineCarrier(self.delivering.deliver, self.pump.ring)
        self.site = Site(
            self.desk, self.room, office.calendars,
            lambda plan, day: as_html(office.follow_up(plan, day)), self.health,
            (settings.web.host, "localhost", "127.0.0.1", *settings.web.hosts),
            self.closing, demo_note,
        )  # fmt: skip

    def start(self) -> None:
        """Take up what an earlier process left, then run jobs and deliver."""
        released = self.office.deliveries.release(now=machine_now())
        if released:
            log.info("%s deliveries were cut short; looking each up before sending again", released)
        virtual = self.office.clock.virtual
        seconds = VIRTUAL_SWEEP_SECONDS if virtual else SWEEP_SECONDS
        self.scheduler.every("sweep", "Sopning", self.sweep, seconds=seconds)
        self.scheduler.start()
        self.pump.start()
        if self.socket:
            self.socket.start()

    def stop(self) -> None:
        """Stop in good order; what is not done stays in the ledger."""
        self.closing.set()
        self.room.ring()
        if self.socket:
            self.socket.stop()
        self.scheduler.stop()
        self.pump.stop()
        self.carrier.stop()
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
        standings = office.answers.standings(agenda.plan.id)
        found = owed(agenda, standings, commitments, since=office.since, now=now)
        targets = {each: self._places(each) for each in agenda.plan.targets}
        if office.deliveries.write(drafts(found, targets), written=now, now=machine_now()):
            self.pump.ring()

    def health(self) -> Mapping[str, object]:
        """Return what an operator wants to know at a glance."""
        return {
            "status": "ok",
            "clock": self.office.now().isoformat(),
            "plans": sorted(self.office.agendas),
            "deliveries": self.office.deliveries.counts(),
            **({"slack_connected": self.socket.connected} if self.socket else {}),
        }

    def _add_slack(self, slack: SlackSettings) -> None:
        """Add Slack beside the room: Socket Mode with an app token, else HTTP events."""
        client = make_client(slack.bot_token.get_secret_value(), slack.base_url)
        self.transports["slack"] = SlackTransport(client)
        secret = slack.signing_secret.get_secret_value() if slack.signing_secret else ""
        app = make_app(client, secret, self.desk)
        if slack.app_token:
            self.socket = SocketConnection(app, client, slack.app_token.get_secret_value())
        else:
            self.routes += http_routes(app)

    def _dispatch(self) -> int:
        return self.delivering.dispatch(self.carrier)

    def _places(self, target: str) -> tuple[str, ...]:
        """The places that a target of the plan stands for, each with its product."""
        slack = self.settings.slack
        return (f"room:{target}", *([f"slack:{slack.target}"] if slack else []))

    def _changed(self, occurrence: Occurrence) -> None:
        agenda = self.office.agendas[occurrence.plan]
        self.remind(agenda, [occurrence.commitment])
        self.scheduler.refresh(agenda.plan.commitment_id(occurrence.commitment))
        self.pump.ring()

    def _late_after(self) -> timedelta:
        ticks = timedelta(seconds=LATE_TICKS_SECONDS * self.office.clock.speed)
        return max(composing.LATE_AFTER, ticks)

    def _note_clock(self) -> None:
        if self.office.clock.virtual:
            SqlClock(self.office.database).note(self.office.now())


def commitment_jobs(office: Office, remind: Remind) -> Scheduler:
    """Return the scheduler with the job of each commitment of each plan; not yet started."""
    found = Scheduler(machine_now)
    for agenda in office.agendas.values():
        found.add_commitments(agenda, office.answers, office.clock, partial(remind, agenda))
    return found


def jobs(office: Office) -> list[JobView]:
    """Return the jobs that a service over ``office`` has, with their times on the plan's clock."""
    found = commitment_jobs(office, lambda _agenda, _commitments: None).jobs()
    shown = office.clock.plan
    return [replace(each, next_run=each.next_run and shown(each.next_run)) for each in found]
