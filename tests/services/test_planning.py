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
from bot.domain.recurrence import Cadence, Kind, OnDemand
from bot.domain.rhythms import Interval, IntervalUnit
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

UNITS = [each for each in PeriodUnit if each is not PeriodUnit.PLAN]
DAYS = some.dates(THREE_YEARS.first, THREE_YEARS.last)
CADENCES: some.SearchStrategy[Cadence] = some.one_of(
    some.builds(Interval, some.integers(1, 9), some.sampled_from(IntervalUnit), DAYS),
    some.builds(
        CountPerPeriod,
        some.integers(1, 6),
        some.sampled_from(UNITS),
        some.none(),
        some.sampled_from([None, "stadsdel"]),
    ),
    some.builds(OnDemand, some.sampled_from(UNITS)),
    some.builds(Deadline, some.integers(2018, 2020), some.integers(1, 12)),
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
    if rule is not FreeDayRule.KEEP:
        assert all(plan.work.is_working(each.day) for each in dated if each.day)


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
