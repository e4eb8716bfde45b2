"""Lines of a calendar: unfolded, and split just as the library that reads them splits them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Self

from icalendar.parser import Contentline, Parameters, param_value, unescape_backslash

from bot.domain.errors import SourceError
from bot.sources.faults import NO_CALENDAR, TooLargeError

LIMIT_BYTES = 1_000_000
LONGEST_LINE = 100_000

# The name of a line of our own: of a rule that no library is to read.
UNREAD = "X-UNREAD"
# What of a line's parameters says anything of days.
PARAMETERS = ("TZID", "VALUE", "FBTYPE", "RANGE")
_FOLD = re.compile(rb"\r?\n[ \t]")


def content_lines(data: bytes) -> Iterator[str]:
    """Return the content lines of a calendar, unfolded; what is none is refused."""
    if len(data) > LIMIT_BYTES:
        raise TooLargeError(LIMIT_BYTES)
    try:
        # A line may be folded within a character (RFC 5545, section 3.1).
        text = _FOLD.sub(b"", data).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError("Kalendern är inte skriven i UTF-8.") from None
    if text.lstrip()[:1] == "<":
        raise SourceError(f"{NO_CALENDAR} utan en webbsida.")
    for line in text.split("\n"):
        if len(line) > LONGEST_LINE:
            raise SourceError(f"Kalendern har en rad med mer än {LONGEST_LINE} tecken.")
        if bare := line.rstrip("\r"):
            yield bare


@dataclass(frozen=True, slots=True)
class Line:
    """A line that has a name and a value; ``value`` stands as it is written."""

    name: str
    value: str
    parameters: Parameters = field(default_factory=Parameters)

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Return the line, or None where it cannot be split."""
        try:
            name, parameters, value = Contentline(text).raw_parts()  # type: ignore[no-untyped-call]
        except ValueError:
            return None
        said = {key: parameters[key] for key in PARAMETERS if key in parameters}
        return cls(name.upper(), value, Parameters(said))

    def __str__(self) -> str:
        said = "".join(f";{key}={param_value(each)}" for key, each in self.parameters.items())
        return f"{self.name}{said}:{self.value}"

    @property
    def zone(self) -> str:
        """The name of the zone that it tells a time in, if any."""
        return str(self.parameters.get("TZID", ""))

    @property
    def text(self) -> str:
        """The value as it is meant, where it is words."""
        return str(unescape_backslash(self.value))

    def in_zone(self, name: str) -> Self:
        """Return the same time in the zone of that ``name``."""
        others = {key: each for key, each in self.parameters.items() if key != "TZID"}
        return replace(self, parameters=Parameters(others | ({"TZID": name} if name else {})))
