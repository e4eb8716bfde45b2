"""Builders: small plans and answers, said in one line."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.domain.answer import Answer, AnswerKind
from bot.domain.counting import CountPerPeriod
from bot.domain.deadlines import Deadline
from bot.domain.periods import PeriodUnit, Window
from bot.domain.plan import Activity, Area, Commitment, Plan, Policy, Promise, Role
from bot.domain.recurrence import Cadence, OnDemand
from bot.domain.rhythms import Interval, IntervalUnit
from bot.domain.walltime import Hours
from bot.domain.workdays import FreeDayRule, WorkCalendar
from bot.services.planning import Agenda

STOCKHOLM = ZoneInfo("Europe/Stockholm")
THREE_YEARS = Window(date(2018, 1, 1), date(2020, 12, 31))
FORTNIGHTLY = Interval(2, IntervalUnit.WEEK, date(2018, 1, 2))
QUARTERLY = CountPerPeriod(4, PeriodUnit.YEAR, spread=PeriodUnit.QUARTER)
TWICE_PER_DISTRICT = CountPerPeriod(2, PeriodUnit.YEAR, area_type="stadsdel")
WHEN_NEEDED = OnDemand(PeriodUnit.QUARTER)
NOVEMBER = Deadline(2020, 11)

POLICY = Policy(
    id="standard",
    at=time(8),
    day_at=time(7, 30),
    ahead_days=(5,),
    book_ahead_days=(45, 14),
    ask_after_days=1,
    nag_every_days=3,
    nags=2,
    hush_days=5,
)
ROLES = (
    Role("kommunpolis", "Kommunpolis", "Polis", deputy="stf"),
    Role("stf", "Ställföreträdare", "Polis"),
    Role("samordnare", "Samordnaren", "Kommun"),
    Role("styrgrupp", "Styrgruppen", "Kommun"),
)
AREAS = (
    Area("satra", "Sätra", "stadsdel", confirmed=False),
    Area("brynas", "Brynäs", "stadsdel", confirmed=False),
)


def make_commitment(cadence: Cadence = FORTNIGHTLY, name: str = "lagesbild") -> Commitment:
    return Commitment(
        id=name,
        title="Gemensam lägesbild",
        wording="Gemensam lägesbild varannan vecka.",
        cadence=cadence,
        responsible=("kommunpolis",),
        policy="standard",
        target="samverkan",
        row=1,
        hours=Hours(time(9), time(10, 30)) if isinstance(cadence, Interval) else None,
        free_day=FreeDayRule.NEXT,
        area_type=cadence.area_type if isinstance(cadence, CountPerPeriod) else None,
    )


def make_plan(
    *commitments: Commitment,
    period: Window = THREE_YEARS,
    policy: Policy = POLICY,
    work: WorkCalendar | None = None,
) -> Plan:
    counted = commitments or (make_commitment(),)
    follow_up = replace(make_commitment(NOVEMBER, "uppfoljning"), row=0)
    row = Activity(1, "trygg", "Lägesbild", "Varannan vecka", "2018–20", "Polis", "2020", counted)
    return Plan(
        id="gavle",
        title="Medborgarlöfte, Gävle; 2018–2020",
        municipality="Gävle",
        parties=("Polis", "Kommun"),
        zone=STOCKHOLM,
        period=period,
        promises=(Promise("trygg", "En trygg plats.", ()),),
        activities=(row,),
        follow_up=follow_up,
        areas=AREAS,
        roles={role.id: role for role in ROLES},
        policies={policy.id: policy},
        targets={"samverkan": "Samverkansgruppen"},
        escalation=("samordnare", "styrgrupp"),
        sending_hours=Hours(time(7), time(18)),
        work=work or WorkCalendar(),
    )


def make_agenda(*commitments: Commitment) -> Agenda:
    return Agenda(make_plan(*commitments))


def make_answer(
    occurrence: str,
    kind: AnswerKind,
    at: datetime | None = None,
    *,
    day: date | None = None,
    by: str = "Anna",
    note: str = "orsaken",
) -> Answer:
    return Answer(occurrence, kind, by, at or utc(2018, 1, 2), day=day, note=note)


def utc(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
