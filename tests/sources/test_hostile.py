"""Calendars that cannot be trusted: refused with a clear line, before they cost anything."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from icalendar import vRecur
from icalendar.parser import Contentline

from bot.domain.errors import SourceError
from bot.domain.periods import Window
from bot.sources.reading import read_calendar
from bot.sources.rules import is_followed
from tests.sources.calendars import busy, calendar, event, many, meetings, rule

ZONE = ZoneInfo("Europe/Stockholm")
PERIOD = Window(date(2026, 1, 1), date(2028, 12, 31))
IN_2026 = Window(date(2026, 1, 1), date(2026, 12, 31))


UNREADABLE = "Kalendern har en post som inte går att läsa."
COLON = "FREQ=SECONDLY;WKST=MO:FREQ=DAILY"
RDATES = ",".join(f"{2026 + n // 360}{n // 30 % 12 + 1:02}{n % 30 + 1:02}" for n in range(2001))
HOSTILE = {
    "nothing": (b"", "Svaret är ingen kalender (iCalendar); det är tomt."),
    "a web page": (b"\n<!doctype html><title>Logga in</title>", "utan en webbsida"),
    "other text": (b"hello\nworld", "ingen kalender"),
    "an event alone": (b"BEGIN:VEVENT\nEND:VEVENT", "ingen kalender"),
    "no UTF-8": (calendar("X:\u00e5").decode().encode("latin-1"), "inte skriven i UTF-8"),
    "UTF-16": (calendar().decode().encode("utf-16"), "inte skriven i UTF-8"),
    "gzip": (b"\x1f\x8b\x08\x00", "inte skriven i UTF-8"),
    "cut short": (meetings("20260210")[:-25], "slutar mitt i"),
    "crossed": (calendar("BEGIN:VEVENT", "BEGIN:VALARM", "END:VEVENT"), "BEGIN och END"),
    "in itself": (calendar("BEGIN:VCALENDAR"), "trasig"),
    "too big": (b"BEGIN:VCALENDAR\n" * 70_000, "större än 1 MB"),
    "a long line": (calendar("X:" + "y" * 100_001), "en rad med mer än"),
    "too deep": (calendar(*["BEGIN:VEVENT"] * 3), "djupare än 3"),
    "too many": (calendar(*many(2001)), "fler än 2000 poster"),
    "too many parts": (calendar(*["BEGIN:VALARM", "END:VALARM"] * 10_000), "fler än 2000 poster"),
    "a colon in a rule": (calendar(*rule(COLON, ":19700101T120000Z")), "inte stöds"),
    "a colon after never": (
        calendar(*rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;WKST=MO:FREQ=DAILY")),
        "inte stöds",
    ),
    "a colon in a parameter": (
        calendar(*event(":20260101T120000Z", 'RRULE;X=":FREQ=DAILY":FREQ=SECONDLY')),
        "inte stöds",
    ),
    "an escaped rule": (calendar(*rule("FREQ=DAILY\\;COUNT=3")), "inte stöds"),
    "a rule of half words": (calendar(*rule("FREQ=DAILY;COUNT")), "inte stöds"),
    "two ends": (calendar(*rule("FREQ=DAILY;COUNT=3;UNTIL=20260301")), "inte stöds"),
    "no rule": (calendar(*rule("FREQ=NEVER")), "(FREQ=NEVER)"),
    "lasting for ever": (
        calendar(*rule("FREQ=MONTHLY\r\nDURATION:P20000D", ":19700101T120000Z")),
        "fler än 600 möten",
    ),
    "moved for ever": (
        calendar(
            *rule("FREQ=MONTHLY"),
            *event(":60260201T120000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260201T120000Z"),
        ),
        "för lång tid",
    ),
    "each second": (calendar(*rule("FREQ=SECONDLY")), "stöds (FREQ=SECONDLY);"),
    "each hour": (calendar(*rule("FREQ=HOURLY;COUNT=3")), "inte stöds"),
    "within the day": (calendar(*rule("FREQ=DAILY;BYHOUR=1,2,3")), "inte stöds"),
    "never": (calendar(*rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")), "inte stöds"),
    "very often": (calendar(*rule("FREQ=DAILY;COUNT=999999999")), "inte stöds"),
    "left out by rule": (calendar(*event(":20260101T120000Z", "EXRULE:FREQ=DAILY")), "EXRULE"),
    "two rules": (calendar(*rule("FREQ=DAILY;COUNT=2\r\nRRULE:FREQ=WEEKLY")), "(flera RRULE)"),
    "each day": (calendar(*rule("FREQ=DAILY")), "fler än 600 möten"),
    "each day, often": (calendar(*many(9, "RRULE:FREQ=DAILY;COUNT=70")), "fler än 600 möten"),
    "one by one": (calendar(*event(":20260101T120000Z", f"RDATE:{RDATES}")), "2000 enskilda"),
    "many at once": (calendar(*many(601)), "fler än 600 möten"),
    "always busy": (calendar(*busy("20000101T000000Z/20990101T000000Z")), "fler än 600 möten"),
    "always busy on few days": (
        calendar(*busy("20260101T000000Z/20260301T000000Z") * 100),
        "fler än 600 möten",
    ),
    "too many lines": (
        calendar(*event(":20260101T120000Z", *["SUMMARY:x"] * 30_000)),
        "fler än 30000 rader",
    ),
    "long ago": (calendar(*rule("FREQ=WEEKLY", ":00010101T120000Z")), "börjar före 1970"),
    "often and long ago": (
        calendar(*many(60, "RRULE:FREQ=YEARLY", start=":19700101T120000Z")),
        "för lång tid",
    ),
    "no time": (calendar(*event(":garbage")), UNREADABLE),
    "for ever": (calendar(*event(":20260101T120000Z", "DURATION:P999999999D")), "att tolka"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_trusted_is_refused_with_a_clear_line(name: str) -> None:
    data, said = HOSTILE[name]
    with pytest.raises(SourceError) as refused:
        read_calendar(data, PERIOD, ZONE)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


LINES = some.sampled_from(
    [
        *("BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VFREEBUSY"),
        *("END:VFREEBUSY", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:STANDARD", "END:STANDARD"),
        *(
            "UID:a",
            "DTSTART:20260101T120000Z",
            "DTSTART;VALUE=DATE:20260101",
            "DTSTART:x",
            "TZID:x",
        ),
        *(
            "RRULE:FREQ=DAILY;COUNT=3",
            "RRULE:FREQ=",
            "RRULE:;;",
            "RDATE:1",
            "EXDATE:20260101T120000Z",
        ),
        *("RECURRENCE-ID:20260101T120000Z", "FREEBUSY:1/2", "TZOFFSETTO:+9999", "TZOFFSETFROM:0"),
        *("DURATION:-P1D", "DTEND:20200101T000000Z", "SUMMARY", ":", " folded", "STATUS:CANCELLED"),
    ]
)


@given(some.lists(LINES, max_size=30).map(lambda lines: "\r\n".join(lines).encode()))
@example(
    b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T120000Z\nRRULE\nEND:VEVENT\nEND:VCALENDAR"
)
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        found = read_calendar(data, IN_2026, ZONE)
    except SourceError:
        return
    assert all(each.day in IN_2026 for each in found)


@given(some.binary(max_size=200))
def test_bytes_at_random_are_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        read_calendar(data, IN_2026, ZONE)


PARTS = some.sampled_from([
    "FREQ=SECONDLY", "FREQ=DAILY", "COUNT=3", "WKST=MO", ":", "=", "WKST=MO:FREQ=DAILY",
    "BYHOUR=12", "BYMONTH=2", "BYMONTHDAY=30", "UNTIL=20260301T120000Z", "\\;", '"', "INTERVAL=2",
    "x=y",
])  # fmt: skip
PARAMETERS = some.sampled_from(
    ["", ';X=":"', ';X="a:FREQ=DAILY"', ";X=a:b", ";VALUE=TEXT", ";TZID=x"]
)


@given(PARAMETERS, some.lists(PARTS, min_size=1, max_size=5))
def test_no_rule_is_expanded_but_one_that_is_followed(parameters: str, parts: list[str]) -> None:
    line = f"RRULE{parameters}:{';'.join(parts)}"
    try:
        found = read_calendar(calendar(*event(":20260101T120000Z", line)), IN_2026, ZONE)
    except SourceError:
        return
    value = Contentline(line).parts()[2]  # type: ignore[no-untyped-call]
    read = vRecur.from_ical(value).to_ical().decode()
    assert is_followed(read.replace(";BYHOUR=12", ""))
    assert found
