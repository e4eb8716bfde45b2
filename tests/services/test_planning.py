from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.answer import AnswerKind, Standing
from bot.domain.counting import CountPerPeriod
from bot.domain.deadlines import Deadline
from bot.domain.errors import UnknownOccurrenceError
from bot.domain.periods import PeriodUnit, Window
from bot.domain.recurrence import (
    Cadence,
    Continuous,
    Following,
    Kind,
    Offset,
    OffsetUnit,
    OnDemand,
    Outcome,
    Relative,
)
from bot.domain.rhythms import Dates, Interval, IntervalUnit, Parity, Weekdays, WeekParity
from bot.domain.workdays import FreeDayRule
from bot.services.planning import Agenda
from tests.builders import (
    NOVEMBER,
    QUARTERLY,
    STOCKHOLM,
    THREE_YEARS,
    TWICE_PER_DISTRICT,
    WHEN_NEEDED,
    make_agenda,
    make_answer,
    make_commitment,
    make_plan,
    utc,
)

# A term is known only where a plan says when it is.
UNITS = [each for each in PeriodUnit if each not in {PeriodUnit.PLAN, PeriodUnit.TERM}]
DAYS = some.dates(THREE_YEARS.first, THREE_YEARS.last)
WEEKDAYS = some.lists(some.integers(0, 6), min_size=1, unique=True).map(sorted).map(tuple)
SEASONS = some.sampled_from(
    [
        None,
        Window(date(2000, 4, 1), date(2000, 6, 15)),
        Window(date(2000, 11, 15), date(2000, 1, 31)),
    ]
)
OFFSETS = some.builds(Offset, some.integers(1, 99), some.sampled_from(OffsetUnit))
CADENCES: some.SearchStrategy[Cadence] = some.one_of(
    some.builds(
        Interval, some.integers(1, 9), some.sampled_from(IntervalUnit), DAYS, some.integers(0, 9)
    ),
    some.builds(WeekParity, some.sampled_from(Parity), some.integers(0, 6)),
    some.builds(
        Weekdays,
        WEEKDAYS,
        SEASONS,
        some.sampled_from([None, 1, 2, 3, 4, -1]),
        some.just(value=False),
    ),
    some.builds(Dates, some.lists(DAYS, min_size=1, unique=True).map(sorted).map(tuple)),
    some.builds(
        CountPerPeriod,
        some.integers(1, 6),
        some.sampled_from(UNITS),
        some.none(),
        some.sampled_from([None, "stadsdel"]),
        some.sampled_from([None, 7, 8]),
        WEEKDAYS,
    ),
    some.builds(OnDemand, some.sampled_from(UNITS), some.none() | OFFSETS, some.none() | OFFSETS),
    some.builds(Continuous, some.sampled_from(UNITS)),
    some.builds(Outcome, some.integers(1, 9), some.sampled_from(UNITS)),
    some.builds(
        Deadline,
        some.sampled_from([None, 2018, 2019, 2020]),
        some.integers(1, 12),
        half=some.sampled_from([None, 1, 2]),
        by=some.booleans(),
    ),
    some.builds(Deadline, some.none(), week=some.integers(1, 53)),
    some.builds(Deadline, some.none(), some.just(2), some.just(29)),
    some.builds(
        Deadline, some.none(), season=some.sampled_from(["spring", "summer", "autumn", "winter"])
    ),
)


def in_year(cadence: Cadence, year: int) -> list[str]:
    window = Window(date(year, 1, 1), date(year, 12, 31))
    found = make_agenda(make_commitment(cadence)).occurrences(window)
    return [each.id for each in found if each.commitment.id == "lagesbild"]


def test_the_fortnightly_meeting_is_held_26_times_in_2018_at_9_on_the_wall() -> None:
    year = Window(date(2018, 1, 1), date(2018, 12, 31))
    starts = [each.start(STOCKHOLM) for each in make_agenda().occurrences(year)]
    assert len(starts) == 26
    assert {each.astimezone(STOCKHOLM).strftime("%a %H:%M") for each in starts if each} == {
        "Tue 09:00"
    }
    assert {each.hour for each in starts if each} == {7, 8}


@pytest.mark.parametrize(
    ("before", "after", "hours"),
    [("2018-W11", "2018-W13", 23), ("2018-W43", "2018-W45", 25)],
)
def test_a_fortnight_across_a_clock_change_is_an_hour_shorter_or_longer(
    before: str, after: str, hours: int
) -> None:
    agenda = make_agenda()
    first = agenda.find(f"gavle/lagesbild/{before}").start(STOCKHOLM)
    second = agenda.find(f"gavle/lagesbild/{after}").start(STOCKHOLM)
    assert first
    assert second
    assert second - first == timedelta(days=13, hours=hours)


def test_a_free_day_moves_the_occurrence_and_not_its_id() -> None:
    found = make_agenda().find("gavle/lagesbild/2020-W01")
    assert (found.day, found.moved_from) == (date(2020, 1, 2), date(2019, 12, 31))
    assert found.reason == "nyårsafton"


