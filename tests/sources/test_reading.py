"""From the bytes of a calendar to the days of a plan, and what is refused."""

from collections.abc import Iterator
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from bot.domain.errors import SourceError
from bot.domain.meetings import Entry
from bot.domain.periods import Window
from bot.domain.walltime import Hours
from bot.sources.reading import read_calendar
from tests.sources.calendars import calendar, event, meetings

ZONE = ZoneInfo("Europe/Stockholm")
PERIOD = Window(date(2026, 1, 1), date(2028, 12, 31))
IN_2026 = Window(date(2026, 1, 1), date(2026, 12, 31))


def read(*lines: str, wanted: str = "", window: Window = IN_2026) -> list[Entry]:
    return read_calendar(calendar(*lines), window, ZONE, wanted=wanted)


def days(*lines: str, wanted: str = "") -> list[str]:
    return [each.day.isoformat() for each in read(*lines, wanted=wanted)]


def test_a_meeting_has_its_day_and_hours_in_the_zone_of_the_plan() -> None:
    (found,) = read(*event(":20260210T083000Z", "DTEND:20260210T100000Z"))
    assert (found.day, found.hours) == (date(2026, 2, 10), Hours(time(9, 30), time(11)))


@pytest.mark.parametrize(
    ("start", "day"),
    [
        (";VALUE=DATE:20260210", "2026-02-10"),
        (":20260210T233000Z", "2026-02-11"),
        (":20260710T221500Z", "2026-07-11"),
        (":20260210T233000", "2026-02-10"),
        (";TZID=America/New_York:20260210T200000", "2026-02-11"),
        (";TZID=W. Europe Standard Time:20260210T233000", "2026-02-10"),
        (";TZID=Nowhere/Land:20260210T233000", "2026-02-10"),
    ],
)
def test_each_kind_of_time_belongs_to_a_local_day(start: str, day: str) -> None:
    assert days(*event(start)) == [day]


def zone(name: str, offset: str) -> list[str]:
    times = [f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}"]
    inside = ["BEGIN:STANDARD", "DTSTART:16010101T000000", *times, "END:STANDARD"]
    return ["BEGIN:VTIMEZONE", f"TZID:{name}", *inside, "END:VTIMEZONE"]


def test_a_zone_that_a_calendar_brings_along_counts_in_it_and_in_no_other() -> None:
    meeting = event(";TZID=Odd:20260210T200000")
    assert days(*zone("Odd", "-1100"), *meeting) == ["2026-02-11"]
    assert days(*meeting) == ["2026-02-10"]


def test_a_calendar_cannot_say_what_a_known_zone_is() -> None:
    meeting = event(";TZID=Europe/Stockholm:20260210T200000")
    assert days(*zone("Europe/Stockholm", "-1100"), *meeting) == ["2026-02-10"]


def series(*more: str) -> list[str]:
    first = event(
        ";TZID=Europe/Stockholm:20260113T130000",
        "RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=5",
        "EXDATE;TZID=Europe/Stockholm:20260310T130000",
        "SUMMARY:Möte i BRÅ",
    )
    return [*first, *more]


def override(was: str, start: str, *more: str) -> list[str]:
    return event(start, f"RECURRENCE-ID;TZID=Europe/Stockholm:{was}", *more)


def test_a_series_has_its_days_without_those_taken_out() -> None:
    assert days(*series()) == ["2026-01-13", "2026-02-10", "2026-04-14", "2026-05-12"]


def test_one_of_a_series_that_moves_is_the_same_one_on_another_day() -> None:
    moved = override("20260414T130000", ":20260416T110000Z", "SUMMARY:Ny dag")
    before = {each.identity: each.day for each in read(*series())}
    after = {each.identity: each.day for each in read(*series(*moved), wanted="brå")}
    changed = {name for name in before if before[name] != after[name]}
    assert set(before) == set(after)
    assert [after[name] for name in changed] == [date(2026, 4, 16)]


def test_one_meeting_keeps_its_identity_when_it_moves() -> None:
    (before,), (after,) = read(*event(":20260210T083000Z")), read(*event(":20260217T083000Z"))
    assert before.identity == after.identity
    assert before.day != after.day


def test_what_is_cancelled_says_so_for_itself_or_the_whole_series() -> None:
    one = override("20260414T130000", ":20260414T110000Z", "STATUS:CANCELLED")
    assert [each.day for each in read(*series(*one)) if each.cancelled] == [date(2026, 4, 14)]
    every = read(*event(":20260113T120000Z", "RRULE:FREQ=WEEKLY;COUNT=3", "STATUS:CANCELLED"))
    assert [each.cancelled for each in every] == [True] * 3


