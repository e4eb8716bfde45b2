"""Days and hours as people write them, in Swedish and English."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from bot.domain.swedish import MONTHS, WEEKDAYS

ENGLISH_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
ENGLISH_WEEKDAYS = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
# Said from today; "i övermorgon" before "i morgon", so that the longer wins.
FROM_TODAY = {
    r"i ?f[öo]rrg[åa]r": -2,
    r"i ?g[åa]r|yesterday": -1,
    r"i ?dag|today": 0,
    r"i ?[öo]vermorgon": 2,
    r"i ?morgon|imorn|tomorrow": 1,
}
NEAR = timedelta(days=190)


@dataclass(frozen=True, slots=True)
class DaySaid:
    """A day that was said, where in the text, or why it is none."""

    start: int
    end: int
    day: date | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class HoursSaid:
    """Hours that were said, and where; without ``until`` only when it begins."""

    start: int
    end: int
    begins: time
    until: time | None


def days_said(text: str, *, today: date, past: bool) -> list[DaySaid]:
    """Return the days that ``text`` names, in their order.

    A day without a year is, of what is over, the newest that is not after ``today``, otherwise
    the first that is not before it; it lies within half a year, or the year has to be said.
    "Nästa torsdag" means two things to two people, and is none.
    """
    found = sorted(_Reader(today, past).days(text), key=lambda each: (each.start, -each.end))
    kept: list[DaySaid] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def hours_said(text: str) -> HoursSaid | None:
    """Return the first hours: ``kl. 9–10.30``, ``9.00-10.30``, ``kl 9``; none for bare numbers."""
    for each in _HOURS.finditer(text):
        marked = each["kl"] or each["m1"] or each["m2"]
        if not marked or (not each["h2"] and not each["kl"]):
            continue
        begins, until = _time(each["h1"], each["m1"]), _time(each["h2"], each["m2"])
        if begins:
            return HoursSaid(each.start(), each.end(), begins, until)
    return None


_HOURS = re.compile(
    r"(?P<kl>\b(?:kl\.?|klockan|at)\s{0,3})?(?<![\d/.:-])(?P<h1>\d{1,2})(?:[.:](?P<m1>\d{2}))?"
    r"(?:\s{0,3}(?:-|–|till|to)\s{0,3}(?P<h2>\d{1,2})(?:[.:](?P<m2>\d{2}))?)?(?![\d/:])",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?<![\d-])(\d{4})-(\d{1,2})-(\d{1,2})(?![\d-])")
_SLASH = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:[/ -](\d{4}))?(?![\d/])")
# With a full stop between it is a day, as long as it cannot be an hour said as one.
_DOTTED = re.compile(
    r"(?<![\d./:–-])(?<!kl )(?<!kl\. )(?<!klockan )(?<!at )"
    r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?(?![\d/:])(?!\s{0,3}[–-]\s{0,3}\d)(?!\.\d)",
    re.IGNORECASE,
)
_NAMES = {name[:3]: n for n, name in enumerate(MONTHS, start=1)}
_NAMES |= {name[:3]: n for n, name in enumerate(ENGLISH_MONTHS, start=1)}
_MONTH = "|".join(sorted({*MONTHS, *ENGLISH_MONTHS, *_NAMES}, key=len, reverse=True))
_DAY_MONTH = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?::?[ea]|st|nd|rd|th)?\s{{1,3}}({_MONTH})\b(?:\s{{1,3}}(\d{{4}})\b)?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"\b({_MONTH})\s{{1,3}}(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*/)(?:,?\s{{1,3}}(\d{{4}})\b)?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"\b(?P<lead>i|på|on|nästa|next|nu på|this|last|förra)?\s{0,3}"
    rf"\b(?P<name>{'|'.join([*WEEKDAYS, *ENGLISH_WEEKDAYS])})(?P<ago>s|en)?\b",
    re.IGNORECASE,
)
_WORDS = [
    (re.compile(rf"\b(?:{word})\b", re.IGNORECASE), days) for word, days in FROM_TODAY.items()
]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads days as they are said on ``today``, of what is over or of what is to come."""

    today: date
    past: bool

    def days(self, text: str) -> Iterator[DaySaid]:
        """Return every day that ``text`` names, in any order."""
        for each in _ISO.finditer(text):
            yield _named(each, *(int(part) for part in each.groups()))
        for each in _SLASH.finditer(text):
            yield self._dated(each, int(each[2]), int(each[1]))
        for each in _DOTTED.finditer(text):
            if 1 <= int(each[2]) <= 12 and 1 <= int(each[1]) <= 31:
                yield self._dated(each, int(each[2]), int(each[1]))
        for each in _DAY_MONTH.finditer(text):
            yield self._dated(each, _month(each[2]), int(each[1]))
        for each in _MONTH_DAY.finditer(text):
            yield self._dated(each, _month(each[1]), int(each[2]))
        for pattern, distance in _WORDS:
            for each in pattern.finditer(text):
                day = self.today + timedelta(days=distance)
                yield DaySaid(each.start(), each.end(), day)
        for each in _WEEKDAY.finditer(text):
            yield self._weekday(each)

    def _dated(self, found: re.Match[str], month: int, day: int) -> DaySaid:
        """A day of a month; without a year, its third group, the one close by."""
        if found[3]:
            return _named(found, int(found[3]), month, day)
        turns = (0, -1) if self.past else (0, 1)
        said = [_named(found, self.today.year + n, month, day) for n in turns]
        first = self.today - NEAR if self.past else self.today
        near = (each for each in said if each.day and first <= each.day <= first + NEAR)
        if fit := next(near, None):
            return fit
        if not any(each.day for each in said):
            return said[0]
        when = "har inte varit nyligen" if self.past else "kommer inte snart"
        return DaySaid(found.start(), found.end(), fault=f"”{found[0]}” {when}, så året behövs")

    def _weekday(self, found: re.Match[str]) -> DaySaid:
        lead, name = (found["lead"] or "").lower(), found["name"].lower()
        if lead in {"nästa", "next", "förra"}:
            said = f"”{found[0].strip()}” kan läsas på två sätt"
            return DaySaid(found.start(), found.end(), fault=said)
        names = list(WEEKDAYS if name in WEEKDAYS else ENGLISH_WEEKDAYS)
        ahead = (names.index(name) - self.today.weekday() - 1) % 7 + 1
        over = found["ago"] == "s" or lead == "last"
        over = over or (self.past and lead not in {"på", "nu på"})
        days = ahead - 7 or -7 if over else ahead
        return DaySaid(found.start(), found.end(), self.today + timedelta(days=days))


def _month(name: str) -> int:
    return _NAMES[name[:3].lower()]


def _named(found: re.Match[str], year: int, month: int, day: int) -> DaySaid:
    try:
        return DaySaid(found.start(), found.end(), date(year, month, day))
    except ValueError:
        return DaySaid(found.start(), found.end(), fault=f"”{found[0]}” finns inte i kalendern")


def _time(hour: str | None, minute: str | None) -> time | None:
    if not hour or int(hour) > 23 or int(minute or 0) > 59:
        return None
    return time(int(hour), int(minute or 0))
