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
from bot.domain.invitation import Ending, Mark, Times
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Commitment, Plan
from bot.domain.recurrence import Kind
from bot.domain.walltime import local_day
from bot.services.planning import NOTHING_SAID, Agenda, Standings, applied
from bot.services.ports import AnswerLedger, Clock, DeliveryLedger

# What is fixed long ahead comes so early; what somebody books or moves comes at once.
INVITED_AHEAD = timedelta(days=28)
STEP = "invite"

Guests = Callable[[Plan, Commitment], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Invited:
    """What somebody was told last, and how far the invitations to them are numbered.

    ``sequence`` and ``mark`` are of the newest invitation that was sent or is on its way, and
    ``number`` of the newest that was written at all; they count from 0. ``refused`` is what that
    one said, where it failed or an operator took it back. ``arrived`` says that one which asks
    its reader to come may have reached them.
    """

    sequence: int = -1
    mark: Mark | None = None
    number: int = -1
    refused: Mark | None = None
    arrived: bool = False


NEVER = Invited()
Told = Mapping[tuple[str, str], Invited]


class InvitationLedger(Protocol):
    """Where it stands what everybody was told last."""

    def told(self, plan: str) -> Told:
        """Return by occurrence and target what was told last of those of ``plan``."""

    def told_of(self, occurrence: str, target: str) -> Invited:
        """Return what ``target`` was told last of ``occurrence``."""


@dataclass(frozen=True, slots=True)
class NoInvitations:
    """The ledger of who invites nobody."""

    def told(self, plan: str) -> Told:  # noqa: ARG002
        """Return that nobody was told anything."""
        return {}

    def told_of(self, occurrence: str, target: str) -> Invited:  # noqa: ARG002
        """Return that nobody was told anything."""
        return NEVER


INVITES_NOBODY = NoInvitations()


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
    people are. What is over is left as it is, unless a calendar shows it on a day to come.
    """
    today = local_day(now, agenda.plan.zone)
    known: dict[str, list[str]] = {}
    for name, target in told:
        known.setdefault(name, []).append(target)
    owing, found = _Owing(told, now, today), list[Draft]()
    for name, planned in agenda.by_id.items():
        standing = standings.get(name, NOTHING_SAID)
        if not (standing.answers or name in known or _is_soon(planned, today)):
            continue
        occurrence = applied(planned, standing)
        says = current(occurrence, standing, today)
        if says is None:
            continue
        wanted = guests(agenda.plan, planned.commitment) if _invites(occurrence, says) else ()
        if not _is_wanted(occurrence, today):
            wanted = [each for each in wanted if told.get((name, each), NEVER).mark]
        for target in dict.fromkeys((*wanted, *known.get(name, ()))):
            each = says if target in wanted or isinstance(says, Ending) else Ending.UNINVITED
            found += owing.news(name, target, each)
    return [*found, *owing.of_dropped(agenda)]


def is_inviting(occurrence: Occurrence) -> bool:
    """Whether people are invited to it: it has a day, is no deadline and not sensitive."""
    dated = occurrence.kind is Kind.OCCURRENCE and occurrence.day is not None
    return dated and not occurrence.commitment.sensitive


def key_of(occurrence: str, target: str, number: int) -> str:
    """Return the key of an invitation; the first, 0, names all of them."""
    return f"{occurrence}#{STEP}-{number}@{target}"


def current(occurrence: Occurrence, standing: Standing, today: date) -> Times | Ending | None:
    """Return when it is, or why nobody is invited to it any more; None while it has no day."""
    outcome, times = standing.outcome, occurrence.times
    if times is None:
        return None
    if outcome and outcome.kind is AnswerKind.CANCELLED:
        return Ending.CANCELLED
    return Ending.OVER if outcome or times.day < today else times


def is_outdated(mark: Mark, occurrence: Occurrence, standing: Standing, today: date) -> bool:
    """Whether an invitation that waits no longer says what is so."""
    says = current(occurrence, standing, today)
    return mark.says not in {says, Ending.UNINVITED}


def sequence_of(step: str) -> int:
    """Return the SEQUENCE of an invitation (RFC 5545, section 3.8.7.4)."""
    return int(step.removeprefix(f"{STEP}-"))


def _invites(occurrence: Occurrence, says: Times | Ending) -> bool:
    return isinstance(says, Times) and is_inviting(occurrence)


@dataclass(frozen=True, slots=True)
class _Owing:
    """Compares what people were told with what they should be told at ``now``."""

    told: Told
    now: datetime
    today: date

    def news(self, occurrence: str, target: str, says: Times | Ending) -> list[Draft]:
        """What ``target`` is to be told: nothing when it was, or when that came to nothing."""
        last = self.told.get((occurrence, target), NEVER)
        shown = last.mark.shown if last.mark else None
        owed = _ends(shown, says, self.today) if isinstance(says, Ending) else shown != says
        if not owed or (last.refused and last.refused.says == says):
            return []
        return [_draft(occurrence, target, last.number + 1, Mark(says, shown), self.now)]

    def of_dropped(self, agenda: Agenda) -> Iterator[Draft]:
        """Cancellations of what lies ahead and is not in the plan any more."""
        for name, target in self.told:
            if name not in agenda.by_id:
                yield from self.news(name, target, Ending.CANCELLED)


def _ends(shown: Times | None, says: Ending, today: date) -> bool:
    """Whether a calendar that shows it then has to hear that it has ended."""
    if shown is None:
        return False
    return shown.day > today if says is Ending.OVER else shown.day >= today


def _is_wanted(occurrence: Occurrence, today: date) -> bool:
    """Whether its people are invited by now: it is near, or somebody set its day."""
    return is_inviting(occurrence) and (_is_soon(occurrence, today) or occurrence.revision > 0)


def _is_soon(occurrence: Occurrence, today: date) -> bool:
    return occurrence.day is not None and today <= occurrence.day <= today + INVITED_AHEAD


def _draft(occurrence: str, target: str, number: int, mark: Mark, now: datetime) -> Draft:
    return Draft(
        key=key_of(occurrence, target, number),
        plan=occurrence.partition("/")[0],
        occurrence=occurrence,
        step=f"{STEP}-{number}",
        target=target,
        due=now,
        part=Part.INVITATION,
        thread=str(mark),
    )
