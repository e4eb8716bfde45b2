from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.periods import Window
from bot.domain.workdays import FreeDayRule, WorkCalendar, is_bridge

ALWAYS = Window(date(2000, 1, 1), date(2050, 12, 31))
PLAIN = WorkCalendar()
DAYS = some.dates(date(2016, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2018, 5, 1), "första maj"),
        (date(2018, 12, 25), "juldagen"),
        (date(2019, 1, 1), "nyårsdagen"),
        (date(2019, 12, 31), "nyårsafton"),
        (date(2018, 6, 22), "midsommarafton"),
        (date(2018, 12, 24), "julafton"),
        (date(2018, 5, 10), "Kristi himmelsfärdsdag"),
        (date(2018, 3, 31), "påskafton"),
        (date(2018, 4, 7), "lördag"),
        (date(2018, 1, 2), ""),
    ],
)
def test_red_days_eves_and_weekends_are_free(day: date, reason: str) -> None:
    assert PLAIN.free_reason(day) == reason


def test_the_summer_pause_comes_back_every_year() -> None:
    work = WorkCalendar(Window(date(2000, 7, 2), date(2000, 8, 10)))
    assert work.free_reason(date(2018, 7, 3)) == "sommaruppehåll"
    assert work.next_working(date(2019, 7, 2)) == date(2019, 8, 12)


@given(DAYS, some.sampled_from([FreeDayRule.NEXT, FreeDayRule.PREVIOUS, FreeDayRule.NEAREST]))
def test_what_is_moved_lands_on_a_working_day_and_says_why(day: date, rule: FreeDayRule) -> None:
    placed = PLAIN.place(day, rule, ALWAYS)
    assert placed
    assert PLAIN.is_working(placed.day)
    assert (placed.moved_from == day and placed.reason != "") == (placed.day != day)


def test_each_rule_does_what_its_name_says() -> None:
    new_year = date(2019, 1, 1)
    places = {rule: PLAIN.place(new_year, rule, ALWAYS) for rule in FreeDayRule}
    days = {rule: placed.day if placed else None for rule, placed in places.items()}
    assert days == {
        FreeDayRule.KEEP: new_year,
        FreeDayRule.SKIP: None,
        FreeDayRule.NEXT: date(2019, 1, 2),
        FreeDayRule.PREVIOUS: date(2018, 12, 28),
        FreeDayRule.NEAREST: date(2019, 1, 2),
    }


def test_a_move_never_leaves_the_plan() -> None:
    within = Window(date(2018, 1, 1), date(2018, 12, 31))
    placed = PLAIN.place(date(2018, 12, 31), FreeDayRule.NEXT, within)
    assert placed
    assert placed.day == date(2018, 12, 28)


@given(DAYS)
def test_the_nearest_working_day_is_no_further_away_than_any_other(day: date) -> None:
    placed = PLAIN.place(day, FreeDayRule.NEAREST, ALWAYS)
    assert placed
    ways = (PLAIN.next_working(day), PLAIN.previous_working(day))
    assert abs(placed.day - day) == min(abs(way - day) for way in ways)
    if abs(ways[0] - day) == abs(ways[1] - day):
        assert placed.day == ways[0]


@pytest.mark.parametrize(
    ("day", "bridge"),
    [
        (date(2018, 4, 30), True),
        (date(2018, 5, 11), True),
        (date(2019, 12, 27), True),
        (date(2026, 1, 2), True),
        (date(2026, 5, 15), True),
        (date(2028, 5, 26), True),
        (date(2018, 5, 2), False),
        (date(2018, 5, 1), False),
        (date(2018, 5, 12), False),
    ],
)
def test_a_single_weekday_between_two_free_days_is_a_bridge_day(day: date, bridge: bool) -> None:
    assert is_bridge(day) is bridge
    assert (WorkCalendar(bridge_days=True).free_reason(day) == "klämdag") is bridge
    assert PLAIN.free_reason(day) != "klämdag"


@given(DAYS, some.integers(0, 30))
def test_working_days_are_counted_backwards_too(day: date, count: int) -> None:
    start = PLAIN.next_working(day)
    assert PLAIN.add_working(PLAIN.add_working(start, count), -count) == start


@given(DAYS, some.integers(0, 30))
def test_adding_working_days_counts_only_those(day: date, count: int) -> None:
    later = PLAIN.add_working(day, count)
    between = [day + timedelta(days=n) for n in range(1, (later - day).days + 1)]
    assert sum(map(PLAIN.is_working, between)) == count
