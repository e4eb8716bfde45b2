"""What speaks against an answer: a denial, a guess, a second thought, or a word of another."""

import re

from bot.domain.answer import HELD, AnswerKind
from bot.services.reply_words import (
    ANYWHERE,
    AT_THE_START,
    GOES_ON,
    GUESSED,
    HOWEVER,
    NEGATED,
    ON_SECOND_THOUGHT,
    READY,
    TO_COME,
)

# Their own words deny, and what follows says what is missing.
_DENYING = frozenset({AnswerKind.CANNOT, AnswerKind.NO_NEED, AnswerKind.PARTLY_DONE})
_FEW = 4


def is_talk(word: str, facts: str) -> bool:
    """Whether ``word`` goes on as no answer does: "klart vi kommer", "done deal"."""
    following = re.match(r"\s+([^\W\d_]+)", facts)
    return bool(READY.match(word) and following and following[1].lower() not in GOES_ON)


def is_doubted(kind: AnswerKind, facts: str, note: str) -> bool:
    """Whether what follows an answer's word speaks against it.

    ``facts`` stand in the same breath and are read to their end; of the ``note`` only what takes
    back or guesses at once, since whoever tells of the matter may well say that some did not come.
    """
    told = " ".join(note.split()[:_FEW])
    if GUESSED.search(facts) or (len(note.split()) <= _FEW and GUESSED.search(told)):
        return True
    if kind not in _DENYING and any(ON_SECOND_THOUGHT.match(each) for each in (facts, note)):
        return True
    if _denied(note) or _answers_otherwise(kind, facts):
        return True
    speaks_against = (HOWEVER, NEGATED, TO_COME) if kind is AnswerKind.DONE else ()
    return any(each.search(facts) for each in speaks_against)


def _denied(note: str) -> bool:
    """Whether the note says of an answer's word that it does not hold: "vänta, inte klart"."""
    return any(
        NEGATED.search(note[max(0, found.start() - 12) : found.start()])
        for kind, pattern in ANYWHERE
        if kind in HELD
        for found in pattern.finditer(note)
    )


def _answers_otherwise(kind: AnswerKind, facts: str) -> bool:
    """Whether another answer is given in the same breath; "delvis" may tell of one further on."""
    if kind is AnswerKind.DONE:
        others = {other for other, pattern in ANYWHERE if pattern.search(facts)}
        return bool(others - {*HELD, AnswerKind.ACKNOWLEDGED})
    spoken = facts.lstrip()
    first = next((other for other, pattern in AT_THE_START if pattern.match(spoken)), kind)
    return kind is AnswerKind.PARTLY_DONE and first not in HELD
