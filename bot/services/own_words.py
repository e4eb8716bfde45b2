"""What a reply's writer says, apart from what it only quotes, strikes out, asks or signs."""

import re
import unicodedata
from collections.abc import Iterator

_QUOTED = re.compile(r"^\s{0,3}(?:>|&gt;)")
_WROTE = re.compile(
    r"^(?:den\b.{0,200}\bskrev\b.{0,200}:|on\b.{0,200}\bwrote\b.{0,200}:"
    r"|(?:från|from):.*|-{2,}\s?(?:orig|urs).*)\s*$",
    re.IGNORECASE,
)
# The line that a person ends with, and all below it.
_SIGNED = re.compile(
    r"^(?:--\s*|(?:mvh|vh|hälsningar|hälsn|(?:med )?(?:vänlig(?:a)?|bästa) hälsning(?:ar)?"
    r"|(?:kind |best )?regards|cheers|skickat från|sent from)\b.*)$",
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
    for line in _STRUCK_OUT.sub(" ", seen).splitlines():
        if _SIGNED.match(line.strip()) or _WROTE.match(line.strip()):
            break
        if not _QUOTED.match(line):
            kept.append(_SHORTCODE.sub(" ", line))
    return "\n".join(kept).strip()


def sentences(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence that says something, with what follows it; what is asked says nothing."""
    for each in _SENTENCE.finditer(text):
        sentence, rest = each[0].strip(), text[each.end() :]
        asked = sentence.endswith("?") or re.match(r"\s*\?", rest) or _ASKED.match(sentence)
        if re.search(r"\w", sentence) and not asked:
            yield sentence, rest.strip()


def _seen(letter: str) -> bool:
    return letter in "\n\r\t" or unicodedata.category(letter) not in _WHAT_NOBODY_SEES
