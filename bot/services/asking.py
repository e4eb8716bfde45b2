"""Asking: what can be answered to an occurrence with one press, and where it can have been."""

from bot.domain.message import Ask, Choice
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Area, Plan
from bot.domain.recurrence import Kind

ASKS = {
    Kind.OCCURRENCE: (Ask.ACKNOWLEDGE, Ask.DONE, Ask.SNOOZE, Ask.POSTPONE, Ask.CANNOT),
    Kind.SLOT: (Ask.ACKNOWLEDGE, Ask.DONE, Ask.BOOK, Ask.SNOOZE, Ask.CANNOT),
    Kind.DEADLINE: (Ask.ACKNOWLEDGE, Ask.DONE, Ask.SNOOZE, Ask.CANNOT),
    Kind.NEED: (Ask.ACKNOWLEDGE, Ask.DONE, Ask.NO_NEED, Ask.SNOOZE),
}


def asks(occurrence: Occurrence, *, settled: bool) -> tuple[Ask, ...]:
    """Return the buttons; of what is settled only a need takes another effort."""
    if not settled:
        return ASKS[occurrence.kind]
    return (Ask.DONE,) if occurrence.kind is Kind.NEED else ()


def areas(plan: Plan, occurrence: Occurrence) -> tuple[Choice, ...]:
    """Return its own area; those that share it; any for an effort that may be needed anywhere."""
    shared = occurrence.commitment.shared
    if occurrence.area:
        areas: tuple[Area, ...] = () if occurrence.veiled else (occurrence.area,)
    elif shared:
        areas = tuple(each for each in plan.areas if each.id in shared)
    else:
        areas = plan.areas if occurrence.kind is Kind.NEED else ()
    return tuple(Choice(each.id, each.name) for each in areas)
