"""A rehearsal: what would have been sent if the given answers had come when they say."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import chain, pairwise

from bot.domain.answer import Answer, Standing
from bot.domain.errors import AnswerRefusedError, BotError
from bot.domain.message import Message
from bot.domain.plan import Plan
from bot.domain.reminder import Reminder
from bot.domain.swedish import day_text
from bot.domain.walltime import instant, local_day
from bot.services import answering, composing
from bot.services.delivering import drafts
from bot.services.dependents import follow
from bot.services.planning import NOTHING_SAID, Agenda, Standings
from bot.services.ports import Decision, Recorded
from bot.services.reach import tell
from bot.services.relevance import lost_meaning
from bot.services.reminding import first_sending, scheduled

ALWAYS = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """One answer to rehearse, given at its ``at``; ``number`` says which one it is."""

    number: int
    answer: Answer
    correct: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that the service would not have taken at its instant, and why."""

    line: Line
    error: BotError


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as it went out at ``at``, under the ``standing`` of that instant."""

    reminder: Reminder
    at: datetime
    standing: Standing

    @property
    def key(self) -> str:
        """The key of its delivery, as far as the plan names the place."""
        return self.reminder.key(self.reminder.target)


@dataclass(frozen=True, slots=True)
class MemoryAnswers:
    """Keeps answers as long as it lives; implements ``AnswerLedger`` for one thread."""

    said: list[Answer] = field(default_factory=list)
    _standings: dict[str, Standing] = field(default_factory=dict)

    def standings(self, plan: str) -> Mapping[str, Standing]:
        """Return what has been said of each occurrence of ``plan``."""
        return {k: v for k, v in self._standings.items() if k.partition("/")[0] == plan}

    def standing(self, occurrence: str) -> Standing:
        """Return what has been said of one occurrence."""
        return self._standings.get(occurrence, NOTHING_SAID)

    def decide(
        self, occurrence: str, source: str, choose: Callable[[Standing], Decision]
    ) -> Recorded:
        """Let ``choose`` decide, and keep what it stores under the next number."""
        if earlier := next((each for each in self.said if source and each.source == source), None):
            return Recorded(earlier, fresh=False)
        decision = choose(self.standing(occurrence))
        if decision.repeated:
            return Recorded(decision.repeated, fresh=False)
        if decision.store is None:
            raise ValueError("a decision stores an answer or names the one it repeats")
        stored = replace(decision.store, id=len(self.said) + 1)
        self.said.append(stored)
        self._standings[occurrence] = Standing((*self.standing(occurrence).answers, stored))
        return Recorded(stored, fresh=True)


def replayed(agenda: Agenda, lines: Sequence[Line]) -> tuple[Standings, list[Refused]]:
    """Give every answer at its instant; return where they leave things, and what was refused.

    The order of ``lines`` matters only among answers of one instant. What the plan itself says
    comes in between, on the mornings on which there may be something to say.
    """
    ledger, refused, name = MemoryAnswers(), list[Refused](), agenda.plan.id
    mornings = _mornings(agenda)
    for line in sorted(lines, key=lambda each: each.answer.at):
        answer = line.answer
        while mornings and mornings[0] < answer.at:
            tell(agenda, ledger, ledger.standings(name), now=mornings.pop(0))
        try:
            _refuse_too_early(agenda, answer)
            answering.give(agenda, ledger, answer, now=answer.at, correct=line.correct)
            follow(agenda, ledger, ledger.standings(name), now=answer.at)
        except BotError as error:
            refused.append(Refused(line, error))
    for morning in mornings:
        tell(agenda, ledger, ledger.standings(name), now=morning)
    return ledger.standings(name), refused


def _mornings(agenda: Agenda) -> list[datetime]:
    """The beginning of each day on which a count may be found to be out of reach."""
    plan = agenda.plan
    return [instant(day, plan.sending_hours.start, plan.zone) for day in sorted(agenda.tight)]


def rehearsal(agenda: Agenda, standings: Standings) -> list[Sent]:
    """Return every message that goes out, the earliest first, as if the service never rested."""
    found = chain.from_iterable(
        _sent(agenda, name, standings.get(name, NOTHING_SAID)) for name in agenda.by_id
    )
    return sorted(found, key=lambda each: (each.at, each.reminder.occurrence.id))


def words(agenda: Agenda, standings: Standings, sent: Sent) -> Message:
    """Return the words in which ``sent`` goes out, under what is known by then of ``standings``."""
    reminder = sent.reminder
    sending = composing.Sending(sent.key, reminder.step, reminder.at, sent.at)
    base = agenda.followed(reminder.occurrence, lambda name: _known(standings, name, sent.at))
    return composing.message(agenda.plan, reminder.occurrence, sent.standing, sending, base)


def _known(standings: Standings, name: str, at: datetime) -> Standing:
    answers = standings.get(name, NOTHING_SAID).answers
    return Standing(tuple(each for each in answers if each.at <= at))


def _sent(agenda: Agenda, name: str, final: Standing) -> Iterator[Sent]:
    """Say what goes out about one occurrence: this is the rule of the whole rehearsal.

    A step is the newest one due from its instant until the next step's, under the answers
    known by then. It goes out at the first instant of that time at which the plan sends,
    unless it went out before or has lost its meaning. An answer counts from its own instant.
    """
    told = set[str]()
    for standing, begins, ends in _phases(final):
        steps = scheduled(agenda, name, {name: standing})
        for step, overtaken in pairwise([*steps, None]):
            if step is None or step.step in told:
                continue
            until = min(overtaken.at, ends) if overtaken else ends
            if until <= begins:
                continue
            at = first_sending(agenda.plan, max(step.at, begins))
            if at < until and _means(agenda, step, standing, at):
                told.add(step.step)
                yield Sent(step, at, standing)


def _phases(final: Standing) -> Iterator[tuple[Standing, datetime, datetime]]:
    """Each standing in its turn, with the instants between which nothing more was known."""
    turns = [ALWAYS, *(each.at for each in final.answers), NEVER]
    for known, (begins, ends) in enumerate(pairwise(turns)):
        if begins < ends:
            yield Standing(final.answers[:known]), begins, ends


def _means(agenda: Agenda, step: Reminder, standing: Standing, at: datetime) -> bool:
    (draft,) = drafts([step], {step.target: [step.target]})
    return not lost_meaning(draft, agenda, standing, now=at)


def _refuse_too_early(agenda: Agenda, answer: Answer) -> None:
    first = agenda.plan.period.first
    if local_day(answer.at, agenda.plan.zone) < first:
        raise AnswerRefusedError(
            f"Svaret kommer före planen, som börjar {day_text(first)}; ange den dagen eller en "
            "senare."
        )


@dataclass(frozen=True, slots=True)
class Load:
    """How many messages one role gets on one day."""

    day: date
    role: str
    messages: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a rehearsal asks of each role; a message to two roles counts for both of them.

    ``months`` are the first days of every month from the first message to the last, and
    ``loads`` are in the order of days and of the plan's roles.
    """

    months: tuple[date, ...]
    loads: tuple[Load, ...]
    messages: Mapping[date, int]

    def of(self, role: str, month: date) -> int:
        """Return how many messages ``role`` gets in ``month``."""
        days = (each for each in self.loads if each.role == role)
        return sum(each.messages for each in days if each.day.replace(day=1) == month)

    def crowded(self, most: int) -> list[Load]:
        """Return the days on which one role gets more than ``most``."""
        return [each for each in self.loads if each.messages > most]

    @property
    def busiest(self) -> Load | None:
        """The day on which one role gets the most; the first of several such."""
        return max(self.loads, key=lambda each: each.messages, default=None)


def summary(plan: Plan, sent: Sequence[Sent]) -> Summary:
    """Count ``sent``, which comes the earliest first, on the days of the plan's own zone."""
    days = [local_day(each.at, plan.zone) for each in sent]
    pairs = zip(days, sent, strict=True)
    counts = Counter((day, role) for day, each in pairs for role in each.reminder.roles)
    order = {role: number for number, role in enumerate(plan.roles)}
    ordered = sorted(counts.items(), key=lambda each: (each[0][0], order[each[0][1]]))
    loads = tuple(Load(day, role, count) for (day, role), count in ordered)
    messages = Counter(day.replace(day=1) for day in days)
    return Summary(tuple(_months(days)), loads, messages)


def _months(days: Sequence[date]) -> Iterator[date]:
    if days:
        first, last = (12 * each.year + each.month - 1 for each in (days[0], days[-1]))
        yield from (date(n // 12, n % 12 + 1, 1) for n in range(first, last + 1))
