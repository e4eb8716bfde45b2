"""The people: they answer what they see, late and early, twice, and at the worst moment."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from bot.domain.answer import Answer, AnswerKind
from bot.domain.errors import AnswerRefusedError, DatabaseTroubleError, UnknownOccurrenceError
from bot.services.answering import Given
from tests.simulation.clock import DAY, HOUR, MINUTE, SECOND
from tests.simulation.faults import Breach, Crash
from tests.simulation.oracle import Story
from tests.simulation.town import Town
from tests.simulation.works import Works

# About one occurrence; each new day is told of, and answered again.
MOST_SAID = 4
MOST_TRIES = 4
KINDS = {
    "occurrence": ("done",) * 5
    + ("acknowledged", "snoozed", "postponed", "cancelled", "cannot", "partly_done"),
    "slot": ("booked",) * 6
    + ("done", "done", "acknowledged", "snoozed", "cancelled", "cannot", "postponed"),
    "need": ("done",) * 3 + ("no_need",) * 2 + ("acknowledged", "snoozed", "partly_done"),
    "deadline": ("done",) * 3 + ("acknowledged", "snoozed", "cannot", "cancelled"),
}  # fmt: skip


@dataclass(slots=True)
class People:
    """Gives answers to whichever process is awake, and remembers what was taken."""

    town: Town
    answer_rate: float
    given: int = 0
    accepted: int = 0

    def see(self, occurrence: str) -> None:
        """React to a message about an occurrence, or do not."""
        rng, world = self.town.world.rng, self.town.world
        tired = len(world.known.of(occurrence)) >= MOST_SAID
        if world.calm or rng.random() >= self.answer_rate or tired:
            return
        span = rng.choice((SECOND, MINUTE, HOUR, 6 * HOUR, DAY, 4 * DAY))
        world.at(world.now + rng.random() * span, "people", lambda: self.answer(occurrence))

    def answer(self, occurrence: str) -> None:
        """Answer now, or as soon as anybody can take it."""
        world, awake = self.town.world, self.town.awake()
        if world.calm:
            return
        if not awake:
            world.at(world.now + HOUR, "people", lambda: self.answer(occurrence))
            return
        works = world.rng.choice(awake)
        answer = self._answer(works, occurrence)
        if answer is None:
            return
        correct = world.rng.random() < 0.1
        self._say(works, answer, correct=correct)
        if world.rng.random() < 0.1:
            self._again(answer, correct=correct, tries=1)

    def _again(self, answer: Answer, *, correct: bool, tries: int) -> None:
        """The same event comes once more, perhaps to another process."""

        def repeat() -> None:
            if awake := self.town.awake():
                works = self.town.world.rng.choice(awake)
                self._say(works, answer, correct=correct, tries=tries)

        world = self.town.world
        span = world.rng.choice((SECOND, MINUTE, HOUR))
        world.at(world.now + world.rng.random() * span, "people", repeat)

    def _say(self, works: Works, answer: Answer, *, correct: bool, tries: int = 0) -> None:
        self.given += 1
        key = f"{works.name}/answer/{self.given}"

        def give() -> None:
            try:
                self._taken(answer, works.desk.give(answer, correct=correct))
            except (AnswerRefusedError, UnknownOccurrenceError) as error:
                self.town.world.trace.note(key, f"refused: {type(error).__name__}")
            except (DatabaseTroubleError, Crash):
                if tries < MOST_TRIES:
                    self._again(answer, correct=correct, tries=tries + 1)
                raise

        self.town.world.work(key, give, works)

    def _taken(self, answer: Answer, given: Given) -> None:
        """An answer that was taken is in the ledger, and says what was said."""
        self.accepted += 1
        stored = [a for a in self.town.world.known.of(answer.occurrence) if a.id == given.answer.id]
        if stored != [given.answer]:
            raise Breach("an accepted answer is not in the ledger", f"{given.answer}, {stored}")
        said = replace(
            answer, id=given.answer.id, corrects=given.answer.corrects,
            day=answer.day or given.answer.day, area=answer.area or given.answer.area,
        )  # fmt: skip
        if given.repeated:
            same = given.answer.source == answer.source or said.says_the_same(given.answer)
        else:
            same = said == given.answer
        if not same:
            raise Breach("an answer was altered", f"{answer} became {given.answer}")

    def _answer(self, works: Works, occurrence: str) -> Answer | None:
        agenda = works.process.agendas.get(occurrence.partition("/")[0])
        if agenda is None or occurrence not in agenda.by_id:
            return None
        rng, planned = self.town.world.rng, agenda.by_id[occurrence]
        kind = AnswerKind(rng.choice(KINDS[planned.kind]))
        now = works.process.plan_now()
        today = now.astimezone(agenda.plan.zone).date()
        number = self.given + 1
        answer = Answer(
            occurrence, kind, rng.choice(("Anna", "Bo", "Cilla")), now,
            note=f"nr {number}.", source=f"p{number}",
        )  # fmt: skip
        said = self.town.world.known.of(occurrence)
        day = self._day(kind, Story(agenda.plan, planned, said), today)
        if kind in {"booked", "postponed"} and rng.random() < 0.5:
            return replace(answer, day=day, start=time(10), end=time(11))
        return replace(answer, day=day)

    def _day(self, kind: AnswerKind, story: Story, today: date) -> date | None:
        rng = self.town.world.rng
        if kind == "snoozed":
            return today + timedelta(days=rng.randrange(1, 12)) if rng.random() < 0.8 else None
        if kind == "postponed":
            return today + timedelta(days=rng.randrange(25))
        if kind == "booked":
            window = story.planned.window
            first, last = max(today, window.first), max(today, window.last)
            return first + timedelta(days=rng.randrange((last - first).days + 1))
        if kind in {"done", "partly_done"} and rng.random() < 0.5:
            return today - timedelta(days=rng.randrange(3))
        return None
