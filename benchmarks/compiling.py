"""(g) From a plan of 40 commitments to three years of occurrences and reminders."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from datetime import time as hour
from functools import partial
from pathlib import Path
from typing import TypeVar

from dateutil.rrule import MONTHLY, WEEKLY, YEARLY, rrule

from benchmarks.machine import facts
from benchmarks.processes import held_megabytes
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, Target, ratios, spread
from bot.domain.counting import CountPerPeriod
from bot.domain.deadlines import Deadline
from bot.domain.periods import PeriodUnit
from bot.domain.plan import Commitment, Plan
from bot.domain.recurrence import Cadence, OnDemand
from bot.domain.rhythms import Interval, IntervalUnit, Parity, Weekdays, WeekParity
from bot.domain.workdays import forget
from bot.services.planning import Agenda
from bot.services.reminding import scheduled
from tests.builders import THREE_YEARS, make_commitment, make_plan

COMMITMENTS = 40
T = TypeVar("T")
MOST, MOST_GROWTH = 3.0, 1.2
TUESDAY, THURSDAY = 1, 3
FIRST = datetime.combine(THREE_YEARS.first, hour(9))
LAST = datetime.combine(THREE_YEARS.last, hour(9))
HEADINGS = ("", "dates", "milliseconds", "times the peer")


@dataclass(frozen=True, slots=True)
class Sort:
    """A cadence, and the rule of rrule that gives as many dates; ``share`` of ten commitments."""

    cadence: Cadence
    rule: Callable[[], rrule]
    share: int


def _weekly(every: int) -> rrule:
    return rrule(WEEKLY, interval=every, dtstart=FIRST, until=LAST)


def _monthly(every: int) -> rrule:
    return rrule(MONTHLY, interval=every, bymonthday=-1, dtstart=FIRST, until=LAST)


EVEN = tuple(range(2, 53, 2))
SORTS = (
    Sort(Interval(2, IntervalUnit.WEEK, date(2018, 1, 2)), partial(_weekly, 2), 2),
    Sort(
        WeekParity(Parity.EVEN, TUESDAY),
        partial(rrule, YEARLY, byweekno=EVEN, byweekday=TUESDAY, dtstart=FIRST, until=LAST),
        1,
    ),
    Sort(
        Weekdays((THURSDAY,)),
        partial(rrule, WEEKLY, byweekday=THURSDAY, dtstart=FIRST, until=LAST),
        1,
    ),
    Sort(
        Interval(1, IntervalUnit.MONTH, date(2018, 1, 15)),
        partial(rrule, MONTHLY, bymonthday=15, dtstart=FIRST, until=LAST),
        1,
    ),
    Sort(CountPerPeriod(4, PeriodUnit.YEAR, PeriodUnit.QUARTER), partial(_monthly, 3), 2),
    Sort(CountPerPeriod(1, PeriodUnit.MONTH), partial(_monthly, 1), 1),
    Sort(OnDemand(PeriodUnit.QUARTER), partial(_monthly, 3), 1),
    Sort(
        Deadline(None, 11),
        partial(rrule, YEARLY, bymonth=11, bymonthday=1, dtstart=FIRST, until=LAST),
        1,
    ),
)


def tables(sizes: Sizes) -> Iterator[Table]:
    """Let ours and rrule take turns, then hold more and more plans in memory."""
    measured_on = facts()
    plan = make_plan(*_commitments())
    ours, peer = list[float](), list[float]()
    dates = same = 0
    for _ in range(max(sizes.rounds, 3) * 3):
        # Each round begins as a new process does.
        forget()
        seconds, (agenda, dates) = _timed(partial(_compiled, plan))
        ours.append(seconds)
        seconds, same = _timed(partial(_ruled, agenda))
        peer.append(seconds)
    found = ratios(ours, peer)
    yield Table(
        f"{COMMITMENTS} commitments, three years",
        HEADINGS,
        [
            _row("bare rrule (the peer)", same, peer, [1.0] * len(peer)),
            _row("occurrences and reminders", dates, ours, found),
        ],
        [Target("times rrule", found, most=MOST)],
        [measured_on],
    )
    yield _many(sizes.plans)


def _commitments() -> list[Commitment]:
    """Forty commitments, ten times shared out among the sorts and four times over."""
    ten = [sort.cadence for sort in SORTS for _ in range(sort.share)]
    return [
        replace(make_commitment(ten[n % len(ten)], f"sak-{n}"), hours=None)
        for n in range(COMMITMENTS)
    ]


def _compiled(plan: Plan) -> tuple[Agenda, int]:
    agenda = Agenda(plan)
    steps = sum(len(scheduled(agenda, name, {})) for name in agenda.by_id)
    return agenda, len(agenda.by_id) + steps


def _ruled(agenda: Agenda) -> int:
    """Make as many dates by the same rules: one series of days, and one for each step."""
    rules = [sort.rule for sort in SORTS for _ in range(sort.share)]
    total = 0
    for number, commitment in enumerate(agenda.plan.commitments[:COMMITMENTS]):
        every = agenda.by_commitment[commitment.id]
        steps = len(scheduled(agenda, every[0].id, {}))
        for _ in range(1 + steps):
            total += len(list(rules[number % len(rules)]()))
    return total


def _timed(run: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    found = run()
    return time.perf_counter() - begun, found


def _row(
    name: str, dates: int, seconds: Sequence[float], times: Sequence[float]
) -> tuple[str, ...]:
    return name, str(dates), spread([1000 * each for each in seconds]), spread(times, 2)


def _many(plans: int) -> Table:
    """Hold more and more plans with all that they ask for; the last ones beside the first."""
    steps = sorted({max(1, plans // 10), max(2, plans // 2), max(3, plans)})
    kept: list[Agenda] = []
    rows, each_costs = [], []
    for number in steps:
        begun, more = time.perf_counter(), number - len(kept)
        kept += [_compiled(make_plan(*_commitments()))[0] for _ in range(more)]
        each_costs.append((time.perf_counter() - begun) / more)
        rows.append((f"{number} plans", f"{1000 * each_costs[-1]:.0f}", f"{_held():.0f}"))
    growth = each_costs[-1] / each_costs[0]
    return Table(
        f"{plans} such plans in memory",
        ("", "milliseconds for each of the last", "MB"),
        rows,
        [Target("the last plans, times the first", [growth], most=MOST_GROWTH)],
    )


def _held() -> float:
    return held_megabytes(Path("/proc/self/status").read_text(encoding="utf-8"))
