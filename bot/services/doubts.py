"""What speaks against an answer: a denial, a guess, a second thought, or a word of another."""

import re

from bot.domain.answer import HELD, AnswerKind
from bot.services.reply_words import (
    ANYWHERE,
    AT_THE_START,
    EITHER,
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
# So many characters before a word, its denial is looked for.
_CLOSE = 12


def is_talk(word: str, facts: str) -> bool:
    """Whether ``word`` goes on as no answer does: "klart vi kommer", "done deal"."""
    following = re.match(r"\s+([^\W\d_]+)", facts)
    return bool(READY.match(word) and following and following[1].lower() not in GOES_ON)


def breath_doubted(kind: AnswerKind, facts: str) -> bool:
    """Whether ``facts``, said in the same breath as an answer's word, speak against it."""
    if GUESSED.search(facts) or _answers_otherwise(kind, facts):
        return True
    if kind not in _DENYING and (EITHER.search(facts) or ON_SECOND_THOUGHT.match(facts)):
        return True
    speaks_against = (HOWEVER, NEGATED, TO_COME) if kind is AnswerKind.DONE else ()
    return any(each.search(facts) for each in speaks_against)


def note_doubted(kind: AnswerKind, note: str) -> bool:
    """Whether ``note`` takes the answer back, or says at once that it is a guess.

    Whoever tells of the matter may well say that some did not come, and what was called off may
    be so because something "is not ready".
    """
    if len(note.split()) <= _FEW and GUESSED.search(note):
        return True
    if kind not in _DENYING and ON_SECOND_THOUGHT.match(note):
        return True
    return kind is AnswerKind.DONE and _denied(note)


def _denied(note: str) -> bool:
    """Whether the note says of an answer's word that it does not hold: "vänta, inte klart"."""
    return any(
        NEGATED.search(note[max(0, found.start() - _CLOSE) : found.start()])
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
