"""Zones that a calendar brings along: which of them count, and how much they may cost."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import SourceError
from bot.domain.meetings import Entry
from bot.domain.periods import Window
from bot.domain.walltime import Hours
from bot.sources.reading import read_calendar
from bot.sources.trimming import trimmed
from tests.exchange import EXCHANGE_ZONE
from tests.sources.calendars import calendar, event, zone

ZONE = ZoneInfo("Europe/Stockholm")
IN_2026 = Window(date(2026, 1, 1), date(2026, 12, 31))
MEETING = event(";TZID=Odd:20260710T200000")
YEARLY = "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"
EVERY_DAY = "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"


def turning(name: str, *parts: str, number: int = 1, offset: str = "-1100") -> list[str]:
    first, *inside, last = zone(name, offset)
    title, begin, *times, end = inside
    return [first, title, *[begin, *times, *parts, end] * number, last]


def read(*lines: str) -> list[Entry]:
    return read_calendar(calendar(*lines), IN_2026, ZONE)


def days(*lines: str) -> list[str]:
    return [each.day.isoformat() for each in read(*lines)]


EXCHANGE = EXCHANGE_ZONE.splitlines()


@pytest.mark.parametrize("zones", [EXCHANGE, []])
def test_a_series_of_exchange_keeps_its_hours_when_the_clock_is_turned(zones: list[str]) -> None:
    start = ";TZID=W. Europe Standard Time:20260324T090000"
    meeting = event(
        start, "DTEND;TZID=W. Europe Standard Time:20260324T100000", "RRULE:FREQ=WEEKLY;COUNT=2"
    )
    found = read(*meeting, *zones)
    assert [each.day for each in found] == [date(2026, 3, 24), date(2026, 3, 31)]
    assert {each.hours for each in found} == {Hours(time(9), time(10))}


def test_the_zone_of_exchange_is_turned_on_the_right_days() -> None:
    odd = [line.replace("W. Europe Standard Time", "Odd").replace("+0", "-0") for line in EXCHANGE]
    assert [each.hours for each in read(*odd, *event(";TZID=Odd:20260328T090000", "DURATION:PT1H"))]
    hours = [
        each.hours
        for day in ("20260328", "20260330", "20261024", "20261026")
        for each in read(*odd, *event(f";TZID=Odd:{day}T090000", "DURATION:PT1H"))
    ]
    assert [each and each.start for each in hours] == [time(11), time(13), time(13), time(11)]


def test_a_zone_may_come_after_the_times_that_are_told_in_it() -> None:
    assert days(*MEETING, *zone("Odd", "-1100")) == ["2026-07-11"]


@pytest.mark.parametrize(
    ("parts", "number", "said"),
    [
        (["RRULE:FREQ=DAILY"], 1, "FREQ=DAILY"),
        ([EVERY_DAY], 1, "BYDAY=MO,TU,WE,TH,FR,SA,SU"),
        (["RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU"], 1, "inte stöds"),
        (["RRULE:FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU"], 1, "inte stöds"),
        (["RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1,2"], 1, "inte stöds"),
        (["RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"], 1, "inte stöds"),
        (["RRULE:FREQ=YEARLY;WKST=MO:FREQ=DAILY"], 1, "inte stöds"),
        ([YEARLY], 21, "fler än 20 omställningar"),
        ([YEARLY] * 21, 1, "fler än 20 omställningar"),
    ],
)
def test_a_zone_that_turns_too_often_is_refused(parts: list[str], number: int, said: str) -> None:
    with pytest.raises(SourceError, match="Tidszonen Odd") as refused:
        read(*turning("Odd", *parts, number=number), *MEETING)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "name", ["Unused", "Europe/Stockholm", "/vendor.example/1/Europe/Stockholm"]
)
def test_a_zone_that_is_not_needed_is_not_looked_at(name: str) -> None:
    zones = turning(name, EVERY_DAY, number=200) * 20
    meeting = event(";TZID=Europe/Stockholm:20260710T200000")
    assert days(*zones, *meeting) == ["2026-07-10"]
    assert EVERY_DAY not in trimmed(calendar(*zones, *meeting))


def test_there_are_few_zones_of_its_own_in_a_calendar() -> None:
    lines = [
        line
        for number in range(11)
        for line in (*zone(f"Z{number}", "+0100"), *event(f";TZID=Z{number}:20260710T200000"))
    ]
    with pytest.raises(SourceError, match="fler än 10 egna tidszoner"):
        read(*lines)


def test_no_turn_is_worked_out_for_years_in_which_nobody_meets() -> None:
    text = trimmed(calendar(*turning("Odd", YEARLY), *MEETING))
    assert "DTSTART:19720101T000000" in text
    assert "DTSTART:1601" not in text


@pytest.mark.parametrize(
    "name",
    ["/vendor.example/X/Europe/Stockholm", "/Europe/Stockholm", "/a" * 900 + "/Europe/Stockholm"],
)
def test_a_known_zone_is_known_by_the_end_of_its_name_and_nobody_is_warned(name: str) -> None:
    (found,) = read(*event(f";TZID={name}:20260710T200000", "DURATION:PT1H"))
    assert (found.day, found.hours) == (date(2026, 7, 10), Hours(time(20), time(21)))
    (found,) = read(*event(f";TZID={name.replace('Stockholm', 'London')}:20260710T230000"))
    assert found.day == date(2026, 7, 11)


@pytest.mark.parametrize("mark", ["\u2028", "\x85", "\x0b", "\x1e"])
def test_no_library_finds_a_rule_in_a_name(mark: str) -> None:
    name = f"Odd{mark}RRULE:FREQ=SECONDLY"
    assert "SECONDLY" not in trimmed(calendar(*turning("Odd", f"TZNAME:{name}"), *MEETING))
    text = trimmed(calendar(*zone(name, "-1100"), *event(f';TZID="{name}":20260710T200000')))
    assert "VTIMEZONE" not in text


def test_utc_may_be_named_as_a_zone() -> None:
    assert days(*event(";TZID=UTC:20260710T230000")) == ["2026-07-11"]


def test_a_name_with_commas_is_the_same_in_the_zone_and_in_a_time() -> None:
    told = event(';TZID="(UTC-11:00) A, B":20260710T200000')
    assert days(*zone("(UTC-11:00) A\\, B", "-1100"), *told) == ["2026-07-11"]