def test_a_meeting_belongs_to_its_first_day_and_its_hours_end_with_that() -> None:
    (found,) = read(*event(":20260210T083000Z", "DTEND:20260212T100000Z"))
    assert (found.day, found.hours) == (date(2026, 2, 10), Hours(time(9, 30), time(23, 59)))
    (night,) = read(*event(";VALUE=DATE:20260210", "DTEND;VALUE=DATE:20260213"))
    assert (night.day, night.hours) == (date(2026, 2, 10), None)


def test_only_what_has_the_wanted_words_in_its_summary_is_meant() -> None:
    lines = [
        *event(":20260210T083000Z", "SUMMARY;LANGUAGE=sv:Möte i lokala BRÅ\\, distans", uid="a"),
        *event(":20260211T083000Z", "SUMMARY:Budget", uid="b"),
        *event(":20260212T083000Z", uid="c"),
    ]
    assert days(*lines, wanted="brå, DISTANS") == ["2026-02-10"]
    assert len(days(*lines)) == 3


def busy(periods: str, params: str = ";FBTYPE=BUSY") -> list[str]:
    return ["BEGIN:VFREEBUSY", "UID:x", f"FREEBUSY{params}:{periods}", "END:VFREEBUSY"]


def test_busy_times_are_meetings_on_each_of_their_days() -> None:
    periods = "20260210T080000Z/PT1H,20260210T120000Z/PT1H,20260212T220000Z/20260214T230000Z"
    found = ["2026-02-10", "2026-02-12", "2026-02-13", "2026-02-14"]
    assert days(*busy(periods)) == found
    assert days(*busy(periods, "")) == found
    assert days(*busy(periods, ";FBTYPE=FREE")) == []
    assert days(*busy(periods), wanted="brå") == []


def test_what_has_no_id_or_no_day_does_no_harm() -> None:
    nameless = ["BEGIN:VEVENT", "DTSTART:20260210T083000Z", "END:VEVENT"]
    dayless = ["BEGIN:VEVENT", "UID:x", "END:VEVENT"]
    assert len(days(*nameless, *nameless, *dayless)) == 2


def test_what_is_outside_the_window_is_left_out() -> None:
    lines = [*event(":20251231T120000Z", uid="a"), *event(":20270101T120000Z", uid="b")]
    assert days(*lines) == []


def test_folds_bare_line_feeds_marks_and_several_calendars_are_read() -> None:
    data = meetings("20260210").replace(b"SUMMARY:", b"SUMM\r\n ARY:").replace(b"\r\n", b"\n")
    twice = b"\xef\xbb\xbf" + data + calendar(*event(":20260211T083000Z", uid="b"))
    assert len(read_calendar(twice, IN_2026, ZONE)) == 2


def rule(text: str, start: str = ":20260101T120000Z") -> list[str]:
    return event(start, f"RRULE:{text}")


def many(number: int, *lines: str, start: str = ":20260101T120000Z") -> Iterator[str]:
    for each in range(number):
        yield from event(start, *lines, uid=str(each))


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
    "zones": (calendar(*(line for n in range(51) for line in zone(str(n), "+0100"))), "tidszoner"),
    "a turning zone": (
        calendar(*zone("Odd", "+0100")).replace(b"END:ST", b"RRULE:FREQ=DAILY\r\nEND:ST"),
        "FREQ=DAILY",
    ),
    "each second": (calendar(*rule("FREQ=SECONDLY")), "stöds: FREQ=SECONDLY."),
    "each hour": (calendar(*rule("FREQ=HOURLY;COUNT=3")), "en upprepning som inte stöds"),
    "within the day": (calendar(*rule("FREQ=DAILY;BYHOUR=1,2,3")), "inte stöds"),
    "never": (calendar(*rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")), "inte stöds"),
    "very often": (calendar(*rule("FREQ=DAILY;COUNT=999999999")), "inte stöds"),
    "left out by rule": (calendar(*event(":20260101T120000Z", "EXRULE:FREQ=DAILY")), "EXRULE"),
    "two rules": (calendar(*rule("FREQ=DAILY;COUNT=2\r\nRRULE:FREQ=WEEKLY")), "flera upprepningar"),
    "each day": (calendar(*rule("FREQ=DAILY")), "fler än 500 möten"),
    "each day, often": (calendar(*many(9, "RRULE:FREQ=DAILY;COUNT=60")), "fler än 500 möten"),
    "one by one": (calendar(*event(":20260101T120000Z", f"RDATE:{RDATES}")), "2000 enskilda"),
    "many at once": (calendar(*many(501)), "fler än 500 möten"),
    "always busy": (calendar(*busy("20000101T000000Z/20990101T000000Z")), "fler än 500 möten"),
    "long ago": (calendar(*rule("FREQ=WEEKLY", ":00010101T120000Z")), "börjar före 1970"),
    "often and long ago": (
        calendar(*many(60, "RRULE:FREQ=YEARLY", start=":19700101T120000Z")),
        "för länge sedan",
    ),
    "no time": (calendar(*event(":garbage")), "går inte att tolka"),
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
