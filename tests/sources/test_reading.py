"""From the bytes of a calendar to the days of a plan, and what is refused."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import SourceError
from bot.domain.meetings import Entry
from bot.domain.periods import Window
from bot.domain.walltime import Hours
from bot.sources.reading import read_calendar
from tests.sources.calendars import busy, calendar, event, meetings, zone

ZONE = ZoneInfo("Europe/Stockholm")
IN_2026 = Window(date(2026, 1, 1), date(2026, 12, 31))


def read(*lines: str, wanted: str = "", window: Window = IN_2026) -> list[Entry]:
    return read_calendar(calendar(*lines), window, ZONE, wanted=wanted)


def days(*lines: str, wanted: str = "") -> list[str]:
    return [each.day.isoformat() for each in read(*lines, wanted=wanted)]


def test_a_meeting_has_its_day_and_hours_in_the_zone_of_the_plan() -> None:
    (found,) = read(*event(":20260210T083000Z", "DTEND:20260210T100000Z"))
    assert (found.day, found.hours) == (date(2026, 2, 10), Hours(time(9, 30), time(11)))


def test_hours_are_told_to_the_minute() -> None:
    (found,) = read(*event(":20260210T083059Z", "DTEND:20260210T100001Z"))
    assert found.hours == Hours(time(9, 30), time(11))
    (short,) = read(*event(":20260210T083001Z", "DTEND:20260210T083059Z"))
    assert short.hours is None


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


def test_busy_times_are_meetings_on_each_of_their_days() -> None:
    periods = "20260210T080000Z/PT1H,20260210T120000Z/PT1H,20260212T220000Z/20260214T230000Z"
    found = ["2026-02-10", "2026-02-12", "2026-02-13", "2026-02-14"]
    assert days(*busy(periods)) == found
    assert days(*busy(periods, "")) == found
    assert days(*busy(periods, ";FBTYPE=FREE")) == []
    with pytest.raises(SourceError, match="Ingen post i kalendern har ”brå” i rubriken"):
        days(*busy(periods), wanted="brå")


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


def test_a_fold_within_a_character_is_undone_before_it_is_read() -> None:
    data = meetings("20260210").replace(b"SUMMARY:", "SUMMARY:Möte ".encode())
    folded = data.replace("ö".encode(), b"\xc3\r\n \xb6")
    assert folded != data
    assert len(read_calendar(folded, IN_2026, ZONE, wanted="möte")) == 1
