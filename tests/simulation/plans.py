"""Plans to simulate: the real one of three years, and seeded variations of it."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from bot.domain.errors import PlanFileError
from bot.domain.periods import Window
from bot.planfile.reading import parse_plan
from bot.services.planning import Agenda

GAVLE = Path(__file__).parents[2] / "schedules/gavle-2018-2020.yaml"
Sheet = dict[str, Any]
Intervals = tuple[tuple[int, str], ...]

# Of eight months, dense, and of three years, so sparse that a seed of them is soon played.
INTERVALS = ((1, "week"), (2, "week"), (3, "week"), (1, "month"), (10, "day"), (2, "month"))
SPARSE = ((6, "week"), (2, "month"), (45, "day"), (3, "month"), (8, "week"))
COUNTS = (
    {"minimum": 4, "per": "year", "spread": "quarter"},
    {"minimum": 2, "per": "half_year"},
    {"minimum": 1, "per": "quarter", "areas": "stadsdel"},
    {"minimum": 3, "per": "plan"},
    {"minimum": 1, "per": "month"},
    {"minimum": 2, "per": "year", "areas": "ytteromrade"},
)
FEW = range(6, 16)  # occurrences in three years: what two seconds are enough for
LONGEST_DENSE_DAYS = 366
MOST_COMMITMENTS, MOST_AREAS = 6, 9
FREE_DAYS = ("keep", "skip", "next", "previous")
HOURS = (("07:00", "18:00"), ("00:00", "23:59"), ("08:00", "16:30"))
TIMES = {"07:00": ("08:00", "07:30"), "00:00": ("02:30", "01:59"), "08:00": ("09:00", "08:00")}


@lru_cache(maxsize=64)
def agenda_of(text: str) -> Agenda:
    """Return the agenda of a plan's text; the same text is the same agenda."""
    return Agenda(parse_plan(text, "plan.yaml"))


def gavle() -> str:
    """Return the real plan, as it lies in the repository."""
    return GAVLE.read_text(encoding="utf-8")


def variation(rng: Random, number: int) -> str:
    """Return a plan of some eight months that both nights of the clock change lie in."""
    first = date(rng.choice((2018, 2019, 2020)), 3, rng.randrange(1, 20))
    last = date(first.year, 11, rng.randrange(1, 28))
    return _varied(rng, number, Window(first, last), INTERVALS)


def fortnight() -> str:
    """Return a plan of two weeks around a night of the clock change, with one meeting in it."""
    sheet, first = _sheet(gavle()), date(2018, 3, 19)
    sheet |= {"id": "kort", "period": {"from": first, "to": date(2018, 3, 31)}}
    sheet["activities"] = sheet["activities"][:1]
    row = sheet["activities"][0]
    row["commitments"] = row["commitments"][:1]
    row["commitments"][0]["cadence"] |= {"every": 4, "from": first + timedelta(days=1)}
    sheet["follow_up"]["cadence"] = {"type": "deadline", "on": date(2018, 3, 29)}
    return _text(sheet)


def three_years(rng: Random, number: int) -> str:
    """Return a plan of three whole years, with fewer commitments than the real one."""
    first = date(2018, 1, 1) + timedelta(days=rng.randrange(60))
    last = first.replace(year=2021) - timedelta(days=1)
    while True:
        text = _varied(rng, number, Window(first, last), SPARSE)
        if _is_valid(text) and len(agenda_of(text).by_id) in FEW:
            return text


def _varied(rng: Random, number: int, period: Window, intervals: Intervals) -> str:
    """Return a plan that is otherwise in everything that the simulation is about."""
    sheet, first, last = _sheet(gavle()), period.first, period.last
    sheet |= {"id": f"plan-{number}", "period": {"from": first, "to": last}}
    sheet["targets"] = [{"id": each, "name": each} for each in ("samverkan", "ledning")]
    opens, closes = rng.choice(HOURS)
    sheet["sending_hours"] = {"from": opens, "to": closes}
    if rng.random() < 0.3:
        sheet["summer_pause"] = {"from": "07-02", "to": "08-05"}
    for policy in sheet["policies"]:
        policy |= {"at": TIMES[opens][0], "day_at": TIMES[opens][1]}
        _vary_policy(rng, policy)
    _choose_commitments(rng, sheet, intervals)
    sheet["follow_up"]["cadence"] = {"type": "deadline", "on": f"{first.year}-10"}
    return _text(sheet)


def _choose_commitments(rng: Random, sheet: Sheet, intervals: Intervals) -> None:
    """Give the first rows commitments of every sort, with rules and targets of their own."""
    first = sheet["period"]["from"]
    rows = sheet["activities"][: rng.randrange(1, 3)]
    sheet["activities"] = rows
    policies = [each["id"] for each in sheet["policies"]]
    for row in rows:
        pattern = row["commitments"][0]
        row["commitments"] = [
            deepcopy(pattern)
            | {
                "id": f"sak-{row['row']}-{n}",
                "policy": rng.choice(policies),
                "target": rng.choice(("samverkan", "ledning")),
                "free_day": rng.choice(FREE_DAYS),
                "cadence": _cadence(rng, first, intervals),
            }
            for n in range(rng.randrange(1, 3))
        ]


