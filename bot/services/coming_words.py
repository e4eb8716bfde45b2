"""Understanding what a person wrote in reply to an invitation: whether they come. No guessing.

The first sentence has to say it, and nothing else but a reason; what follows may not take it back.
"""

import re
from dataclasses import dataclass

from bot.domain.answer import AnswerKind
from bot.services.own_words import own_words, sentences

_WHO = r"(?:(?:jag|vi|i|we)\s+)?"
_SORRY = r"(?:\s+(?:tyvärr|dessvärre))?"
_NOT = r"\s+(?:inte|ej)"
_LEAD = (
    r"(?:(?:hej\w*|hallå|tack|tyvärr|dessvärre|ja|jo|nej|nja|hi|hello|yes|no|sorry)\b"
    r"[\s,.!–-]*){0,3}"
)
# The first that fits is meant.
_WORDS: tuple[tuple[AnswerKind, str], ...] = (
    (
        AnswerKind.ABSENT,
        (
            rf"{_WHO}(?:kommer|deltar|närvarar){_SORRY}{_NOT}"
            rf"|{_WHO}kan{_SORRY}{_NOT}(?:\s+(?:komma|delta|närvara|vara med))?"
            rf"|(?:kommer|kan)\s+(?:jag|vi){_SORRY}{_NOT}(?:\s+(?:komma|delta|vara med))?"
            rf"|{_WHO}(?:avböj(?:er|t|d)|avslaget|declined?|can(?:'t|not) (?:come|make it))"
            r"|(?:nej|no)(?:\s+tack)?"
        ),
    ),
    (
        AnswerKind.TENTATIVE,
        (
            rf"{_WHO}(?:kommer\s+)?kanske(?:\s+kommer)?"
            r"|preliminär(?:t|)(?:\s+(?:ja|accepterat|accepterad))?"
            r"|tentative(?:ly accepted)?|maybe"
        ),
    ),
    (
        AnswerKind.ATTENDING,
        (
            rf"{_WHO}(?:kommer|deltar|accepter(?:ar|at|ad)|accept(?:ed)?|attend(?:ing)?)"
            r"(?:\s+gärna)?|(?:ja|yes)(?:\s+tack)?"
        ),
    ),
)
_REASON = r"(?:[\s,:;–-]*\b(?:pga\.?|p\.g\.a\.|på grund av|eftersom|due to|because)\s+(?P<why>.+))?"
_SAID = [
    (kind, re.compile(rf"\W*{_LEAD}(?:{words}){_REASON}[\s.!,]*", re.IGNORECASE))
    for kind, words in _WORDS
]
_GREETING = re.compile(r"\W*(?:hej\w*|hallå|tack|hi|hello)(?:\s+\w+){0,2}\W*", re.IGNORECASE)
_TAKES_BACK = re.compile(
    r"\b(?:inte|ej|kanske|eller|men|fast|om|tror|osäker\w*|kommer|not|maybe|but|if)\b|\?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Coming:
    """Whether somebody comes, one of ``ATTENDANCE``, and what they say beside it."""

    kind: AnswerKind
    note: str = ""


def coming_said(text: str) -> Coming | None:
    """Return whether the writer of ``text`` comes; None where that is not plainly said."""
    words = own_words(text)
    said = [each for each in sentences(words) if not _GREETING.fullmatch(each[0])]
    if not said or "?" in words:
        return None
    sentence, rest = said[0]
    for kind, pattern in _SAID:
        if found := pattern.fullmatch(sentence):
            why = (found["why"] or "").strip(" .!")
            unclear = _TAKES_BACK.search(rest) or (why and kind is not AnswerKind.ABSENT)
            return None if unclear else Coming(kind, "\n".join(filter(None, [why, rest])))
    return None
