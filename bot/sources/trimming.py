"""Trimming: of a calendar only what says on which days there is something, within limits.

What is not needed never reaches the libraries that read calendars; what is too much, or has
no end, is refused before they see it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.domain.errors import SourceError
from bot.sources.rules import is_followed

LIMIT_BYTES = 1_000_000
MOST_ENTRIES = 2_000
MOST_COMPONENTS = 10_000
MOST_DATES = 2_000
MOST_ZONES = 50
DEEPEST = 3
LONGEST_LINE = 100_000
LONGEST_QUOTE = 60

ENTRIES = ("VEVENT", "VFREEBUSY")
ZONE = "VTIMEZONE"
_ONSET = frozenset({"DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"})
_WANTED = {
    ("VEVENT",): frozenset({
        "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID",
        "SUMMARY", "STATUS", "SEQUENCE",
    }),
    ("VFREEBUSY",): frozenset({"UID", "FREEBUSY"}),
    (ZONE,): frozenset({"TZID"}),
    (ZONE, "STANDARD"): _ONSET,
    (ZONE, "DAYLIGHT"): _ONSET,
}  # fmt: skip
_DATES = frozenset({"RDATE", "EXDATE", "FREEBUSY"})
_NAME = re.compile(r"[A-Za-z0-9-]+")
_FOLD = re.compile(r"\r?\n[ \t]")
_NO_CALENDAR = "Svaret är ingen kalender (iCalendar)"


def trimmed(data: bytes) -> str:
    """Return the calendar in ``data`` with nothing but what days are worked out from.

    Several calendars one after another become one. What is no calendar, is cut short or is
    too much is refused with a ``SourceError``.
    """
    trimmer = _Trimmer()
    kept = [line for line in _lines(data) if trimmer.keeps(line)]
    trimmer.end()
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *kept, "END:VCALENDAR", ""])


def _lines(data: bytes) -> Iterator[str]:
    """The content lines, unfolded."""
    if len(data) > LIMIT_BYTES:
        raise SourceError(f"Kalendern är större än {LIMIT_BYTES // 1_000_000} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError("Kalendern är inte skriven i UTF-8.") from None
    if text.lstrip()[:1] == "<":
        raise SourceError(f"{_NO_CALENDAR} utan en webbsida.")
    for line in _FOLD.sub("", text).split("\n"):
        if len(line) > LONGEST_LINE:
            raise SourceError(f"Kalendern har en rad med mer än {LONGEST_LINE} tecken.")
        if bare := line.rstrip("\r"):
            yield bare


@dataclass(slots=True)
class _Trimmer:
    """Goes through the lines, and knows which components are open."""

    open: list[str] = field(default_factory=list)
    components: int = 0
    entries: int = 0
    zones: int = 0
    dates: int = 0

    def keeps(self, line: str) -> bool:
        name = _NAME.match(line)
        word = name[0].upper() if name else ""
        if word in {"BEGIN", "END"}:
            return self._component(word, line.partition(":")[2].strip().upper())
        if not self.open:
            raise SourceError(f"{_NO_CALENDAR}.")
        if word == "EXRULE":
            raise _unsupported("EXRULE")
        if word not in _WANTED.get(self._place, frozenset()):
            return False
        self._weigh(word, line.rpartition(":")[2])
        return True

    def end(self) -> None:
        if not self.components:
            raise SourceError(f"{_NO_CALENDAR}; det är tomt.")
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
            raise SourceError(f"{_NO_CALENDAR}." if not self.open else "Kalendern är trasig.")
        self.open.append(name)
        self.components += 1
        self.entries += name in ENTRIES
        self.zones += name == ZONE
        if len(self.open) > DEEPEST:
            raise SourceError(f"Kalenderns delar ligger djupare än {DEEPEST} i varandra.")
        if self.entries > MOST_ENTRIES or self.components > MOST_COMPONENTS:
            raise SourceError(f"Kalendern har fler än {MOST_ENTRIES} poster.")
        if self.zones > MOST_ZONES:
            raise SourceError(f"Kalendern har fler än {MOST_ZONES} tidszoner.")

    def _weigh(self, word: str, value: str) -> None:
        in_zone = self.open[1] == ZONE
        if word == "RRULE" and not (is_followed(value) and _suits(value, in_zone=in_zone)):
            raise _unsupported(value)
        if word in _DATES:
            self.dates += value.count(",") + 1
        if self.dates > MOST_DATES:
            raise SourceError(f"Kalendern räknar upp fler än {MOST_DATES} enskilda tider.")


def _suits(rule: str, *, in_zone: bool) -> bool:
    """Whether a rule suits its place: the clocks of a zone are turned once a year."""
    return not in_zone or "FREQ=YEARLY" in rule.upper()


def _unsupported(rule: str) -> SourceError:
    plain = "".join(each for each in rule[:LONGEST_QUOTE] if each.isprintable())
    return SourceError(f"Kalendern har en upprepning som inte stöds: {plain}.")
