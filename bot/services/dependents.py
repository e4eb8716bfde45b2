"""Dependents: what follows something else moves when that gets another day, or falls away with it.

What the plan itself says of them is an answer like any other, given by ``THE_PLAN``; so nothing
that is shown, reminded of or reported has to know that one thing follows another. A day that a
person has chosen stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.answer import HELD, THE_PLAN, Answer, AnswerKind, Standing
from bot.domain.occurrence import Occurrence
from bot.domain.recurrence import Following, Relative
from bot.domain.swedish import day_text
from bot.domain.walltime import local_day
from bot.services.planning import NOTHING_SAID, Agenda, Standings, applied
from bot.services.ports import AnswerLedger, Decision

FALLEN = frozenset({AnswerKind.CANCELLED, AnswerKind.NO_NEED})


@dataclass(frozen=True, slots=True)
class _Followed:
    """What an occurrence follows, as it stands; each time that it changes it has another mark."""

    title: str
    day: date
    fallen: bool
    mark: str


def follow(agenda: Agenda, ledger: AnswerLedger, standings: Standings, *, now: datetime) -> int:
    """Give the answers that the plan owes; return how many were new."""
    return sum(_give(agenda, ledger, standings, each) for each in owed(agenda, standings, now=now))


def owed(agenda: Agenda, standings: Standings, *, now: datetime) -> Iterator[Answer]:
    """Return what the plan has to say of each occurrence that follows another, if anything."""
    for occurrence in agenda.dependents:
        base = standings.get(occurrence.base, NOTHING_SAID)
        own = standings.get(occurrence.id, NOTHING_SAID)
        if found := _said(agenda, occurrence, base, own, now):
            yield found


def _give(agenda: Agenda, ledger: AnswerLedger, standings: Standings, answer: Answer) -> bool:
    """Store ``answer``, unless somebody has said something of the occurrence meanwhile."""
    planned = agenda.by_id[answer.occurrence]
    base = standings.get(planned.base, NOTHING_SAID)

    def choose(standing: Standing) -> Decision:
        still = _said(agenda, planned, base, standing, answer.at)
        if still is None and standing.answers:
            return Decision(repeated=standing.answers[-1])
        return Decision(store=answer, ends_reminders=True)

    return ledger.decide(answer.occurrence, answer.source, choose).fresh


def _said(
    agenda: Agenda, planned: Occurrence, base: Standing, own: Standing, now: datetime
) -> Answer | None:
    """What the plan says of ``planned``, given what was said of what it follows."""
    theirs = own.outcome is not None and own.outcome.by != THE_PLAN
    chosen = own.placement is not None and own.placement.by != THE_PLAN
    if theirs or (chosen and own.outcome is None):
        return None
    other = _followed(agenda, planned, base, own)
    source = f"{THE_PLAN}:{planned.id}:{other.mark}"
    if other.fallen:
        if own.outcome:
            return None
        note = f"”{other.title}” är inställd."
        return Answer(planned.id, AnswerKind.CANCELLED, THE_PLAN, now, note=note, source=source)
    day = _day(agenda, planned, other.day)
    if own.outcome is None and day == applied(planned, own).due:
        return None
    note = f"Följer ”{other.title}”, {day_text(other.day)}."
    return Answer(planned.id, AnswerKind.BOOKED, THE_PLAN, now, day=day, note=note, source=source)


def _followed(agenda: Agenda, planned: Occurrence, base: Standing, own: Standing) -> _Followed:
    follows = planned.follows
    if follows and (meeting := follows.outside):
        # The same day can come again, and then it has to be said again.
        mark = f"m{meeting.changes}-{own.newest}"
        return _Followed(follows.title, meeting.day, meeting.fallen, mark)
    other = agenda.find(planned.base, base)
    fallen = base.outcome is not None and base.outcome.kind in FALLEN
    day = _held(agenda, other, base)
    return _Followed(other.commitment.title, day, fallen, str(base.newest))


def _day(agenda: Agenda, planned: Occurrence, followed: date) -> date:
    """The day that follows from the other's, moved from free days as the plan says."""
    cadence, plan = planned.commitment.cadence, agenda.plan
    if not isinstance(cadence, Relative):
        raise TypeError(f"{planned.id} follows nothing")
    day = min(cadence.day(followed, plan.work), plan.period.last)
    day = max(day, plan.period.first)
    if cadence.how is Following.WITHIN:
        return day
    placed = plan.work.place(day, planned.commitment.free_day, plan.period)
    return placed.day if placed else day


def _held(agenda: Agenda, other: Occurrence, base: Standing) -> date:
    """The day on which the other was done, or else is to be."""
    outcome = base.outcome
    if outcome and outcome.kind in HELD:
        return outcome.day or local_day(outcome.at, agenda.plan.zone)
    return other.day or other.due
