"""Zones of a calendar: only those that its times name and nobody knows, each with few turns."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TypeGuard
from zoneinfo import available_timezones

from icalendar import vText

from bot.domain.errors import SourceError
from bot.sources.faults import quoted
from bot.sources.lines import UNREAD, Line
from bot.sources.rules import turns_once_a_year

ZONE = "VTIMEZONE"
MOST_ZONES = 10
MOST_ONSETS = 20
ONSETS = ("BEGIN:STANDARD", "BEGIN:DAYLIGHT")
# Of a name that is known: America/Argentina/Ushuaia.
MOST_PARTS = 3
# Clocks that turn by rule do so from this year; many calendars say 1601, and no meeting is older.
# It is a leap year, so that every day is in it.
FIRST_TURN = 1972

Lines = Sequence[Line | str]


def settled(lines: Lines) -> Iterator[Line | str]:
    """Return the lines of a calendar with the zones that are needed first.

    A zone that is known is what everybody knows it as; one that no time names is left out.
    """
    zones, others = _parted(lines)
    told = [_told_in_known(each) for each in others]
    # A name that breaks a line would be read as several lines by one of the libraries.
    times = [each for each in told if isinstance(each, Line) and each.zone.isprintable()]
    named = {each.zone for each in times if each.zone} - _known()
    found = {name: zone for name, zone in reversed(zones) if name in named}
    if len(found) > MOST_ZONES:
        raise SourceError(f"Kalendern har fler än {MOST_ZONES} egna tidszoner.")
    for name, zone in found.items():
        yield from _checked(name, zone)
    yield from told


def _parted(lines: Lines) -> tuple[list[tuple[str, Lines]], Lines]:
    """Each zone by its name, and all that is in none."""
    zones: list[tuple[str, Lines]] = []
    others: list[Line | str] = []
    begins = None
    for number, line in enumerate(lines):
        if line == f"BEGIN:{ZONE}":
            begins = number
        if begins is None:
            others.append(line)
        if line == f"END:{ZONE}" and begins is not None:
            zone = lines[begins : number + 1]
            zones.append((_name(zone), zone))
            begins = None
    return zones, others


def _name(zone: Lines) -> str:
    return next((_cleaned(each.text) for each in zone if _is(each, "TZID")), "")


def _told_in_known(line: Line | str) -> Line | str:
    if isinstance(line, str) or not line.zone:
        return line
    return line.in_zone(_cleaned(line.zone))


def _cleaned(name: str) -> str:
    """The name by which a zone is known, without that of the program that wrote it.

    ``/citadel.org/20210210_1/Europe/Stockholm`` is Europe/Stockholm.
    """
    bare = name.strip("/ ")
    if not name.startswith("/"):
        return bare
    parts = bare.rsplit("/", MOST_PARTS)[-MOST_PARTS:]
    tails = ["/".join(parts[number:]) for number in range(len(parts))]
    return next((each for each in tails if each in _known()), bare)


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def _checked(name: str, zone: Lines) -> Iterator[Line | str]:
    """The zone under the name that times know it by; one that turns too often is refused."""
    numbered = list(_numbered(zone))
    rules = [(number, each.value) for number, each in numbered if _is(each, "RRULE", UNREAD)]
    if max(numbered[-1][0], len(rules)) > MOST_ONSETS:
        raise SourceError(f"Tidszonen {quoted(name)} har fler än {MOST_ONSETS} omställningar.")
    for _, rule in rules:
        if not turns_once_a_year(rule):
            raise SourceError(
                f"Tidszonen {quoted(name)} har en regel som inte stöds ({quoted(rule)})."
            )
    recurring = {number for number, _ in rules}
    for number, line in numbered:
        if _is(line, "TZID"):
            yield replace(line, value=vText(name).to_ical().decode())
        elif _is(line, "DTSTART") and number in recurring:
            yield replace(line, value=_later(line.value))
        else:
            yield line


def _is(line: Line | str, *names: str) -> TypeGuard[Line]:
    return isinstance(line, Line) and line.name in names


def _numbered(zone: Lines) -> Iterator[tuple[int, Line | str]]:
    """Each line with the number of the part of the zone that it stands in."""
    number = 0
    for line in zone:
        number += line in ONSETS
        yield number, line


def _later(start: str) -> str:
    year = start[:4]
    return f"{FIRST_TURN}{start[4:]}" if year.isdecimal() and int(year) < FIRST_TURN else start