def test_a_true_fortnight_goes_on_through_a_year_of_53_weeks() -> None:
    period = Window(date(2020, 1, 1), date(2021, 12, 31))
    rhythm = Interval(2, IntervalUnit.WEEK, date(2020, 12, 8))
    commitment = replace(make_commitment(rhythm), free_day=FreeDayRule.KEEP)
    agenda = Agenda(make_plan(commitment, period=period))
    weeks = [each.id[-8:] for each in agenda.by_commitment["lagesbild"][:3]]
    assert weeks == ["2020-W50", "2020-W52", "2021-W01"]


@pytest.mark.parametrize(
    ("cadence", "ids"),
    [
        (QUARTERLY, ["2018-Q1", "2018-Q2", "2018-Q3", "2018-Q4"]),
        (
            TWICE_PER_DISTRICT,
            ["2018/brynas/1", "2018/satra/1", "2018/brynas/2", "2018/satra/2"],
        ),
        (WHEN_NEEDED, ["2018-Q1", "2018-Q2", "2018-Q3", "2018-Q4"]),
        (NOVEMBER, []),
    ],
)
def test_ids_name_what_cannot_move(cadence: Cadence, ids: list[str]) -> None:
    assert in_year(cadence, 2018) == [f"gavle/lagesbild/{each}" for each in ids]


def test_the_follow_up_month_is_due_on_its_last_working_day() -> None:
    found = make_agenda().find("gavle/uppfoljning/2020-11")
    assert (found.kind, found.due) == (Kind.DEADLINE, date(2020, 11, 30))
    assert found.window == Window(date(2020, 11, 1), date(2020, 11, 30))


@given(CADENCES, DAYS, DAYS, DAYS)
def test_windows_compose(cadence: Cadence, one: date, two: date, three: date) -> None:
    first, middle, last = sorted([one, two, three])
    agenda = make_agenda(make_commitment(cadence))
    cut = agenda.occurrences(Window(first, middle))
    if middle < last:
        cut = cut + agenda.occurrences(Window(middle + timedelta(days=1), last))
    assert cut == agenda.occurrences(Window(first, last))


@given(CADENCES)
def test_ids_are_unique_and_nothing_lies_outside_the_plan(cadence: Cadence) -> None:
    found = make_agenda(make_commitment(cadence)).by_commitment["lagesbild"]
    assert len({each.id for each in found}) == len(found)
    assert all(each.due in THREE_YEARS for each in found)


@given(CADENCES)
def test_ids_do_not_depend_on_what_else_is_promised(cadence: Cadence) -> None:
    alone = make_agenda(make_commitment(cadence))
    other = make_commitment(QUARTERLY, "annat")
    among = make_agenda(other, make_commitment(cadence))
    assert alone.by_commitment["lagesbild"] == among.by_commitment["lagesbild"]


@given(CADENCES, some.sampled_from(FreeDayRule))
def test_nothing_is_held_on_a_free_day_that_the_rule_avoids(
    cadence: Cadence, rule: FreeDayRule
) -> None:
    plan = make_plan(replace(make_commitment(cadence), free_day=rule))
    dated = [each for each in Agenda(plan).by_commitment["lagesbild"] if each.day]
    # A weekend that the promise itself names is no free day.
    weekends = not isinstance(cadence, Weekdays | Dates)
    if rule is not FreeDayRule.KEEP:
        free = [plan.work.free_reason(o.day, weekends=weekends) for o in dated if o.day]
        assert not any(free)


@given(CADENCES, some.sampled_from([30, 365, 800]))
def test_a_plan_that_is_extended_keeps_every_id_and_its_meaning(
    cadence: Cadence, days: int
) -> None:
    longer = replace(THREE_YEARS, last=THREE_YEARS.last + timedelta(days=days))
    before = Agenda(make_plan(make_commitment(cadence))).by_commitment["lagesbild"]
    after = Agenda(make_plan(make_commitment(cadence), period=longer)).by_id
    # What the old end of the plan had cut off becomes whole; the rest stays as it was.
    end = THREE_YEARS.last - timedelta(days=370)
    whole = [each for each in before if each.counted.name != "plan" and each.window.last < end]
    assert [after[each.id] for each in whole] == whole


@given(CADENCES, some.sampled_from(Following), some.integers(1, 40), some.sampled_from(OffsetUnit))
def test_what_follows_something_has_its_key_and_keeps_its_distance(
    cadence: Cadence, how: Following, number: int, unit: OffsetUnit
) -> None:
    offset = Offset(-number if how is Following.BEFORE else number, unit)
    follower = make_commitment(Relative("lagesbild", how, offset), "foljare")
    kept = replace(follower, free_day=FreeDayRule.KEEP)
    agenda = make_agenda(make_commitment(cadence), kept)
    for each in agenda.by_commitment["foljare"]:
        base = agenda.by_id[each.base]
        assert each.id.removeprefix("gavle/foljare/") == base.id.removeprefix("gavle/lagesbild/")
        wanted = offset.from_day(base.day or base.due, agenda.plan.work)
        assert each.window.last == min(wanted, THREE_YEARS.last)
        assert each.window.first in THREE_YEARS


