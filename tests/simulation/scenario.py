"""Scenarios: what a seed makes of a run, from its plans to its faults."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from tests.simulation.clock import DAY, HOUR
from tests.simulation.faults import Fault
from tests.simulation.plans import agenda_of, gavle, three_years, variation
from tests.simulation.products import Sort

# Of as many seeds one lives through four months of the real plan, or all of it. Of the others,
# those with an odd number live through another plan of three years, those with an even number
# through a dense one.
REAL, WHOLE = 20, 100
AFTERWARDS = 45 * DAY
FOUR_MONTHS = 122 * DAY
CALM_DAYS = 5
BASE_ODDS = {
    Fault.CRASH: 0.004,
    Fault.PAUSE: 0.003,
    Fault.OTHERS: 0.03,
    Fault.LOCKED: 0.004,
    Fault.BROKEN: 0.004,
    Fault.FULL: 0.002,
    Fault.KILLED: 0.003,
    Fault.UNCLEAR: 0.004,
    Fault.LIMITED: 0.03,
    Fault.UNREACHABLE: 0.03,
    Fault.REFUSED: 0.01,
    Fault.LOST: 0.03,
    Fault.KEPT: 0.04,
    Fault.SLOW: 0.03,
    Fault.LATE: 0.02,
    Fault.CUT: 0.01,
}
PORTS = {
    "process": (Fault.CRASH, Fault.KILLED, Fault.CUT),
    "others": (Fault.PAUSE, Fault.OTHERS),
    "database": (Fault.LOCKED, Fault.BROKEN, Fault.FULL, Fault.UNCLEAR),
    "network": (
        Fault.LIMITED,
        Fault.UNREACHABLE,
        Fault.REFUSED,
        Fault.LOST,
        Fault.KEPT,
        Fault.SLOW,
        Fault.LATE,
    ),
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a run is to be; everything else in it comes from the same stream of chance."""

    texts: Mapping[str, str]
    begins: datetime
    ends: datetime
    sorts: tuple[Sort, ...]
    encloses: bool
    operator: str
    machines: int
    odds: Mapping[Fault, float]
    answer_rate: float
    troubles: tuple[datetime, ...]
    turns_clocks: bool
    changes_plans: bool

    @property
    def calms(self) -> datetime:
        """From when on nothing goes wrong, and nobody answers any more."""
        return self.ends - CALM_DAYS * DAY


def scenario(seed: int, rng: Random) -> Scenario:
    """Return the scenario of a seed."""
    real, years = seed % REAL == 0, seed % 2 == 1
    texts = _texts(seed, rng)
    plans = {agenda.plan.id: text for text in texts for agenda in [agenda_of(text)]}
    periods = [agenda_of(each).plan.period for each in texts]
    begins = datetime.combine(min(p.first for p in periods), datetime.min.time(), UTC) - 20 * DAY
    ends = datetime.combine(max(p.last for p in periods), datetime.min.time(), UTC) + AFTERWARDS
    if real and seed % WHOLE:
        # Four months of it are what two seconds are enough for; all nine parts come up.
        begins += rng.randrange(9) * FOUR_MONTHS
        ends = begins + FOUR_MONTHS + AFTERWARDS
    number = 1 if real else rng.choice((1, 1, 1, 2) if years else (1, 1, 2))
    sorts = tuple(rng.sample(list(Sort), number))
    machines = rng.choice((1, 1, 1, 2)) if real else rng.choice((1, 2))
    rough = 0.25 if real else 1.0
    return Scenario(
        texts=plans,
        begins=begins,
        ends=ends + rng.random() * HOUR,
        sorts=sorts,
        encloses=not real and rng.random() < 0.4,
        operator="slack:ops" if Sort.SEARCHED in sorts and rng.random() < 0.5 else "",
        machines=machines,
        odds=_odds(rng, rough),
        answer_rate=rng.choice((0.2, 0.5, 0.7, 0.9)),
        troubles=_instants(rng, begins, ends - CALM_DAYS * DAY, 25),
        turns_clocks=rng.random() < 0.5,
        changes_plans=rng.random() < 0.5,
    )


def _texts(seed: int, rng: Random) -> list[str]:
    if seed % REAL == 0:
        return [gavle()]
    if seed % 2:
        return [three_years(rng, 0)]
    return [variation(rng, n) for n in range(rng.choice((1, 1, 2)))]


def _odds(rng: Random, rough: float) -> dict[Fault, float]:
    """Make each port quiet, usual or bad."""
    found: dict[Fault, float] = {}
    for port, faults in PORTS.items():
        much = rng.choice((0.0, 0.5, 1.0, 1.0, 3.0)) * (rough if port != "network" else 1.0)
        found |= {each: BASE_ODDS[each] * much for each in faults}
    return found


def _instants(rng: Random, first: datetime, last: datetime, number: int) -> tuple[datetime, ...]:
    """Return instants of trouble: most of them in the morning hours, when things are due."""
    found = []
    for _ in range(number):
        day = first + rng.randrange((last - first).days) * DAY
        hours = rng.choice((rng.random() * 24, 4.5 + rng.random() * 4))
        found.append(day.replace(hour=0) + hours * HOUR)
    return tuple(found)
