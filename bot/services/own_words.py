"""What a reply's writer says, apart from what it only quotes, strikes out, asks or signs."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

_QUOTED = re.compile(r"^\s{0,3}(?:>|&gt;)")
# What mail programs put above what they quote; a long one may be broken in two lines.
_WROTE = re.compile(
    r"^(?:(?:den|on)\b.{0,200}|[^:]{0,30}\d{1,4}.{0,100}|.{0,100}<[^<>@\s]{1,64}@[^<>\s]{1,100}>.{0,60})"
    r"\b(?:skrev|wrote)\b.{0,200}:$",
    re.IGNORECASE,
)
_WROTE_BEGINS = re.compile(r"^(?:den|on)\b.{0,60}\d|.{0,200}\b(?:skrev|wrote)\b", re.IGNORECASE)
_ENCLOSED = re.compile(
    r"^(?:\W{0,3}(?:från|from)\b\W{0,3}:.*|-{2,}\s?(?:orig|urs|vidare|forw).*|_{10,})$",
    re.IGNORECASE,
)
# The line that a person ends with, and all below it.
_SIGNED = re.compile(
    r"^(?:--\s*|(?:mvh|vh|hälsningar|hälsn|(?:med )?(?:vänlig(?:a)?|bästa) hälsning(?:ar)?"
    r"|(?:kind |best )?regards|cheers|skickat från|sent from|hämta outlook|get outlook)\b.*)$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]*(?:\.(?!\s*(?:\n|$)|\s+[A-ZÅÄÖ])[^.!?\n]*)*[.!?\n]?")
_STRUCK_OUT = re.compile(r"~[^~\n]{1,200}~")
_SHORTCODE = re.compile(r":[a-z0-9_+-]{2,40}:")
# A verb before whoever it is about asks, with a question mark or without.
_ASKED = re.compile(
    r"^\W*(?:(?:är|var|blev|blir|har|hade|ska|skall|kan|is|are|was|were|has|have|had|did|do|can)\s+"
    r"(?:det|den|detta|de|vi|ni|du|man|jag|någon|mötet|tillfället|it|this|that|they|we|you|the)"
    r"|(?:hur|varför|vem|vad|vilken|how|why|who|what|which))\b",
    re.IGNORECASE,
)
_WHAT_NOBODY_SEES = frozenset({"Cc", "Cf", "Co", "Cs"})


def own_words(text: str) -> str:
    """Return what the writer wrote and means: nothing quoted or struck out, no signature."""
    kept: list[str] = []
    seen = "".join(each for each in unicodedata.normalize("NFC", text) if _seen(each))
    waiting = _STRUCK_OUT.sub(" ", seen).splitlines()
    while waiting:
        line = waiting[0].strip()
        if _SIGNED.match(line) or _ENCLOSED.match(line):
            break
        quote = _said_before(waiting)
        if quote and not _is_marked(waiting[quote:]):
            break
        if not quote and not _QUOTED.match(waiting[0]):
            kept.append(_SHORTCODE.sub(" ", waiting[0]))
        del waiting[: quote or 1]
    return "\n".join(kept).strip()


def _said_before(lines: Sequence[str]) -> int:
    """How many lines, from the first on, say who wrote what is quoted below; 0 where none does."""
    first, second = (each.strip() for each in [*lines, ""][:2])
    if _WROTE.match(first):
        return 1
    broken = _WROTE_BEGINS.match(first) and not _WROTE.match(second)
    return 2 if broken and _WROTE.match(f"{first} {second}") else 0


def _is_marked(lines: Sequence[str]) -> bool:
    """Whether what is quoted has a mark before each line, so that more may follow it."""
    return bool(_QUOTED.match(next((each for each in lines if each.strip()), "")))


def sentences(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence that says something, with what follows it; what is asked says nothing."""
    for each in _SENTENCE.finditer(text):
        sentence, rest = each[0].strip(), text[each.end() :]
        asked = sentence.endswith("?") or re.match(r"\s*\?", rest) or _ASKED.match(sentence)
        if re.search(r"\w", sentence) and not asked:
            yield sentence, rest.strip()


def _seen(letter: str) -> bool:
    return letter in "\n\r\t" or unicodedata.category(letter) not in _WHAT_NOBODY_SEES