def _cadence(rng: Random, first: date, intervals: Intervals = SPARSE) -> Sheet:
    chance = rng.random()
    if chance < 0.5:
        every, unit = rng.choice(intervals)
        anchor = first + timedelta(days=rng.randrange(20))
        return {"type": "interval", "every": every, "unit": unit, "from": anchor}
    if chance < 0.8:
        return {"type": "count"} | rng.choice(COUNTS)
    if chance < 0.9:
        return {"type": "on_demand", "ask": rng.choice(("month", "quarter"))}
    return {"type": "deadline", "on": first + timedelta(days=rng.randrange(60, 200))}


def changed(rng: Random, text: str) -> str:
    """Return a newer version of a plan: one or two things in it are otherwise."""
    sheet = _sheet(text)
    for _ in range(rng.randrange(1, 3)):
        rng.choice(CHANGES)(rng, sheet)
    newer = _text(sheet)
    return newer if _is_valid(newer) and not _overlong(newer) else text


def _overlong(text: str) -> bool:
    """Whether a plan of three years has grown beyond what two seconds are enough for."""
    agenda = agenda_of(text)
    varied, days = agenda.plan.id.startswith("plan-"), agenda.plan.period.days
    return varied and days > LONGEST_DENSE_DAYS and len(agenda.by_id) >= FEW.stop


def _is_valid(text: str) -> bool:
    """Whether the bot would take it; a count that does not fit into a short period is refused."""
    try:
        agenda_of(text)
    except PlanFileError:
        return False
    return True


def _change_policy(rng: Random, sheet: Sheet) -> None:
    _vary_policy(rng, rng.choice(sheet["policies"]))


def _vary_policy(rng: Random, policy: Sheet) -> None:
    policy["ahead_days"] = sorted(rng.sample((1, 2, 3, 5, 7, 14, 30), rng.randrange(3)))
    policy["book_ahead_days"] = sorted(rng.sample((3, 7, 14, 21, 45), rng.randrange(3)))
    policy["on_the_day"] = rng.random() < 0.8
    policy["ask_after_days"] = rng.choice((None, 0, 1, 1, 2))
    policy["nag_every_days"] = rng.choice((1, 2, 3, 5))
    policy["nags"] = rng.randrange(3)
    policy["escalate"] = rng.random() < 0.5
    policy["hush_days"] = rng.randrange(7)


def _drop_commitment(rng: Random, sheet: Sheet) -> None:
    row = rng.choice(sheet["activities"])
    if len(row["commitments"]) > 1:
        row["commitments"].remove(rng.choice(row["commitments"]))


def _add_commitment(rng: Random, sheet: Sheet) -> None:
    row = rng.choice(sheet["activities"])
    named = {each["id"] for other in sheet["activities"] for each in other["commitments"]}
    added = deepcopy(row["commitments"][0])
    added |= {"id": f"ny-{len(named)}", "cadence": _cadence(rng, sheet["period"]["from"])}
    if added["id"] not in named and len(named) < MOST_COMMITMENTS:
        row["commitments"].append(added)


def _change_free_day(rng: Random, sheet: Sheet) -> None:
    row = rng.choice(sheet["activities"])
    rng.choice(row["commitments"])["free_day"] = rng.choice(FREE_DAYS)


def _change_target(rng: Random, sheet: Sheet) -> None:
    row = rng.choice(sheet["activities"])
    rng.choice(row["commitments"])["target"] = rng.choice(sheet["targets"])["id"]


def _add_area(_rng: Random, sheet: Sheet) -> None:
    name = f"omrade-{len(sheet['areas'])}"
    if len(sheet["areas"]) < MOST_AREAS:
        sheet["areas"].append({"id": name, "name": name, "type": "stadsdel"})


CHANGES: tuple[Callable[[Random, Sheet], None], ...] = (
    _change_policy,
    _drop_commitment,
    _add_commitment,
    _change_free_day,
    _change_target,
    _add_area,
)


@lru_cache(maxsize=64)
def _read(text: str) -> Sheet:
    found: Sheet = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    found["period"] = {name: _day(day) for name, day in found["period"].items()}
    cadence = found["follow_up"]["cadence"]
    # To this reader a bare ``on`` is a truth value.
    found["follow_up"]["cadence"] = {"on" if k is True else k: v for k, v in cadence.items()}
    return found


def _sheet(text: str) -> Sheet:
    return deepcopy(_read(text))


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _text(sheet: Sheet) -> str:
    return yaml.dump(sheet, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False)
