"""The office: plans, ledgers and a clock over one database; all that a single command needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

from bot.app.clocks import wall_now
from bot.domain.clock import PlanClock, real_clock
from bot.domain.occurrence import Occurrence
from bot.domain.walltime import instant
from bot.feeds.calendars import Calendars, Version
from bot.planfile.reading import parse_plan, read_text
from bot.services.desk import Desk
from bot.services.following_up import FollowUp, follow_up
from bot.services.planning import Agenda, asked_since
from bot.services.timetable import Timetable
from bot.settings import Settings
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database, open_database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.feeds import SqlFeeds
from bot.storage.plans import KeptPlan, SqlClock, SqlPlans

Changed = Callable[[Occurrence], None]


@dataclass(frozen=True)
class Office:
    """Plans, ledgers and a clock over one database."""

    database: Database
    clock: PlanClock
    address: str
    agendas: Mapping[str, Agenda]
    versions: Mapping[str, Version]
    timetables: Mapping[str, Timetable]
    answers: SqlAnswers = field(init=False)
    deliveries: SqlDeliveries = field(init=False)
    feeds: SqlFeeds = field(init=False)
    calendars: Calendars = field(init=False)

    def __post_init__(self) -> None:
        answers, feeds = SqlAnswers(self.database), SqlFeeds(self.database)
        made = {
            "answers": answers,
            "deliveries": SqlDeliveries(self.database),
            "feeds": feeds,
            "calendars": Calendars(self.agendas, self.versions, answers, feeds, self.now),
        }
        for name, each in made.items():
            object.__setattr__(self, name, each)

    def now(self) -> datetime:
        """Return what the plan's clock shows."""
        return self.clock.plan(wall_now())

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
        seen, now = SqlClock(database).seen(), wall_now()
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
        timetables={p: Timetable(every[-1][0], asked_since(every)) for p, every in read.items()},
    )


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
