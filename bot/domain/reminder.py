"""Reminders: which steps remind of an occurrence, and at which instants."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.occurrence import Occurrence


class StepKind(StrEnum):
    """What a step is for; the first word of its name."""

    BOOK = "book"
    AHEAD = "ahead"
    SILENCE = "silence"
    DAY = "day"
    ASK = "ask"
    NAG = "nag"
    ESCALATE = "escalate"
    SNOOZED = "snoozed"
    CANNOT = "cannot"
    NOTICE = "notice"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One step for one occurrence: at ``at`` (UTC) the ``roles`` are reminded.

    ``step`` is unique for the occurrence for ever: ``ahead-3``, ``nag-1``, ``ask+1`` after
    the occurrence has moved once.
    """

    occurrence: Occurrence
    kind: StepKind
    step: str
    day: date
    at: datetime
    roles: tuple[str, ...]

    @property
    def target(self) -> str:
        """The plan's own name of the place it goes to."""
        return self.occurrence.commitment.target

    def key(self, target: str) -> str:
        """The unique key of its delivery to ``target``."""
        return f"{self.occurrence.id}#{self.step}@{target}"
