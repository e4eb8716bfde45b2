"""A small plan with one commitment of each kind, and the desk that serves it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from threading import RLock
from zoneinfo import ZoneInfo

from bot.domain.answer import Answer, Standing
from bot.domain.counting import CountPerPeriod
from bot.domain.occurrence import Occurrence
from bot.domain.periods import PeriodUnit, Window
from bot.domain.plan import Activity, Area, Commitment, Plan, Policy, Role
from bot.domain.recurrence import Cadence, OnDemand
from bot.domain.rhythms import Interval, IntervalUnit
from bot.domain.walltime import Hours
from bot.services.desk import Desk
from bot.services.membership import Membership
from bot.services.planning import Agenda
from bot.services.ports import Decision, Recorded

NOW = datetime(2018, 3, 14, 9, 0, tzinfo=UTC)
WEEKLY = "gavle/lagesbild/2018-W11"
LATER = "gavle/lagesbild/2018-W12"
SLOT = "gavle/platsuppfoljning/2018-Q1"
DIALOGUE = "gavle/medborgardialog/2018/satra/1"
NEED = "gavle/insats/2018-03"
UNKNOWN = "gavle/lagesbild/1999-W01"


@dataclass
class Answers:
    """Answers kept in memory, with the rules of the port."""

    stored: list[Answer] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    lock: RLock = field(default_factory=RLock)

    def standings(self, plan: str) -> dict[str, Standing]:
        """Return what was said of each occurrence of ``plan``."""
        named = {a.occurrence for a in self.stored if a.occurrence.startswith(f"{plan}/")}
        return {each: self.standing(each) for each in named}

    def standing(self, occurrence: str) -> Standing:
        """Return what was said of one occurrence."""
        with self.lock:
            return Standing(tuple(a for a in self.stored if a.occurrence == occurrence))

    def decide(
        self, occurrence: str, source: str, choose: Callable[[Standing], Decision]
    ) -> Recorded:
        """Let ``choose`` decide, one at a time; an event that came before changes nothing."""
        with self.lock:
            earlier = next((a for a in self.stored if source and a.source == source), None)
            if earlier:
                return Recorded(earlier, fresh=False)
            decision = choose(self.standing(occurrence))
            if decision.repeated:
                return Recorded(decision.repeated, fresh=False)
            assert decision.store
            answer = replace(decision.store, id=len(self.stored) + 1)
            self.stored.append(answer)
            if decision.ends_reminders:
                self.ended.append(occurrence)
            return Recorded(answer, fresh=True)


@dataclass
class Receipts:
    """Which message speaks of which occurrence."""

    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def occurrence_at(self, target: str, receipt: str) -> str | None:
        """Return the occurrence of a message, if it is one of ours."""
        return self.known.get((target, receipt))

    def sent_since(
        self, product: str, _since: datetime, *, limit: int
    ) -> list[tuple[str, str, str]]:
        """Return what was sent; all of it is of late."""
        every = [(*target.split(":"), receipt, o) for (target, receipt), o in self.known.items()]
        mine = [(address, receipt, o) for name, address, receipt, o in every if name == product]
        return mine[::-1][:limit]


@dataclass
class Clock:
    """The plan's clock, set by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self.now


@dataclass
class Office:
    """A desk and everything behind it."""

    answers: Answers = field(default_factory=Answers)
    receipts: Receipts = field(default_factory=Receipts)
    clock: Clock = field(default_factory=Clock)
    changed: list[Occurrence] = field(default_factory=list)
    membership: Membership = field(default_factory=Membership)
    agendas: dict[str, Agenda] = field(default_factory=lambda: {"gavle": Agenda(make_plan())})

    @property
    def desk(self) -> Desk:
        """The desk that is handed to the product."""
        changed = self.changed.append
        return Desk(self.agendas, self.answers, self.receipts, self.clock, changed, self.membership)


def commitment(name: str, title: str, cadence: Cadence, area_type: str | None = None) -> Commitment:
    """Return a commitment that the police keep and that is announced in one place."""
    return Commitment(
        id=name,
        title=title,
        wording=f"Ordalydelse för {title}",
        cadence=cadence,
        responsible=("kommunpolis",),
        policy="vanlig",
        target="samverkan",
        hours=Hours(time(9), time(10, 30)),
        area_type=area_type,
    )


def make_plan() -> Plan:
    """Return a plan for 2018 with a rhythm, slots, a dialogue by area, and a need."""
    weekly = Interval(1, IntervalUnit.WEEK, date(2018, 1, 3))
    yearly = CountPerPeriod(2, PeriodUnit.YEAR, area_type="stadsdel")
    quarterly = CountPerPeriod(4, PeriodUnit.YEAR, spread=PeriodUnit.QUARTER)
    commitments = (
        commitment("lagesbild", "Lägesbild", weekly),
        commitment("platsuppfoljning", "Platsuppföljning", quarterly),
        commitment("medborgardialog", "Medborgardialog", yearly, "stadsdel"),
        commitment("insats", "Insats mot narkotika", OnDemand(PeriodUnit.MONTH)),
    )
    follow_up = commitment("uppfoljning", "Uppföljning", OnDemand(PeriodUnit.YEAR))
    activity = Activity(1, "lofte", "", "", "", "", "", commitments)
    return Plan(
        id="gavle",
        title="Gävle 2018",
        municipality="Gävle",
        parties=("Polisen", "Gävle kommun"),
        zone=ZoneInfo("Europe/Stockholm"),
        period=Window(date(2018, 1, 1), date(2018, 12, 31)),
        promises=(),
        activities=(activity,),
        follow_up=follow_up,
        areas=(Area("satra", "Sätra", "stadsdel"), Area("nordost", "Nordost", "stadsdel")),
        roles={"kommunpolis": Role("kommunpolis", "Kommunpolis", "Polisen")},
        policies={"vanlig": Policy("vanlig", time(8), time(7))},
        targets={"samverkan": "slack:C0000001"},
        escalation=(),
        sending_hours=Hours(time(7), time(18)),
    )
