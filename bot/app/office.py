"""The office: plans, ledgers and a clock over one database; all that a single command needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from threading import Lock

from bot.app.addressing import Addressing
from bot.app.clocks import since_boot, wall_now
from bot.domain.clock import PlanClock, real_clock
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Event, Plan
from bot.domain.rhythms import External
from bot.domain.walltime import instant
from bot.feeds.calendars import Calendars
from bot.mail.addresses import readers
from bot.planfile.reading import parse_plan, read_text
from bot.services.desk import Desk
from bot.services.editions import Editions, editions
from bot.services.following_up import FollowUp, follow_up
from bot.services.inviting import Guests
from bot.services.membership import Member, Membership
from bot.services.planning import Agenda, asked_since
from bot.services.selecting import Selecting, nobody
from bot.services.timetable import Timetable
from bot.settings import Settings
from bot.storage.answers import SqlAnswers
from bot.storage.calendars import KeptCalendar, SqlCalendars
from bot.storage.database import Database, open_database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.feeds import SqlFeeds
from bot.storage.invitations import SqlInvitations
from bot.storage.keys import SqlKeys
from bot.storage.log import SqlLog
from bot.storage.plans import KeptPlan, SqlClock, SqlPlans
from bot.storage.receipts import SqlReceipts

Changed = Callable[[Occurrence], None]


@dataclass(frozen=True)
class Office:
    """Plans, ledgers and a clock over one database; ``address`` is where its pages are found.

    ``guests`` gives who is invited to what, where anybody is.
    ``states`` are by plan, and rise with each new text and each new calendar that it follows.
    ``every_plan`` says that it works with every plan that the database has, also those to come.
    """

    database: Database
    clock: PlanClock
    address: str
    agendas: dict[str, Agenda]
    editions: dict[str, Editions]
    timetables: dict[str, Timetable]
    every_plan: bool
    key: bytes = b""
    members: Sequence[Member] = ()
    guests: Guests | None = None
    lock: Lock = field(default_factory=Lock)
    states: dict[str, int] = field(default_factory=dict)
    answers: SqlAnswers = field(init=False)
    deliveries: SqlDeliveries = field(init=False)
    log: SqlLog = field(init=False)
    feeds: SqlFeeds = field(init=False)
    calendars: Calendars = field(init=False)

    def __post_init__(self) -> None:
        answers, feeds = SqlAnswers(self.database, self.key), SqlFeeds(self.database)
        made = {
            "answers": answers,
            "deliveries": SqlDeliveries(self.database),
            "log": SqlLog(self.database, self.key),
            "feeds": feeds,
            "calendars": self._calendars(answers, feeds),
        }
        for name, each in made.items():
            object.__setattr__(self, name, each)

    def _calendars(self, answers: SqlAnswers, feeds: SqlFeeds) -> Calendars:
        selecting = Selecting(self.members, self._invited_to if self.guests else nobody)
        return Calendars(
            self.agendas, self.editions, answers, feeds, self.now, since_boot, selecting,
            self.address, SqlKeys(self.database).veil(),
        )  # fmt: skip

    def _invited_to(self, plan: str, member: Member) -> frozenset[str]:
        """What a member has in the calendar by an invitation already."""
        theirs, known = f"mail:{member.email}".casefold(), SqlInvitations(self.database)
        return frozenset(name for name, to in known.reached(plan) if to.casefold() == theirs)

    def now(self) -> datetime:
        """Return what the plan's clock shows."""
        return self.clock.plan(wall_now())

    def reread(self) -> list[str]:
        """Take in the versions and calendars that are newer; return the plans that changed."""
        kept = SqlPlans(self.database)
        known = dict(self.states)
        with self.lock:
            changed = [
                plan
                for plan, version in kept.states().items()
                if version > known.get(plan, 0 if self.every_plan else version)
            ]
            if changed:
                self.take_in({p: v for p, v in kept.versions().items() if p in changed})
        return changed

    def take_in(self, kept: Mapping[str, Sequence[KeptPlan]]) -> None:
        """Put the newest of the versions in force; the older say since when it asks for what."""
        outside = SqlCalendars(self.database).of_plans()
        for plan, every in kept.items():
            known = outside.get(plan, {})
            texts = [(parse_plan(each.text, each.name), each.adopted) for each in every]
            read = [(Agenda(filled(each, known)), adopted) for each, adopted in texts]
            self.timetables[plan] = Timetable(read[-1][0], asked_since(read))
            self.editions[plan] = editions(read)
            moved = sum(each.revision for each in known.values())
            self.states[plan] = every[-1].version + moved
            self.agendas[plan] = read[-1][0]

    def filled(self, plan: Plan) -> Plan:
        """Return ``plan`` with what is known of the calendars that it follows."""
        return filled(plan, SqlCalendars(self.database).of_plans().get(plan.id, {}))

    def unknown_roles(self) -> list[tuple[str, str]]:
        """Return each member's roles that no plan has."""
        known = {role for each in self.agendas.values() for role in each.plan.roles}
        return [(m.name, role) for m in self.members for role in m.roles if role not in known]

    def desk(self, changed: Changed) -> Desk:
        """Return the desk that takes answers."""
        known = Membership(self.members)
        receipts = SqlReceipts(self.database)
        return Desk(self.agendas, self.answers, receipts, self.now, changed, known)

    def follow_up(self, plan: str, as_of: date | None = None) -> FollowUp:
        """Return the follow-up of ``plan`` at the end of a day, today if none is given."""
        agenda = self.agendas[plan]
        zone = agenda.plan.zone
        moment = instant(as_of, time(23, 59, 59), zone) if as_of else self.now()
        return follow_up(agenda, self.answers.standings(plan), as_of=moment)


