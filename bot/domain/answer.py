"""Answers: what people said about an occurrence, and where that leaves it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from itertools import pairwise

from bot.domain.invitation import Times
from bot.domain.walltime import Hours


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
    ATTENDING = "attending"
    TENTATIVE = "tentative"
    ABSENT = "absent"
    OUT_OF_REACH = "out_of_reach"
    TAKEN_BACK = "taken_back"


OUTCOMES = frozenset(
    {AnswerKind.DONE, AnswerKind.PARTLY_DONE, AnswerKind.CANCELLED, AnswerKind.NO_NEED}
)
PLACEMENTS = frozenset({AnswerKind.BOOKED, AnswerKind.POSTPONED})
HELD = frozenset({AnswerKind.DONE, AnswerKind.PARTLY_DONE})
# What somebody answers to an invitation; it holds until they say otherwise, or it moves.
ATTENDANCE = frozenset({AnswerKind.ATTENDING, AnswerKind.TENTATIVE, AnswerKind.ABSENT})
MISSING = frozenset({AnswerKind.ABSENT, AnswerKind.CANNOT})
# Who answers for what follows something else and moves with it, and for what nobody can say.
THE_PLAN = "planen"
# What people answer; the rest is the plan's, or says of an answer that it no longer holds.
BY_PEOPLE = frozenset(AnswerKind) - {AnswerKind.OUT_OF_REACH, AnswerKind.TAKEN_BACK}
# What changes no day can be taken back again, as long as nothing was said since.
LIGHT = frozenset({AnswerKind.ACKNOWLEDGED, AnswerKind.SNOOZED}) | HELD
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
    ``corrects`` is the id of the answer that it takes the place of, or takes back, 0 for none.
    ``id`` is 0 until it is stored, and rises with each answer.
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

    @property
    def about(self) -> Times | None:
        """When that is to which somebody says that they come or do not; None where unsaid."""
        if self.day is None or self.kind not in ATTENDANCE:
            return None
        return Times(self.day, Hours(self.start, self.end) if self.start and self.end else None)

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
    def valid(self) -> tuple[Answer, ...]:
        """What was said and not taken back."""
        back = {a.corrects for a in self.answers if a.kind is AnswerKind.TAKEN_BACK}
        if not back:
            return self.answers
        return tuple(
            a for a in self.answers if a.id not in back and a.kind is not AnswerKind.TAKEN_BACK
        )

    @property
    def revision(self) -> int:
        """How many times it has been booked or postponed."""
        return sum(each.kind in PLACEMENTS for each in self.valid)

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
        valid = self.valid
        last = max((n for n, a in enumerate(valid) if a.kind in PLACEMENTS), default=0)
        return valid[last:]

    def attendance(self, times: Times | None) -> tuple[Answer, ...]:
        """Return who comes at ``times``, or cannot: the newest word of each.

        What was answered to an invitation is about the day and the hours that it named. What
        names none holds until it is booked or postponed.
        """
        newest: dict[str, Answer] = {}
        for each in self.valid:
            if each.kind in PLACEMENTS:
                newest = {by: said for by, said in newest.items() if _stays(said, each)}
            elif each.kind in ATTENDANCE | MISSING:
                newest[each.by] = each
        return tuple(a for a in newest.values() if a.about in {None, times})

    @property
    def efforts(self) -> tuple[Answer, ...]:
        """What was done: of a need-driven question each effort, else the outcome at most."""
        valid = self.valid
        corrected = {each.corrects for each in valid}
        return tuple(e for e in valid if e.kind in HELD and e.id not in corrected)

    @property
    def snooze(self) -> Answer | None:
        """The newest "remind me later" since it was last booked or postponed."""
        asked = (each for each in reversed(self.current) if each.kind is AnswerKind.SNOOZED)
        return next(asked, None)

    @property
    def sequence(self) -> int:
        """Rises with each change that a calendar must hear of, and never falls.

        What is taken back may let an earlier cancellation hold again; that is one more change.
        """
        every = (Standing(self.answers[:number]) for number in range(len(self.answers) + 1))
        shown = [(each.revision, each.called_off) for each in every]
        return sum(before != after for before, after in pairwise(shown))

    @property
    def called_off(self) -> bool:
        """Whether it stands cancelled."""
        return self.outcome is not None and self.outcome.kind is AnswerKind.CANCELLED

    def _newest(self, kinds: Iterable[AnswerKind]) -> Answer | None:
        return next((each for each in reversed(self.valid) if each.kind in kinds), None)


def _stays(said: Answer, placed: Answer) -> bool:
    """Whether what was ``said`` of coming holds where it was ``placed``: on the same day."""
    hours = (placed.start, placed.end)
    same_hours = placed.start is None or hours == (said.start, said.end)
    return said.about is not None and said.day == placed.day and same_hours
