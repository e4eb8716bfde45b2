"""Text out of what mail programs write: HTML, lines that flow, letters that nobody sees."""

import re
import unicodedata
from html.parser import HTMLParser

from bot.domain.privacy import sensitive

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
LONGEST_PAGE = 200_000
_UNSEEN = frozenset({"head", "script", "style", "title", "template", "noscript"})
_LINES = frozenset(
    {
        *("address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "hr", "li", "ol", "p"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "pre", "table", "tr", "ul"),
    }
)
_BLANK = re.compile(r"\n[^\S\n]*\n")
# An address, a telephone with its word or alone on its line.
_CONTACT = re.compile(
    r"<?[^\s<>@]{1,64}@[^\s<>@]{1,100}\.[a-z]{2,}>?|(?:https?://|www\.)\S{1,200}"
    r"|(?:tel(?:efon)?|tfn|mobil|växel|phone|mobile)\b\W{0,3}[\d +()/-]{5,30}"
    r"|(?:\+|0)[\d ()/-]{6,25}$",
    re.IGNORECASE,
)
_FLOWS = re.compile(r"(?m)^(?!>)(?!-- $)(.*\S) \n(?!>|\s*$)")


def legible(text: str) -> str:
    """Return ``text`` without half characters and control characters but tab and line breaks."""
    return "".join(_legible(each) for each in text.replace("\r\n", "\n").replace("\r", "\n"))


def flowed(text: str) -> str:
    """Return text whose lines flow on (RFC 3676) with each paragraph on one line."""
    return _FLOWS.sub(r"\1 ", text)


def unsigned(text: str) -> str:
    """Return ``text`` without the address block that many sign with, and all below it.

    A personnummer is no such block: who wrote it has to hear of it.
    """
    blocks = _BLANK.split(text)
    ends = (n for n, each in enumerate(blocks) if n and _is_address_block(each))
    end = next(ends, None)
    return text if end is None else "\n\n".join(blocks[:end])


def unmarked(page: str) -> str:
    """Return what a page says; what it quotes has ``>`` before each line."""
    reader = _Reader()
    reader.feed(page[:LONGEST_PAGE])
    reader.close()
    return reader.text


def _is_address_block(block: str) -> bool:
    lines = block.strip().splitlines()
    reachable = any(_CONTACT.search(each) for each in lines)
    only = all(_CONTACT.fullmatch(each.strip()) for each in lines)
    return reachable and (len(lines) > 1 or only) and not sensitive(block).endswith("personnummer")


class _Reader(HTMLParser):
    """Keeps the words of a page, and nothing that is not shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[list[str]] = [[]]
        self._unseen = self._quoted = 0

    @property
    def text(self) -> str:
        """The words so far, a line for each block."""
        return "\n".join(" ".join("".join(each).split()) for each in self._lines)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        """Begin a new line where a block begins."""
        if tag == "body":
            self._unseen = 0
        if tag in _UNSEEN:
            self._unseen += 1
        if tag == "blockquote":
            self._quoted += 1
        if tag in _LINES:
            self._begin_line()

    def handle_endtag(self, tag: str) -> None:
        """End the line with its block."""
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        if tag == "blockquote":
            self._quoted = max(self._quoted - 1, 0)
        if tag in _LINES:
            self._begin_line()

    def handle_data(self, data: str) -> None:
        """Keep the words that are shown."""
        if not self._unseen:
            self._lines[-1].append(data)

    def _begin_line(self) -> None:
        self._lines.append(["> "] if self._quoted else [])


def _legible(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Cs":
        return UNREADABLE
    return "" if category == "Cc" and letter not in "\n\t" else letter