def filled(plan: Plan, known: Mapping[str, KeptCalendar]) -> Plan:
    """Return ``plan`` with the meetings that are known of each calendar that it follows."""

    def with_meetings(event: Event) -> Event:
        kept, cadence = known.get(event.id), event.cadence
        if kept is None or not isinstance(cadence, External):
            return event
        return replace(event, cadence=replace(cadence, meetings=kept.meetings))

    return replace(plan, events=tuple(with_meetings(each) for each in plan.events))


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
        seen, now = SqlClock(database).seen(), wall_now()
        clock = clock or (PlanClock(now, seen) if seen else real_clock(now))
        key = settings.log.key.get_secret_value().encode()
        kept = SqlPlans(database, key)
        if adopt:
            for plan, name, text in parsed:
                kept.adopt(plan.id, name=name, text=text, now=clock.plan(now))
        known = kept.versions()
        given = {
            plan.id: known.get(plan.id) or [KeptPlan(plan.id, 1, name, text, clock.plan(now))]
            for plan, name, text in parsed
        }
        members = [Member(m.name, m.roles, m.email, m.slack) for m in settings.members]
        office = Office(
            database, clock, settings.web.address, {}, {}, {}, every_plan=not given, key=key,
            members=members, guests=_guests(settings, members),
        )  # fmt: skip
        office.take_in(given or known)
    except BaseException:
        database.close()
        raise
    return office


def _guests(settings: Settings, members: Sequence[Member]) -> Guests | None:
    """Who is invited to what, where invitations are sent at all."""
    mail = settings.mail
    if mail is None or not mail.invitations:
        return None
    return Addressing(settings, members, readers(mail.targets)).guests


def virtual_clock(settings: Settings, start: date | None, speed: float) -> PlanClock:
    """Return a clock from ``start``, or from the last instant that the database saw if later.

    Without either it starts at the real time.
    """
    database = open_database(settings.database.url)
    seen = SqlClock(database).seen()
    database.close()
    now = wall_now()
    wanted = datetime.combine(start, time(), UTC) if start else None
    known = [each for each in (wanted, seen) if each]
    return PlanClock(now, max(known, default=now), speed)
