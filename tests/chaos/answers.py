"""What people said and what they were told, held against what the database has of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.answer import OUTCOMES, Answer, AnswerKind


class Reply(StrEnum):
    """What a person was told of an answer; ``UNCLEAR`` is nothing at all."""

    NOTED = "noted"
    KNOWN = "known"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer, and when it was begun to be given; ``by`` gives no other."""

    by: str
    occurrence: str
    kind: AnswerKind
    began: float = 0.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What the person was told of ``said`` in the end, and when; both times are monotonic."""

    said: Said
    reply: Reply
    at: float = 0.0

    def __str__(self) -> str:
        return f"{self.said.kind} by {self.said.by}, told {self.reply}, of {self.said.occurrence}"


@dataclass(frozen=True)
class Kept:
    """The answers of the database, beside what people heard of each they gave.

    Whoever was told "noted" has a row of their own. Whoever was told "known already" has one
    from an earlier try, or said what settles an occurrence in the words of somebody else, who
    had begun to say it by then: the second of two such answers gets no row.
    """

    heard: Sequence[Heard]
    rows: Sequence[Answer]

    def lost(self) -> list[Heard]:
        """Return what people may rely on and the database has not."""
        return [each for each in self.heard if self._is_lost(each)]

    def doubled(self) -> list[Answer]:
        """Return what is there once more: of one person, or of one settled occurrence."""
        of_one: Counter[str] = Counter()
        found = []
        for row in self.rows:
            names = {f"by {row.by}"}
            if row.kind in OUTCOMES and not row.corrects:
                names.add(f"of {row.occurrence}")
            of_one.update(names)
            if any(of_one[name] > 1 for name in names):
                found.append(row)
        return found

    def stray(self) -> list[Answer]:
        """Return what nobody said, or was told that it does not count."""
        said = {each.said.by: each for each in self.heard}
        return [
            row
            for row in self.rows
            if row.by not in said
            or said[row.by].reply is Reply.REFUSED
            or not _says(row, said[row.by].said)
        ]

    def told(self) -> dict[str, int]:
        """Return how many answers got which reply."""
        counts = Counter(each.reply for each in self.heard)
        return {reply.value: counts[reply] for reply in Reply}

    def _is_lost(self, heard: Heard) -> bool:
        said = heard.said
        own = any(row.by == said.by and _says(row, said) for row in self.rows)
        if own or heard.reply not in {Reply.NOTED, Reply.KNOWN}:
            return False
        if heard.reply is Reply.NOTED or said.kind not in OUTCOMES:
            return True
        began = {each.said.by: each.said.began for each in self.heard}
        never = heard.at + 1.0
        return not any(
            _says(row, said) and began.get(row.by, never) < heard.at for row in self.rows
        )


def _says(row: Answer, said: Said) -> bool:
    """Whether the row says that; people in a storm say nothing but a kind of answer."""
    return row.occurrence == said.occurrence and row.kind == said.kind
