"""Upkeep: writes the deliveries that the plans owe by now, whoever asks and however often."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.domain.delivery import Draft
from bot.domain.plan import Commitment, Plan
from bot.services.delivering import drafts
from bot.services.dependents import follow
from bot.services.gathering import Gathered, gathered
from bot.services.planning import Agenda
from bot.services.ports import AnswerLedger, Clock, DeliveryLedger
from bot.services.reach import tell
from bot.services.timetable import Timetable

Places = Callable[[Plan, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Writes what is due into the ledger of deliveries.

    ``places`` gives the places that a target of a plan stands for. ``clock`` is the machine's
    clock, ``plan_clock`` the plan's. ``keeps_hours`` is off where the plan's clock runs so fast
    that a night is shorter than a sweep. ``gather`` makes one message of many.
    """

    timetables: Mapping[str, Timetable]
    answers: AnswerLedger
    ledger: DeliveryLedger
    places: Places
    clock: Clock
    plan_clock: Clock
    keeps_hours: bool = True
    gather: Callable[[Agenda, Sequence[Draft]], Sequence[Gathered]] | None = gathered

    def remind(self, plan: str, commitments: Sequence[Commitment] | None = None) -> int:
        """Write what ``commitments`` of ``plan``, or all of them, owe now; return how many.

        After an outage nothing is written at night or on a free day: it waits for the morning.
        What follows something else is moved first, at any hour; of a count that can no longer be
        met it is said so in working hours.
        """
        timetable, now = self.timetables[plan], self.plan_clock()
        agenda = timetable.agenda
        rests = self.keeps_hours and not agenda.plan.sends_at(now)
        if rests and not agenda.dependents:
            return 0
        standings = self.answers.standings(plan)
        told = follow(agenda, self.answers, standings, now=now)
        if not rests:
            told += tell(agenda, self.answers, standings, now=now)
        if told:
            standings = self.answers.standings(plan)
        every = agenda.plan.commitments
        wanted = every if commitments is None else commitments
        found = [] if rests else timetable.owed(wanted, standings, now=now)
        if not found:
            return 0
        # What others owe at the same instant can then stand in the same list.
        found = timetable.owed(every, standings, now=now)
        targets = {each: self.places(agenda.plan, each) for each in agenda.plan.targets}
        gather = partial(self.gather, agenda) if self.gather else None
        written = self.ledger.write(
            drafts(found, targets), written=now, now=self.clock(), gather=gather
        )
        timetable.hand_over(found, standings)
        return written
