"""Text out of what mail programs write: HTML, lines that flow, letters that nobody sees."""

import re
import unicodedata
from html.parser import HTMLParser

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
LONGEST_PAGE = 200_000
_UNSEEN = frozenset({"head", "script", "style", "title", "template", "noscript"})
_LINES = frozenset(
    {
        *("address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "hr", "li", "ol", "p"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "pre", "table", "tr", "ul"),
    }
)
_FLOWS = re.compile(r"(?m)^(?!>)(?!-- $)(.*\S) \n(?!>|\s*$)")


def legible(text: str) -> str:
    """Return ``text`` without half characters and control characters but tab and line breaks."""
    return "".join(_legible(each) for each in text.replace("\r\n", "\n").replace("\r", "\n"))


def flowed(text: str) -> str:
    """Return text whose lines flow on (RFC 3676) with each paragraph on one line."""
    return _FLOWS.sub(r"\1 ", text)


def unmarked(page: str) -> str:
    """Return what a page says; what it quotes has ``>`` before each line."""
    reader = _Reader()
    reader.feed(page[:LONGEST_PAGE])
    reader.close()
    return reader.text


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