EIGHTS = (date(2020, 12, 8), date(2021, 1, 31))


@pytest.mark.parametrize(
    ("parity", "days"),
    [
        (Parity.EVEN, [date(2020, 12, 8), date(2020, 12, 22), date(2021, 1, 12)]),
        (Parity.ODD, [date(2020, 12, 15), date(2020, 12, 29), date(2021, 1, 5)]),
    ],
)
def test_even_and_odd_weeks_jump_after_a_year_of_53(parity: Parity, days: list[date]) -> None:
    commitment = replace(make_commitment(WeekParity(parity, 1)), free_day=FreeDayRule.KEEP)
    agenda = Agenda(make_plan(commitment, period=Window(*EIGHTS)))
    assert [each.day for each in agenda.by_commitment["lagesbild"]][:3] == days


@pytest.mark.parametrize("year", [2020, 2026, 2032])
def test_an_odd_week_53_is_followed_by_an_odd_week_1(year: int) -> None:
    period = Window(date(year, 12, 1), date(year + 1, 1, 31))
    odd = replace(make_commitment(WeekParity(Parity.ODD, 2)), free_day=FreeDayRule.KEEP)
    found = [e.id[-8:] for e in Agenda(make_plan(odd, period=period)).by_commitment["lagesbild"]]
    assert found[1:4] == [f"{year}-W51", f"{year}-W53", f"{year + 1}-W01"]


def test_a_week_belongs_to_its_iso_year() -> None:
    mondays = replace(make_commitment(WeekParity(Parity.ODD, 0)), free_day=FreeDayRule.KEEP)
    assert make_agenda(mondays).find("gavle/lagesbild/2019-W01").day == date(2018, 12, 31)


@given(some.integers(1, 4), some.integers(0, 3), some.sampled_from(UNITS))
def test_a_range_asks_for_the_least_and_welcomes_up_to_the_most(
    minimum: int, more: int, per: PeriodUnit
) -> None:
    if per is PeriodUnit.WEEK and minimum > 1:
        return  # the first and the last week of a plan may hold a single day
    cadence = CountPerPeriod(minimum, per, maximum=minimum + more)
    found = make_agenda(make_commitment(cadence)).by_commitment["lagesbild"]
    for name in {each.counted.name for each in found}:
        kinds = [each.optional for each in found if each.counted.name == name]
        assert kinds == [False] * minimum + [True] * more


def test_a_count_on_some_weekdays_is_due_on_the_last_of_them() -> None:
    evenings = CountPerPeriod(1, PeriodUnit.MONTH, weekdays=(4, 5))
    found = make_agenda(make_commitment(evenings)).by_commitment["lagesbild"]
    assert [each.due for each in found[:2]] == [date(2018, 1, 27), date(2018, 2, 24)]


def test_a_week_53_and_a_leap_day_are_asked_for_in_the_years_that_have_them() -> None:
    weeks = make_agenda(make_commitment(Deadline(None, week=53))).by_commitment["lagesbild"]
    days = make_agenda(make_commitment(Deadline(None, 2, 29))).by_commitment["lagesbild"]
    assert [each.id[-8:] for each in weeks] == []
    assert [each.due for each in days] == [date(2020, 2, 29)]


@given(some.integers(1, 12), some.sampled_from(UNITS))
def test_a_count_is_honoured_in_each_area_and_period(minimum: int, per: PeriodUnit) -> None:
    if per is PeriodUnit.WEEK and minimum > 1:
        return  # the first and the last week of a plan may hold a single day
    agenda = make_agenda(make_commitment(CountPerPeriod(minimum, per, area_type="stadsdel")))
    groups: dict[tuple[str, str], int] = {}
    for each in agenda.by_commitment["lagesbild"]:
        assert each.area
        key = (each.area.id, each.counted.name)
        groups[key] = groups.get(key, 0) + 1
    assert set(groups.values()) == {minimum}


def test_a_booked_slot_becomes_a_dated_occurrence_with_the_same_id() -> None:
    agenda = make_agenda(make_commitment(QUARTERLY, "plats"))
    name = "gavle/plats/2018-Q1"
    booked = Standing((make_answer(name, AnswerKind.BOOKED, day=date(2018, 3, 14), note=""),))
    found = agenda.find(name, booked)
    assert (found.kind, found.day, found.revision) == (Kind.OCCURRENCE, date(2018, 3, 14), 1)


def test_an_unknown_id_is_said_to_be_unknown() -> None:
    with pytest.raises(UnknownOccurrenceError, match="2018-W02"):
        make_agenda().find("gavle/lagesbild/2018-W02")


def test_another_zone_has_its_own_wall() -> None:
    plan = replace(make_plan(), zone=ZoneInfo("Europe/Helsinki"))
    start = Agenda(plan).find("gavle/lagesbild/2018-W01").start(plan.zone)
    assert start == utc(2018, 1, 2, 7)
