"""Inviting: who gets a calendar invitation to what, when it is changed, and when taken back.

What everybody was told last stands in the ledger of deliveries; what they should be told is
worked out anew, and only where the two differ another invitation goes out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.domain.answer import AnswerKind, Standing
from bot.domain.delivery import Draft, Part
from bot.domain.message import Message
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Commitment, Plan
from bot.domain.recurrence import Kind
from bot.domain.walltime import local_day
from bot.services import composing
from bot.services.planning import NOTHING_SAID, Agenda, Standings, applied
from bot.services.ports import AnswerLedger, Clock, DeliveryLedger

# What is fixed long ahead comes so early; what somebody books or moves comes at once.
INVITED_AHEAD = timedelta(days=28)
CANCELLED = "inställt"
STEP = "invite"
EXPECTED = "Svara ja, nej eller kanske i kalendern; de andra ser vilka som kommer."
DROPPED, UNPLANNED = "Inställt: ett tillfälle har utgått", "Det finns inte längre i planen."

Guests = Callable[[Plan, Commitment], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Invited:
    """What somebody was told last: ``sequence`` counts from 0, and ``mark`` is its ``mark``."""

    sequence: int
    mark: str


Told = Mapping[tuple[str, str], Invited]


class InvitationLedger(Protocol):
    """Where it stands what everybody was told last."""

    def told(self, plan: str) -> Told:
        """Return the newest invitation of each occurrence and target, sent or on its way."""


@dataclass(frozen=True, slots=True)
class Inviting:
    """Writes the invitations that are owed into the ledger of deliveries.

    ``clock`` is the machine's clock, ``plan_clock`` the plan's.
    """

    agendas: Mapping[str, Agenda]
    answers: AnswerLedger
    ledger: DeliveryLedger
    invited: InvitationLedger
    guests: Guests
    clock: Clock
    plan_clock: Clock

    def invite(self, plan: str) -> int:
        """Write what is owed of ``plan`` now, at any hour; return how many."""
        agenda, now = self.agendas[plan], self.plan_clock()
        standings, told = self.answers.standings(plan), self.invited.told(plan)
        found = invitations(agenda, standings, told, self.guests, now=now)
        return self.ledger.write(found, written=now, now=self.clock()) if found else 0


def invitations(
    agenda: Agenda, standings: Standings, told: Told, guests: Guests, *, now: datetime
) -> list[Draft]:
    """Return the invitations, changes and cancellations that are owed at ``now``.

    ``told`` is by occurrence and target, ``guests`` gives the targets that a commitment's
    people are. What is over is left as it is.
    """
    today = local_day(now, agenda.plan.zone)
    known = {name for name, _target in told}
    found: list[Draft] = []
    for name, planned in agenda.by_id.items():
        standing = standings.get(name, NOTHING_SAID)
        if not (standing.answers or name in known or _is_soon(planned, today)):
            continue
        occurrence = applied(planned, standing)
        if occurrence.day and occurrence.day >= today:
            wanted = guests(agenda.plan, planned.commitment) if is_inviting(occurrence) else ()
            asked = _is_wanted(occurrence, today)
            news = _owed(occurrence, standing, told, wanted, now)
            found += [each for each in news if asked or (name, each.target) in told]
    return [*found, *_dropped(agenda, told, today, now)]


def is_inviting(occurrence: Occurrence) -> bool:
    """Whether people are invited to it: it has a day, is no deadline and not sensitive."""
    dated = occurrence.kind is Kind.OCCURRENCE and occurrence.day is not None
    return dated and not occurrence.commitment.sensitive


def first_key(occurrence: str, target: str) -> str:
    """Return the key of the first invitation, which names all of them."""
    return _key(occurrence, target, 0)


def mark(occurrence: Occurrence, standing: Standing) -> str:
    """Return when it is, or that it is cancelled: when that changes, people are told anew."""
    outcome, hours = standing.outcome, occurrence.hours
    if outcome and outcome.kind is AnswerKind.CANCELLED:
        return CANCELLED
    day = f"{occurrence.day}"
    return f"{day} {hours.start:%H:%M}–{hours.end:%H:%M}" if hours else day


def is_outdated(draft: Draft, occurrence: Occurrence, standing: Standing) -> bool:
    """Whether an invitation that waits no longer says what is so; another one will."""
    return draft.thread not in {mark(occurrence, standing), CANCELLED}


def sequence_of(step: str) -> int:
    """Return the SEQUENCE of an invitation (RFC 5545, section 3.8.7.4)."""
    return int(step.removeprefix(f"{STEP}-"))


def message(plan: Plan | None, occurrence: Occurrence | None, draft: Draft) -> Message:
    """Return the words of an invitation; without an occurrence the plan has dropped it."""
    cancelled = draft.thread == CANCELLED
    if plan is None or occurrence is None:
        return Message(draft.key, draft.occurrence, DROPPED, (UNPLANNED,))
    changed = sequence_of(draft.step) > 0
    lead = "Inställt" if cancelled else "Ändrad inbjudan" if changed else "Inbjudan"
    why = f" ({occurrence.reason})" if occurrence.reason and changed and not cancelled else ""
    lines = (
        f"När: {composing.when(occurrence)}{why}",
        f"Till: {plan.role_names(occurrence.commitment.responsible)}",
        f"Åtagande: {occurrence.commitment.wording}",
        *(() if cancelled else (EXPECTED,)),
    )
    return Message(draft.key, draft.occurrence, f"{lead}: {composing.name(occurrence)}", lines)


def _owed(
    occurrence: Occurrence, standing: Standing, told: Told, wanted: Sequence[str], now: datetime
) -> Iterator[Draft]:
    """What each of ``wanted`` is to be told, and those who were invited and are not any more."""
    current = mark(occurrence, standing)
    known = [target for name, target in told if name == occurrence.id]
    for target in dict.fromkeys((*wanted, *known)):
        last = told.get((occurrence.id, target))
        says = current if target in wanted else CANCELLED
        if last is None and says == CANCELLED:
            continue
        if last is None or last.mark != says:
            news = Invited(last.sequence + 1 if last else 0, says)
            yield _draft(occurrence.id, target, news, now)


def _is_wanted(occurrence: Occurrence, today: date) -> bool:
    """Whether its people are invited by now: it is near, or somebody set its day."""
    return is_inviting(occurrence) and (_is_soon(occurrence, today) or occurrence.revision > 0)


def _is_soon(occurrence: Occurrence, today: date) -> bool:
    return occurrence.day is not None and today <= occurrence.day <= today + INVITED_AHEAD


def _dropped(agenda: Agenda, told: Told, today: date, now: datetime) -> Iterator[Draft]:
    """Cancellations of what lies ahead and is not in the plan any more."""
    for (name, target), last in told.items():
        gone = name not in agenda.by_id and last.mark != CANCELLED
        if gone and date.fromisoformat(last.mark.partition(" ")[0]) >= today:
            yield _draft(name, target, Invited(last.sequence + 1, CANCELLED), now)


def _draft(occurrence: str, target: str, news: Invited, now: datetime) -> Draft:
    return Draft(
        key=_key(occurrence, target, news.sequence),
        plan=occurrence.partition("/")[0],
        occurrence=occurrence,
        step=f"{STEP}-{news.sequence}",
        target=target,
        due=now,
        part=Part.INVITATION,
        thread=news.mark,
    )


def _key(occurrence: str, target: str, number: int) -> str:
    return f"{occurrence}#{STEP}-{number}@{target}"
