"""Trimming: of a calendar only what says on which days there is something, within limits.

What is not needed never reaches the libraries that read calendars; what is too much, or has
no end, is refused before they see it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.domain.errors import SourceError
from bot.sources.faults import NO_CALENDAR
from bot.sources.lines import UNREAD, Line, content_lines
from bot.sources.zones import ZONE, settled

MOST_ENTRIES = 2_000
MOST_COMPONENTS = 10_000
MOST_DATES = 2_000
MOST_LINES = 30_000
DEEPEST = 3

ENTRIES = ("VEVENT", "VFREEBUSY")
_ONSET = frozenset({"DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"})
_WANTED = {
    ("VEVENT",): frozenset({
        "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE",
        "RECURRENCE-ID", "SUMMARY", "STATUS", "SEQUENCE",
    }),
    ("VFREEBUSY",): frozenset({"UID", "FREEBUSY"}),
    (ZONE,): frozenset({"TZID"}),
    (ZONE, "STANDARD"): _ONSET,
    (ZONE, "DAYLIGHT"): _ONSET,
}  # fmt: skip
_DATES = frozenset({"RDATE", "EXDATE", "FREEBUSY"})
_NAME = re.compile(r"[A-Za-z0-9-]+")
_RULE = re.compile(r"[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9,+-]+)*")


def trimmed(data: bytes) -> str:
    """Return the calendar in ``data`` with nothing but what days are worked out from.

    Several calendars one after another become one. What is no calendar, is cut short or is
    too much is refused with a ``SourceError``.
    """
    trimmer = _Trimmer()
    kept = [line for text in content_lines(data) for line in trimmer.kept(text)]
    trimmer.end()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *settled(kept), "END:VCALENDAR", ""]
    return "\r\n".join(map(str, lines))


@dataclass(slots=True)
class _Trimmer:
    """Goes through the lines, and knows which components are open."""

    open: list[str] = field(default_factory=list)
    components: int = 0
    entries: int = 0
    dates: int = 0
    lines: int = 0

    def kept(self, text: str) -> Iterator[Line | str]:
        """What of a line is kept: nothing or one; what cannot be split stays as it stands."""
        name = _NAME.match(text)
        word = name[0].upper() if name else ""
        if word in {"BEGIN", "END"}:
            component = text.partition(":")[2].strip().upper()
            if self._component(word, component):
                yield f"{word}:{component}"
            return
        if not self.open:
            raise SourceError(f"{NO_CALENDAR}.")
        if word in _WANTED.get(self._place, frozenset()):
            self.lines += 1
            if self.lines > MOST_LINES:
                raise SourceError(f"Kalendern har fler än {MOST_LINES} rader om sina poster.")
            line = Line.of(text)
            self._count(line)
            yield text if line is None else _plain(line)

    def end(self) -> None:
        if not self.components:
            raise SourceError(f"{NO_CALENDAR}; det är tomt.")
        if self.open:
            raise SourceError("Kalendern slutar mitt i.")

    @property
    def _place(self) -> tuple[str, ...]:
        return tuple(self.open[1:])

    def _component(self, word: str, name: str) -> bool:
        if word == "BEGIN":
            self._begin(name)
            return self._place in _WANTED
        kept = self._place in _WANTED
        if not self.open or self.open.pop() != name:
            raise SourceError("Kalendern är trasig: BEGIN och END hör inte ihop.")
        return kept

    def _begin(self, name: str) -> None:
        if (name == "VCALENDAR") is bool(self.open):
            raise SourceError(f"{NO_CALENDAR}." if not self.open else "Kalendern är trasig.")
        self.open.append(name)
        self.components += 1
        self.entries += name in ENTRIES
        if len(self.open) > DEEPEST:
            raise SourceError(f"Kalenderns delar ligger djupare än {DEEPEST} i varandra.")
        if self.entries > MOST_ENTRIES or self.components > MOST_COMPONENTS:
            raise SourceError(f"Kalendern har fler än {MOST_ENTRIES} poster.")

    def _count(self, line: Line | None) -> None:
        if line and line.name in _DATES:
            self.dates += line.value.count(",") + 1
        if self.dates > MOST_DATES:
            raise SourceError(f"Kalendern räknar upp fler än {MOST_DATES} enskilda tider.")


def _plain(line: Line) -> Line:
    """The line with its rule, if any, written in the one way that everybody reads alike."""
    if line.name not in {"RRULE", "EXRULE"}:
        return line
    rule = line.value.strip().upper().rstrip(";")
    if line.name == "RRULE" and _RULE.fullmatch(rule):
        return Line("RRULE", rule)
    return Line(UNREAD, line.value if line.name == "RRULE" else line.name)
