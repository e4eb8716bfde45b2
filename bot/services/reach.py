"""Reach: a count that can no longer be met is said so on the day on which that becomes true.

The plan itself says it, once for each count, as an answer about a slot that is still open. It
stands in the log like everything that is said, and a reminder tells of it.
"""

from collections.abc import Iterator
from datetime import date, datetime

from bot.domain.answer import THE_PLAN, Answer, AnswerKind
from bot.domain.occurrence import Occurrence
from bot.domain.walltime import local_day
from bot.services.pacing import Item, too_few_days
from bot.services.planning import NOTHING_SAID, Agenda, Count, Standings
from bot.services.ports import AnswerLedger, Decision


def tell(agenda: Agenda, ledger: AnswerLedger, standings: Standings, *, now: datetime) -> int:
    """Say of each count that it can no longer be met, where that is so; return how many are new."""
    found = list(lost(agenda, standings, now=now))
    return sum(_give(ledger, each) for each in found)


def lost(agenda: Agenda, standings: Standings, *, now: datetime) -> Iterator[Answer]:
    """Return what the plan has to say on the day of ``now`` of counts that cannot be met."""
    today = local_day(now, agenda.plan.zone)
    for count in agenda.tight.get(today, ()):
        if found := _said(agenda, count, standings, today, now):
            yield found


def _said(
    agenda: Agenda, count: Count, standings: Standings, today: date, now: datetime
) -> Answer | None:
    slots = (*count.slots, *count.welcome)
    items = [Item(each, standings.get(each.id, NOTHING_SAID)) for each in slots]
    note = too_few_days(items, agenda.plan.work, today)
    if not note:
        return None
    source = f"{THE_PLAN}:{count.slots[0].id}:{AnswerKind.OUT_OF_REACH}"
    if any(answer.source == source for item in items for answer in item.standing.answers):
        return None
    carrier = _carrier(items)
    return Answer(carrier.id, AnswerKind.OUT_OF_REACH, THE_PLAN, now, note=note, source=source)


def _carrier(items: list[Item]) -> Occurrence:
    """The last promised slot that still waits to be booked."""
    waiting = [each.planned for each in items if each.unbooked and not each.planned.optional]
    return waiting[-1]


def _give(ledger: AnswerLedger, answer: Answer) -> bool:
    chosen = Decision(store=answer)
    return ledger.decide(answer.occurrence, answer.source, lambda _standing: chosen).fresh
