"""Which rules of recurrence are followed, and that each of those comes back."""

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as some

from bot.sources.rules import is_followed, turns_once_a_year, without_clock

LONGEST_REST = timedelta(days=366 * 60)
LAST_START = date(2030, 12, 31)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3;COUNT=40",
        "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=MO",
        "FREQ=WEEKLY;UNTIL=20261231T225959Z;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=2TU",
        "FREQ=MONTHLY;BYDAY=-1TH;INTERVAL=3",
        "FREQ=MONTHLY;BYDAY=5MO",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=-1;INTERVAL=2",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYMONTH=1,3,5;BYDAY=1WE",
        "FREQ=YEARLY;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=10;BYDAY=-1SU",
        "freq=weekly;byday=tu;",
    ],
)
def test_what_people_repeat_by_is_followed(rule: str) -> None:
    assert is_followed(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=NEVER",
        "BYDAY=MO",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=1440",
        "FREQ=HOURLY;INTERVAL=24",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=DAILY;BYSECOND=1",
        "FREQ=YEARLY;BYYEARDAY=366",
        "FREQ=YEARLY;BYWEEKNO=53",
        "FREQ=YEARLY;BYEASTER=0",
        "FREQ=DAILY;X-RULE=1",
        "FREQ=DAILY;COUNT=5001",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;COUNT=1e3",
        "FREQ=DAILY;COUNT=3;UNTIL=20261231",
        "FREQ=DAILY;UNTIL=20261231,20271231",
        "FREQ=DAILY;UNTIL=20261231:FREQ=SECONDLY",
        "FREQ=DAILY;WKST=MO:FREQ=SECONDLY",
        "FREQ=DAILY;WKST=1MO",
        "FREQ=DAILY;COUNT=\u0663",
        "FREQ=DAILY;INTERVAL=367",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=YEARLY;INTERVAL=11",
        "FREQ=DAILY;INTERVAL=7;BYDAY=WE",
        "FREQ=DAILY;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;INTERVAL=52;BYMONTH=2",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30",
        "FREQ=MONTHLY;INTERVAL=24;BYDAY=5MO",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=MONTHLY;BYDAY=MO,-1FR",
        "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYMONTH=13",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=MONTHLY;BYMONTHDAY=30,31;BYSETPOS=2",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=MONTHLY;BYMONTHDAY=13,13;BYSETPOS=2",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=28,-1;BYSETPOS=2",
        "FREQ=MONTHLY;BYDAY=5TU,-5SA;BYSETPOS=2",
        "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1;BYSETPOS=1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["1"] * 63),
    ],
)
def test_what_may_never_come_back_or_comes_too_often_is_not(rule: str) -> None:
    assert not is_followed(rule)


@pytest.mark.parametrize(
    ("rule", "once"),
    [
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", True),
        ("FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3;UNTIL=20061231T030000Z", True),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=21", True),
        ("FREQ=YEARLY", False),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=SU", False),
        ("FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU", False),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=1SU,2SU", False),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYMONTHDAY=1", False),
        ("FREQ=MONTHLY;BYDAY=-1SU", False),
    ],
)
def test_a_clock_is_turned_by_rules_of_one_day_a_year(rule: str, *, once: bool) -> None:
    assert turns_once_a_year(rule) is once


def test_a_part_that_only_repeats_the_beginning_says_nothing() -> None:
    rule = "FREQ=DAILY;BYSECOND=0;BYMINUTE=30;BYHOUR=9"
    assert without_clock(rule, time(9, 30)) == "FREQ=DAILY"
    assert without_clock(rule, time(9, 31)) == "FREQ=DAILY;BYMINUTE=30"


def _values(values: "some.SearchStrategy[object]") -> "some.SearchStrategy[str]":
    return some.lists(values, min_size=1, max_size=3).map(lambda found: ",".join(map(str, found)))


WEEKDAYS = some.sampled_from(["MO", "TU", "SU", "1MO", "-1FR", "5TU", "53WE", "-5SA"])
PARTS = {
    "INTERVAL": some.integers(1, 24).map(str),
    "BYDAY": _values(WEEKDAYS),
    "BYMONTH": _values(some.integers(1, 12)),
    "BYMONTHDAY": _values(some.integers(-31, 31).filter(bool)),
    "BYSETPOS": _values(some.integers(-6, 6).filter(bool)),
}
RULES = some.tuples(
    some.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    some.fixed_dictionaries({}, optional=PARTS),
).map(lambda made: ";".join([f"FREQ={made[0]}", *(f"{k}={v}" for k, v in made[1].items())]))


@given(RULES.filter(is_followed), some.dates(date(1970, 1, 1), LAST_START))
def test_what_is_followed_comes_back_before_long(rule: str, day: date) -> None:
    begins = datetime.combine(day, time())
    found = rrulestr(rule, dtstart=begins).xafter(begins, count=3)
    last = begins
    for each in found:
        assert each - last < LONGEST_REST
        last = each
    assert last > begins
