"""Explaining a plan to its author: one Swedish sentence for each commitment, and its dates."""

from collections.abc import Iterator

from bot.domain.counting import CountPerPeriod
from bot.domain.deadlines import Deadline
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Activity, Commitment, Plan
from bot.domain.recurrence import Cadence, OnDemand
from bot.domain.rhythms import Interval, IntervalUnit
from bot.domain.swedish import (
    UNITS,
    WEEKDAYS,
    day_text,
    hours_text,
    list_text,
    number_text,
    window_text,
)
from bot.domain.workdays import FreeDayRule
from bot.services import composing
from bot.services.planning import Agenda

SHOWN_DATES = 3
RULES = {
    FreeDayRule.KEEP: "hålls också på fria dagar",
    FreeDayRule.SKIP: "utgår på fria dagar",
    FreeDayRule.NEXT: "flyttas från fria dagar till nästa arbetsdag",
    FreeDayRule.PREVIOUS: "flyttas från fria dagar till föregående arbetsdag",
}
SINGULARS = {IntervalUnit.DAY: "dag", IntervalUnit.WEEK: "vecka", IntervalUnit.MONTH: "månad"}
EVERY = {
    (IntervalUnit.DAY, 1): "varje dag",
    (IntervalUnit.DAY, 2): "varannan dag",
    (IntervalUnit.WEEK, 1): "varje vecka",
    (IntervalUnit.WEEK, 2): "varannan vecka",
    (IntervalUnit.MONTH, 1): "varje månad",
    (IntervalUnit.MONTH, 2): "varannan månad",
}


def explanation(agenda: Agenda) -> Iterator[str]:
    """Return line by line what was understood of the plan, row by row in its own words."""
    plan = agenda.plan
    yield f"{plan.title} ({plan.id}), {window_text(plan.period)}"
    for promise in plan.promises:
        yield f"\nLöfte: {promise.wording}"
        yield from (f"  • {each}" for each in promise.activities)
    for activity in plan.activities:
        yield from _row(agenda, activity)
    yield "\nUppföljning av hela planen"
    yield from _commitment(agenda, plan.follow_up)


def _row(agenda: Agenda, activity: Activity) -> Iterator[str]:
    yield f"\n{activity.row}. Aktivitet: {activity.aktivitet}"
    yield f"   Omfattning: {activity.omfattning}"
    yield f"   När: {activity.nar}"
    yield f"   Ansvarig: {activity.ansvarig}"
    yield f"   Uppföljning: {activity.uppfoljning}"
    for commitment in activity.commitments:
        yield from _commitment(agenda, commitment)


def _commitment(agenda: Agenda, commitment: Commitment) -> Iterator[str]:
    plan, found = agenda.plan, agenda.by_commitment[commitment.id]
    yield f"   → {commitment.title} [{commitment.id}]: {sentence(plan, commitment)}"
    yield f"     Ordalydelse: {commitment.wording}"
    if commitment.reading:
        yield f"     Läst så här: {commitment.reading}"
    yield f"     {_amounts(found)}"
    if found:
        first = "; ".join(_where(each) for each in found[:SHOWN_DATES])
        yield f"     Först: {first}"


def sentence(plan: Plan, commitment: Commitment) -> str:
    """Return what was understood: ``varannan vecka, tisdagar kl. 9.00–10.30, från …``."""
    how_often = _cadence(plan, commitment, commitment.cadence)
    who = plan.role_names(commitment.responsible)
    return f"{how_often}. Ansvarig: {who}."


def _cadence(plan: Plan, commitment: Commitment, cadence: Cadence) -> str:
    match cadence:
        case Interval():
            return _interval(commitment, cadence)
        case CountPerPeriod():
            return _count(plan, commitment, cadence)
        case OnDemand():
            unit = UNITS[cadence.ask]
            return (
                f"efter behov; varje {unit} frågas om det har behövts, och det blir aldrig försenat"
            )
        case Deadline():
            return f"en gång, senast {day_text(cadence.window.last)}"
        case _:
            return type(cadence).__name__


def _interval(commitment: Commitment, cadence: Interval) -> str:
    every = EVERY.get((cadence.unit, cadence.every))
    every = every or f"var {cadence.every}:e {SINGULARS[cadence.unit]}"
    weekday = f", {WEEKDAYS[cadence.anchor.weekday()]}ar" if cadence.unit == "week" else ""
    hours = f" {hours_text(commitment.hours)}" if commitment.hours else ""
    since = f"räknat från {day_text(cadence.anchor)}"
    return f"{every}{weekday}{hours}, {since}; {RULES[commitment.free_day]}"


def _count(plan: Plan, commitment: Commitment, cadence: CountPerPeriod) -> str:
    count = cadence.minimum
    times = "en gång" if count == 1 else f"{number_text(count)} gånger"
    often = f"minst {times} per {UNITS[cadence.per]}"
    areas = [area.name for area in plan.areas_of(commitment)]
    where = f" i vart och ett av områdena {list_text(areas)}" if areas else ""
    spread = f", en gång per {UNITS[cadence.spread]}" if cadence.spread else ""
    return f"{often}{where}{spread}"


def _amounts(found: tuple[Occurrence, ...]) -> str:
    years: dict[int, int] = {}
    for each in found:
        years[each.due.year] = years.get(each.due.year, 0) + 1
    return "Antal: " + ", ".join(f"{number} under {year}" for year, number in years.items())


def _where(occurrence: Occurrence) -> str:
    area = f"{occurrence.area.name} " if occurrence.area else ""
    return f"{area}{composing.when(occurrence)}"
