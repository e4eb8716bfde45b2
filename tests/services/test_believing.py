"""Which calendars are believed, and how much is made of what has changed in them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.errors import SourceError
from bot.domain.meetings import Entry, Meeting
from bot.services.taking_over import MOST_KEPT, Difference, Reading, difference, taken_over
from tests.builders import THREE_YEARS
from tests.services.readings import DAYS, KNOWN, LATER, entries, entry, reading


def test_a_calendar_that_is_suddenly_empty_is_not_believed() -> None:
    with pytest.raises(SourceError, match="Kalendern är tom"):
        taken_over(KNOWN, reading([]))


def test_an_empty_calendar_is_believed_where_nothing_was_to_come() -> None:
    assert taken_over((), reading([])) == ()
    later = Reading([], THREE_YEARS, date(2018, 1, 8), date(2018, 4, 16), LATER)
    assert taken_over(KNOWN, later) == KNOWN
    fallen = tuple(replace(each, fallen=True) for each in KNOWN)
    assert taken_over(fallen, reading([])) == fallen


def others(number: int = 4) -> list[Entry]:
    days = [date(2018, 6, 4) + timedelta(days=each) for each in range(number)]
    return [entry(day, f"o{each}", "other") for each, day in enumerate(days)]


def test_a_calendar_that_knows_nothing_of_what_is_to_come_is_not_believed() -> None:
    with pytest.raises(SourceError, match="bara andra möten"):
        taken_over(KNOWN, reading(others()))
    with pytest.raises(SourceError, match="bara andra möten"):
        taken_over(KNOWN, reading([*entries()[:1], *others()], date(2018, 1, 8)))


def test_a_calendar_that_knows_one_of_what_is_to_come_is_believed() -> None:
    after = taken_over(KNOWN, reading([*entries()[1:2], *others()]))
    assert [each.fallen for each in after] == [False, False, True, True, *[False] * 4]
    called_off = [entry(day, f"m{n}", cancelled=True) for n, day in enumerate(DAYS)]
    after = taken_over(KNOWN, reading([*called_off, *others()]))
    assert [each.fallen for each in after][1:] == [True, True, True, *[False] * 4]


def test_the_only_meeting_to_come_may_become_another() -> None:
    known = KNOWN[:2]
    after = taken_over(known, reading(others(1)))
    assert [each.fallen for each in after] == [False, True, False]


def test_nothing_is_expected_of_a_calendar_that_the_plan_names_instead() -> None:
    after = taken_over(KNOWN, replace(reading(others()), other=True))
    assert [each.fallen for each in after][1:] == [True, True, True, *[False] * 4]


def turned(turn: int) -> list[Entry]:
    """A full calendar that has but one meeting in common with that of any other turn."""
    day = date(2018, 3, 1) + timedelta(days=30 * turn)
    changing = [entry(day, f"{turn}-{number}", str(turn)) for number in range(499)]
    return [entry(date(2020, 5, 4), "same", "same"), *changing]


def test_a_calendar_that_is_forever_another_is_not_believed() -> None:
    once = taken_over((), reading(turned(0)))
    twice = taken_over(once, reading(turned(1)))
    assert len(twice) == MOST_KEPT - 1
    with pytest.raises(SourceError, match="för ofta"):
        taken_over(twice, reading(turned(2)))


def test_what_has_been_leaves_room_for_what_is_to_come() -> None:
    known: tuple[Meeting, ...] = ()
    for year in (2018, 2019, 2020):
        days = [date(year, 1, 1) + timedelta(days=each) for each in range(360)] * 2
        found = [entry(day, f"{year}-{number}") for number, day in enumerate(days)]
        known = taken_over(known, replace(reading(found, date(year, 1, 1)), today=date(year, 1, 1)))
    assert len(known) > MOST_KEPT


def test_what_has_become_of_the_meetings_is_counted() -> None:
    later = [*entries()[:1], entry(date(2018, 2, 13), "m1"), *entries()[3:], *others(2)]
    after = taken_over(KNOWN, reading(later))
    assert difference(KNOWN, after) == Difference(new=2, moved=1, fallen=1, back=0)
    again = taken_over(after, reading([*entries(), *others(2)]))
    assert difference(after, again) == Difference(new=0, moved=1, fallen=0, back=1)
    assert difference(again, again) == Difference(0, 0, 0, 0)
