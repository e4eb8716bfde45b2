"""Explaining a plan to its author: one Swedish sentence for each commitment, and its dates."""

from collections.abc import Iterator

from bot.domain.occurrence import Occurrence
from bot.domain.plan import Activity, Commitment, Event, Plan
from bot.domain.rhythms import External
from bot.domain.swedish import day_text, window_text
from bot.services import composing
from bot.services.phrasing import calendar_phrase, phrase
from bot.services.planning import Agenda

SHOWN_DATES = 3


def explanation(agenda: Agenda) -> Iterator[str]:
    """Return line by line what was understood of the plan, row by row in its own words."""
    plan = agenda.plan
    yield f"{plan.title} ({plan.id}), {window_text(plan.period)}"
    if plan.open_end:
        yield f"Öppet slut: {plan.open_end}. Planen räknas t.o.m. {day_text(plan.period.last)}."
    for promise in plan.promises:
        yield f"\nLöfte: {promise.wording}"
        yield from (f"  • {each}" for each in promise.activities)
    for activity in plan.activities:
        yield from _row(agenda, activity)
    yield "\nUppföljning av hela planen"
    yield from _commitment(agenda, plan.follow_up)
    if plan.renewal:
        yield "\nFörlängning av planen"
        yield from _commitment(agenda, plan.renewal)
    if found := [line for each in plan.events for line in _calendar(each)]:
        yield "\nKalendrar som andra för"
        yield from found


def _calendar(event: Event) -> Iterator[str]:
    if isinstance(event.cadence, External):
        yield f"   → {event.title} [{event.id}]: {calendar_phrase(event.cadence)}."


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
    promised = tuple(each for each in found if not each.optional)
    yield f"     {_amounts(promised)}{_welcome(found)}"
    if promised:
        first = "; ".join(_where(each) for each in promised[:SHOWN_DATES])
        yield f"     Först: {first}"


def sentence(plan: Plan, commitment: Commitment) -> str:
    """Return what was understood: ``varannan vecka, tisdagar kl. 9.00–10.30, från …``."""
    who = plan.role_names(commitment.responsible)
    letter = " Påminns i veckobrev." if plan.in_digest(commitment) else ""
    return f"{phrase(plan, commitment)}. Ansvarig: {who}.{letter}"


def _amounts(found: tuple[Occurrence, ...]) -> str:
    years: dict[int, int] = {}
    for each in found:
        years[each.due.year] = years.get(each.due.year, 0) + 1
    counts = [f"{number} under {year}" for year, number in years.items()]
    return f"Antal: {', '.join(counts) or 'inga dagar är kända ännu'}"


def _welcome(found: tuple[Occurrence, ...]) -> str:
    extra = sum(each.optional for each in found)
    return f"; därtill högst {extra} som är välkomna" if extra else ""


def _where(occurrence: Occurrence) -> str:
    area = f"{occurrence.area.name} " if occurrence.area else ""
    return f"{area}{composing.when(occurrence.in_full)}"
