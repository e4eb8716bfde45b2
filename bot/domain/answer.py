"""Answers: what people said about an occurrence, and where that leaves it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum


class AnswerKind(StrEnum):
    """The one vocabulary of answers, wherever they were given."""

    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    PARTLY_DONE = "partly_done"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    CANNOT = "cannot"
    SNOOZED = "snoozed"
    NO_NEED = "no_need"
    BOOKED = "booked"
    OUT_OF_REACH = "out_of_reach"


OUTCOMES = frozenset(
    {AnswerKind.DONE, AnswerKind.PARTLY_DONE, AnswerKind.CANCELLED, AnswerKind.NO_NEED}
)
PLACEMENTS = frozenset({AnswerKind.BOOKED, AnswerKind.POSTPONED})
HELD = frozenset({AnswerKind.DONE, AnswerKind.PARTLY_DONE})
# Who answers for what follows something else and moves with it, and for what nobody can say.
THE_PLAN = "planen"
BY_PEOPLE = frozenset(AnswerKind) - {AnswerKind.OUT_OF_REACH}
NEED_A_REASON = frozenset({AnswerKind.POSTPONED, AnswerKind.CANCELLED, AnswerKind.CANNOT})


class Form(StrEnum):
    """How it was held."""

    PHYSICAL = "physical"
    DIGITAL = "digital"


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that somebody said; never changed once it is stored.

    ``by`` is a role or a name as shown to others. ``day`` is the day on which it was done,
    for which it was booked, or until which silence was asked. ``note`` is also the reason.
    ``source`` names the event that carried it, so that a repeated event is the same answer.
    ``corrects`` is the id of the answer that it takes the place of, 0 for none. ``id`` is 0
    until it is stored, and rises with each answer.
    """

    occurrence: str
    kind: AnswerKind
    by: str
    at: datetime
    day: date | None = None
    start: time | None = None
    end: time | None = None
    area: str | None = None
    form: Form | None = None
    number: int | None = None
    note: str = ""
    stand_in: str = ""
    source: str = ""
    corrects: int = 0
    id: int = 0

    def says_the_same(self, other: "Answer") -> bool:
        """Whether both say the same of the same occurrence, whoever said it, when and how."""
        return self == replace(
            other,
            by=self.by,
            at=self.at,
            source=self.source,
            corrects=self.corrects,
            id=self.id,
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the answers leave one occurrence; ``answers`` are in the order they came."""

    answers: tuple[Answer, ...] = ()

    @property
    def revision(self) -> int:
        """How many times it has been booked or postponed."""
        return sum(each.kind in PLACEMENTS for each in self.answers)

    @property
    def newest(self) -> int:
        """The id of the newest answer, 0 where there is none."""
        return self.answers[-1].id if self.answers else 0

    @property
    def placement(self) -> Answer | None:
        """The newest booking or postponement."""
        return self._newest(PLACEMENTS)

    @property
    def outcome(self) -> Answer | None:
        """The newest outcome, unless it was booked or postponed again after that."""
        newest = self._newest(OUTCOMES | PLACEMENTS)
        return newest if newest and newest.kind in OUTCOMES else None

    @property
    def current(self) -> tuple[Answer, ...]:
        """What was said since it was last booked or postponed, that answer included."""
        last = max((n for n, a in enumerate(self.answers) if a.kind in PLACEMENTS), default=0)
        return self.answers[last:]

    @property
    def efforts(self) -> tuple[Answer, ...]:
        """What was done: of a need-driven question each effort, else the outcome at most."""
        corrected = {each.corrects for each in self.answers}
        return tuple(e for e in self.answers if e.kind in HELD and e.id not in corrected)

    @property
    def snooze(self) -> Answer | None:
        """The newest "remind me later" since it was last booked or postponed."""
        asked = (each for each in reversed(self.current) if each.kind is AnswerKind.SNOOZED)
        return next(asked, None)

    @property
    def sequence(self) -> int:
        """Rises with each change that a calendar must hear of, and when one is taken back."""
        changes = PLACEMENTS | OUTCOMES
        told = [each.kind for each in self.answers if each.kind in changes]
        before = [AnswerKind.DONE, *told]
        return sum(
            kind in PLACEMENTS or AnswerKind.CANCELLED in {kind, earlier}
            for earlier, kind in zip(before, told, strict=False)
        )

    def _newest(self, kinds: Iterable[AnswerKind]) -> Answer | None:
        return next((each for each in reversed(self.answers) if each.kind in kinds), None)
