"""Which entries of a calendar are meant, and what becomes of those that cannot be read."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import SourceError
from bot.domain.meetings import Entry
from bot.domain.periods import Window
from bot.domain.walltime import Hours
from bot.sources.reading import read_calendar
from tests.sources.calendars import calendar, event, rule

ZONE = ZoneInfo("Europe/Stockholm")
IN_2026 = Window(date(2026, 1, 1), date(2026, 12, 31))
GOOD = event(":20260210T083000Z", "SUMMARY:BRÅ", uid="good")
UNREADABLE = "Kalendern har en post som inte går att läsa."


def read(*lines: str, wanted: str = "") -> list[Entry]:
    return read_calendar(calendar(*lines), IN_2026, ZONE, wanted=wanted)


def days(*lines: str, wanted: str = "") -> list[str]:
    return [each.day.isoformat() for each in read(*lines, wanted=wanted)]


def refusal(*lines: str, wanted: str = "") -> str:
    with pytest.raises(SourceError) as refused:
        read(*lines, wanted=wanted)
    return str(refused.value)


BROKEN = {
    "no day": event(":garbage"),
    "no colon": ["BEGIN:VEVENT", "UID:x", "DTSTART 20260310T083000Z", "END:VEVENT"],
    "a broken parameter": ["BEGIN:VEVENT", "UID:x", "DTSTART;=:20260310", "END:VEVENT"],
    "an odd end": event(":20260310T083000Z", "DTEND:later"),
    "odd exceptions": event(":20260310T083000Z", "RRULE:FREQ=DAILY;COUNT=2", "EXDATE:x"),
    "an odd place in its series": event(":20260310T083000Z", "RECURRENCE-ID:x"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_entry_that_cannot_be_read_is_refused_and_never_left_out(name: str) -> None:
    assert refusal(*GOOD, *BROKEN[name]) == UNREADABLE


def test_an_entry_that_nobody_wants_spoils_nothing_unless_its_name_cannot_be_read() -> None:
    unwanted = event(":garbage", "SUMMARY:Budget", uid="b")
    assert days(*GOOD, *unwanted, wanted="BRÅ") == ["2026-02-10"]
    nameless = event(":garbage", "SUMMARY", uid="b")
    assert refusal(*GOOD, *nameless, wanted="BRÅ") == UNREADABLE


ODD_RULES = {
    "RRULE:FREQ=YEARLY;BYWEEKNO=20": "FREQ=YEARLY;BYWEEKNO=20",
    "RRULE:FREQ=HOURLY": "FREQ=HOURLY",
    "EXRULE:FREQ=DAILY": "EXRULE",
    "RRULE:FREQ=DAILY;COUNT=2\r\nRRULE:FREQ=WEEKLY": "flera RRULE",
    "RRULE:FREQ=DAILY;COUNT=2;BYHOUR=9": "BYHOUR=9",
    "RRULE:FREQ=DAILY;COUNT=2;BYHOUR=12,13": "BYHOUR=12,13",
    "RRULE:FREQ=NEVER": "FREQ=NEVER",
    "RRULE:hemligt: \x07": "HEMLIGT:",
}


@pytest.mark.parametrize(("line", "said"), ODD_RULES.items())
def test_a_rule_that_is_not_followed_is_told_with_the_day_of_its_entry(
    line: str, said: str
) -> None:
    odd = event(":20260101T120000Z", line, "SUMMARY:Annat", uid="odd")
    told = refusal(*GOOD, *odd)
    assert told.startswith("Posten som börjar 2026-01-01 upprepas på ett sätt som inte stöds (")
    assert said.casefold() in told.casefold()
    assert told.endswith("be den som för kalendern lägga in mötena ett och ett.")
    assert told.isprintable()
    assert days(*GOOD, *odd, wanted="BRÅ") == ["2026-02-10"]


def test_a_rule_may_repeat_the_hour_at_which_it_begins() -> None:
    lines = rule("FREQ=WEEKLY;COUNT=2;BYHOUR=9;BYMINUTE=30;BYSECOND=0", ":20260210T093000")
    found = read(*lines[:-1], "DURATION:PT1H", lines[-1])
    assert [each.day.day for each in found] == [10, 17]
    assert {each.hours for each in found} == {Hours(time(9, 30), time(10, 30))}


def test_a_name_is_found_however_its_letters_are_put_together() -> None:
    apart, together = "BRA\u030a", "BR\u00c5"
    for said, wanted in ((apart, together), (together, apart), (together.lower(), apart)):
        lines = event(":20260210T083000Z", f"SUMMARY:Möte i {said}")
        assert days(*lines, wanted=wanted) == ["2026-02-10"]


def test_only_the_beginning_of_a_name_is_looked_at() -> None:
    long = event(":20260210T083000Z", f"SUMMARY:{'x' * 997}BRÅ{'x' * 9}")
    assert days(*long, wanted="BRÅ") == ["2026-02-10"]
    longer = event(":20260210T083000Z", f"SUMMARY:{'a' + chr(0x301) * 999}BRÅ")
    assert "Ingen post" in refusal(*longer, wanted="BRÅ")


def test_a_name_that_no_entry_bears_is_told() -> None:
    assert refusal(*GOOD, wanted="bra") == "Ingen post i kalendern har ”bra” i rubriken."
    assert days(wanted="bra") == []


def test_meetings_that_share_an_id_are_still_as_many() -> None:
    lines = [line for day in (10, 11, 12) for line in event(f":202602{day}T083000Z", uid="same")]
    found = read(*lines)
    assert [each.day.day for each in found] == [10, 11, 12]
    assert len({each.identity for each in found}) == 3
    assert len({each.series for each in found}) == 1
    assert found == read(*lines)


def test_the_same_entry_twice_is_one_and_so_is_its_later_version() -> None:
    assert days(*GOOD, *GOOD) == ["2026-02-10"]
    later = event(":20260217T083000Z", "SEQUENCE:2", uid="good")
    assert days(*GOOD, *later) == ["2026-02-17"]


def test_all_the_rest_of_a_series_may_move_and_none_is_lost() -> None:
    moved = event(":20260127T120000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260120T120000Z")
    found = read(*rule("FREQ=WEEKLY;COUNT=5", ":20260106T120000Z"), *moved)
    assert [each.day for each in found] == [
        date(2026, 1, 6), date(2026, 1, 13), date(2026, 1, 27), date(2026, 2, 3), date(2026, 2, 10),
    ]  # fmt: skip
    assert len({each.identity for each in found}) == 5
