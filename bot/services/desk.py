"""The desk: what a chat product, a page or the shell can ask of us about occurrences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.answer import LIGHT, PLACEMENTS, Answer, AnswerKind, Standing
from bot.domain.errors import UnknownOccurrenceError
from bot.domain.message import Message
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Plan
from bot.domain.recurrence import Kind
from bot.domain.swedish import day_text
from bot.domain.walltime import local_day
from bot.services import answering, composing, retelling
from bot.services.following_up import StatusRow, status
from bot.services.membership import Membership, Visitor
from bot.services.overview import Overview, overview
from bot.services.planning import Agenda
from bot.services.ports import AnswerLedger, Clock, Receipts
from bot.services.understanding import Understood, Unsure, understood

NO_MEMBERS = Membership()


def _free(plan: Plan, given: answering.Given) -> str:
    """A word of warning when a new day is a free one."""
    day = given.answer.day if given.answer.kind in PLACEMENTS else None
    reason = plan.work.free_reason(day) if day else ""
    return f" Obs! {day_text(day)} är en ledig dag ({reason})." if day and reason else ""


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """A message that people may yet answer: where it is, and what it speaks of."""

    address: str
    receipt: str
    occurrence: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes answers and describes occurrences of every plan that is served.

    ``clock`` is the plan's clock. ``changed`` is called, outside any transaction, after each
    answer that was new. ``membership`` says who may answer in a chat product.
    """

    agendas: Mapping[str, Agenda]
    answers: AnswerLedger
    receipts: Receipts
    clock: Clock
    changed: Callable[[Occurrence], None]
    membership: Membership = NO_MEMBERS

    def now(self) -> datetime:
        """Return the instant that the plan's clock shows, for an answer's ``at``."""
        return self.clock()

    def give(self, answer: Answer, *, correct: bool = False) -> answering.Given:
        """Take ``answer``, or raise a ``BotError`` whose text is meant for the person."""
        agenda = self.agenda_of(answer.occurrence)
        given = answering.give(agenda, self.answers, answer, now=self.clock(), correct=correct)
        if not given.repeated:
            self.changed(given.occurrence)
        return given

    def refuse(self, occurrence: str, visitor: Visitor) -> None:
        """Refuse with an ``AnswerRefusedError`` where ``visitor`` may not answer."""
        agenda = self.agenda_of(occurrence)
        self.membership.refuse(agenda.plan, agenda.by_id[occurrence].commitment, visitor)

    def said(self, occurrence: str, source: str) -> tuple[Answer, ...]:
        """Return what came of ``source``, taken back or not, the first answer first."""
        answers = self.answers.standing(occurrence).answers
        return tuple(each for each in answers if each.source.startswith(source))

    def standing(self, occurrence: str) -> Standing:
        """Return all that was said of ``occurrence``."""
        return self.answers.standing(occurrence)

    def take_back(self, given: Answer, *, by: str) -> answering.Given:
        """Take ``given`` back, or raise a ``BotError`` whose text is meant for the person."""
        agenda, source = self.agenda_of(given.occurrence), f"{given.source}:back"
        back = Answer(given.occurrence, AnswerKind.TAKEN_BACK, by, self.clock(), source=source)
        taken = answering.take_back(agenda, self.answers, given, back)
        if not taken.repeated:
            self.changed(taken.occurrence)
        return taken

    def understood(self, occurrence: str, text: str) -> Understood | Unsure | None:
        """Return what somebody means who wrote ``text`` about ``occurrence``, if anything."""
        agenda = self.agenda_of(occurrence)
        found = agenda.find(occurrence, self.answers.standing(occurrence))
        today = local_day(self.clock(), agenda.plan.zone)
        return understood(text, today=today, kind=found.kind)

    def is_answer(self, text: str) -> bool:
        """Whether ``text`` would be an answer, or be asked about, if it were of one occurrence."""
        return understood(text, today=self.clock().date(), kind=Kind.OCCURRENCE) is not None

    def confirmation(self, given: answering.Given) -> str:
        """Return the line that tells a person how the answer was taken."""
        plan = self.agenda_of(given.occurrence.id).plan
        lead = "Redan noterat" if given.repeated else "Noterat"
        named = f"{composing.name(given.occurrence)}, {composing.when(given.occurrence)}"
        said = retelling.answered(plan, given.answer, veiled=given.occurrence.veiled)
        return f"{lead}: {named}. {said}{_free(plan, given)}"

    def describe(self, occurrence: str) -> Message:
        """Return ``occurrence`` as it stands now, in the words of a message; its key is its id.

        Once its day has passed the words ask what became of it.
        """
        agenda = self.agenda_of(occurrence)
        standing, now = self.answers.standing(occurrence), self.clock()
        found = agenda.find(occurrence, standing)
        step = "ask" if found.last_day < local_day(now, agenda.plan.zone) else "ahead"
        sending = composing.Sending(occurrence, f"{step}+{found.revision}", now, now)
        base = agenda.followed(found, self.answers.standing)
        return composing.message(agenda.plan, found, standing, sending, base)

    def occurrence_at(self, target: str, receipt: str) -> str | None:
        """Return the occurrence that the message with ``receipt`` at ``target`` speaks of.

        Empty where it is a list of several; None where it is no message of ours.
        """
        return self.receipts.occurrence_at(target, receipt)

    def open_messages(self, product: str, *, within: timedelta, limit: int) -> list[OpenMessage]:
        """Return what was sent of late and waits for an outcome, or may lose the one it has."""
        found = self.receipts.sent_since(product, self.clock() - within, limit=limit)
        return [OpenMessage(*each) for each in found if self._is_open(each[2], product)]

    def _is_open(self, occurrence: str, product: str) -> bool:
        agenda = self.agendas.get(occurrence.partition("/")[0])
        if agenda is None or occurrence not in agenda.by_id:
            return False
        standing = self.answers.standing(occurrence)
        newest = standing.valid[-1] if standing.valid else None
        fleeting = newest and newest.kind in LIGHT and newest.source.startswith(f"{product}:")
        return standing.outcome is None or bool(fleeting)

    def status(self) -> dict[str, list[StatusRow]]:
        """Return where every promise stands today, by plan title."""
        return {
            agenda.plan.title: status(
                agenda, self.answers.standings(agenda.plan.id), as_of=self.clock()
            )
            for agenda in self.agendas.values()
        }

    def overviews(self, visitor: Visitor | None = None) -> dict[str, Overview]:
        """Return by plan title what is open and what comes; for a member what is theirs."""
        member = self.membership.member(visitor) if visitor else None
        found = {
            agenda.plan.title: overview(
                agenda, self.answers.standings(agenda.plan.id), now=self.clock()
            )
            for agenda in self.agendas.values()
        }
        return {t: o.of_roles(member.roles) for t, o in found.items()} if member else found

    def today(self) -> dict[str, date]:
        """Return by plan title the day that it is there."""
        now, plans = self.clock(), [each.plan for each in self.agendas.values()]
        return {plan.title: local_day(now, plan.zone) for plan in plans}

    def agenda_of(self, occurrence: str) -> Agenda:
        """Return the agenda that an occurrence's id names."""
        agenda = self.agendas.get(occurrence.partition("/")[0])
        if agenda is None or occurrence not in agenda.by_id:
            raise UnknownOccurrenceError(occurrence)
        return agenda
