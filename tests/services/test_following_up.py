from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.counting import CountPerPeriod
from bot.domain.pace import Pace
from bot.domain.periods import PeriodUnit
from bot.domain.recurrence import Outcome
from bot.services.following_up import FollowUp, StatusRow, follow_up, status
from tests.builders import (
    QUARTERLY,
    TWICE_PER_DISTRICT,
    WHEN_NEEDED,
    make_agenda,
    make_answer,
    make_commitment,
    utc,
)

AGENDA = make_agenda(
    make_commitment(),
    make_commitment(QUARTERLY, "plats"),
    make_commitment(TWICE_PER_DISTRICT, "dialog"),
    make_commitment(WHEN_NEEDED, "insats"),
)
QUARTERS = [f"gavle/plats/2018-Q{n}" for n in (1, 2, 3, 4)]


def standings(*answers: Answer) -> Mapping[str, Standing]:
    said: dict[str, tuple[Answer, ...]] = {}
    for number, each in enumerate(answers, start=1):
        said[each.occurrence] = (*said.get(each.occurrence, ()), replace(each, id=number))
    return {name: Standing(each) for name, each in said.items()}


def row(
    as_of: datetime, *answers: Answer, commitment: str = "plats", area: str | None = None
) -> StatusRow:
    rows = status(AGENDA, standings(*answers), as_of=as_of)
    return next(
        each
        for each in rows
        if each.commitment.id == commitment
        and each.period.name == "2018"
        and (each.area.id if each.area else None) == area
    )


def report(as_of: datetime, *answers: Answer) -> FollowUp:
    return follow_up(AGENDA, standings(*answers), as_of=as_of)


FIRST_OF_MARCH = utc(2018, 3, 1)


def done(*names: str, at: datetime = FIRST_OF_MARCH) -> list[Answer]:
    return [make_answer(name, AnswerKind.DONE, at, note="") for name in names]


def test_a_quarterly_promise_counts_four_a_year() -> None:
    found = row(utc(2018, 3, 2), *done(QUARTERS[0]))
    assert (found.promised, found.done, found.remaining) == (4, 1, 3)
    assert found.last_sensible_date == date(2018, 6, 29)


def test_dialogues_are_counted_in_each_area() -> None:
    name = "gavle/dialog/2018/satra/1"
    found = row(utc(2018, 3, 2), *done(name), commitment="dialog", area="satra")
    other = row(utc(2018, 3, 2), *done(name), commitment="dialog", area="brynas")
    assert [(found.promised, found.done), (other.promised, other.done)] == [(2, 1), (2, 0)]


def cancelled(name: str) -> Answer:
    return make_answer(name, AnswerKind.CANCELLED, utc(2018, 1, 20))


def partly(name: str) -> Answer:
    return make_answer(name, AnswerKind.PARTLY_DONE, utc(2018, 3, 1))


@pytest.mark.parametrize(
    ("as_of", "answers", "pace"),
    [
        (utc(2018, 1, 15), [], Pace.ON_TRACK),
        (utc(2018, 3, 10), [], Pace.AT_RISK),
        (utc(2018, 4, 3), [], Pace.AT_RISK),
        (utc(2018, 4, 3), done(QUARTERS[0]), Pace.ON_TRACK),
        (utc(2018, 4, 3), [partly(QUARTERS[0])], Pace.AT_RISK),
        (utc(2018, 2, 1), [cancelled(QUARTERS[0])], Pace.OFF_TRACK),
        (utc(2019, 1, 2), done(*QUARTERS[:3]), Pace.OFF_TRACK),
        (utc(2019, 1, 2), done(*QUARTERS), Pace.ON_TRACK),
    ],
)
def test_the_pace_follows_its_written_rule(
    as_of: datetime, answers: list[Answer], pace: Pace
) -> None:
    found = row(as_of, *answers)
    assert found.pace is pace
    assert found.why


def test_a_need_is_never_late_and_each_effort_counts() -> None:
    name = "gavle/insats/2018-Q1"
    efforts = [
        make_answer(name, AnswerKind.DONE, utc(2018, 2, 1), day=date(2018, 1, day))
        for day in (5, 12)
    ]
    found = row(utc(2020, 1, 1), *efforts, commitment="insats")
    assert (found.promised, found.done, found.pace) == (0, 2, Pace.ON_TRACK)


def test_a_booked_slot_is_booked_until_it_is_held() -> None:
    booked = make_answer(QUARTERS[0], AnswerKind.BOOKED, utc(2018, 2, 1), day=date(2018, 3, 14))
    assert row(utc(2018, 2, 2), booked).booked == 1
    held = done(QUARTERS[0], at=utc(2018, 3, 15))
    assert row(utc(2018, 3, 16), booked, *held).booked == 0


def test_what_was_said_later_does_not_count_yet() -> None:
    later = done(QUARTERS[0], at=utc(2018, 3, 1))
    assert row(utc(2018, 2, 28), *later).done == 0


def test_the_follow_up_in_november_says_what_is_still_open() -> None:
    found = report(utc(2020, 11, 15, 22))
    assert {"gavle/uppfoljning/2020-11", "gavle/plats/2020-Q4"} <= {o.id for o in found.ahead}
    assert all(each.due < date(2020, 11, 15) for each in found.open)
    assert len(found.open) + len(found.ahead) == sum(
        len(AGENDA.by_commitment[name]) for name in ("lagesbild", "plats", "dialog", "uppfoljning")
    )


def test_changes_are_told_with_their_reasons() -> None:
    moved = make_answer(
        "gavle/lagesbild/2018-W03", AnswerKind.POSTPONED, utc(2018, 1, 15), day=date(2018, 1, 30),
        note="Sjukdom i gruppen",
    )  # fmt: skip
    changes = report(utc(2020, 11, 1), moved).changes
    told = {(each.occurrence.id, each.what): each.why for each in changes}
    assert told["gavle/lagesbild/2018-W03", "postponed"] == "Sjukdom i gruppen"
    assert told["gavle/lagesbild/2020-W01", "flyttat från 31 december 2019"] == "nyårsafton"


def test_each_move_is_told_with_the_day_that_it_was_moved_from() -> None:
    name = "gavle/lagesbild/2018-W03"
    moves = [
        make_answer(name, AnswerKind.POSTPONED, utc(2018, 1, day), day=date(2018, 1, to), note="x")
        for day, to in ((15, 18), (17, 25))
    ]
    told = [each.occurrence.day for each in report(utc(2020, 11, 1), *moves).changes if each.answer]
    assert told == [date(2018, 1, 16), date(2018, 1, 18)]


def test_what_is_postponed_into_the_next_year_can_still_be_held() -> None:
    name = "gavle/lagesbild/2018-W51"
    moved = make_answer(name, AnswerKind.POSTPONED, utc(2018, 12, 17), day=date(2019, 1, 8))
    others = done(*[o.id for o in AGENDA.by_commitment["lagesbild"] if "/2018-W" in o.id][:-1])
    assert row(utc(2019, 1, 7), *others, moved, commitment="lagesbild").pace is Pace.ON_TRACK
    assert row(utc(2019, 1, 9), *others, moved, commitment="lagesbild").pace is Pace.OFF_TRACK


def test_a_count_takes_no_day_outside_its_period() -> None:
    late = make_answer(QUARTERS[3], AnswerKind.DONE, utc(2019, 1, 15), day=date(2019, 1, 15))
    found = row(utc(2019, 1, 16), *done(*QUARTERS[:3]), late)
    assert (found.done, found.pace) == (3, Pace.OFF_TRACK)


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([], "Återkommer efter behov: 1 period saknar svar."),
        (
            [make_answer("gavle/insats/2018-Q1", AnswerKind.NO_NEED, utc(2018, 3, 29))],
            "Återkommer efter behov: 1 period utan behov.",
        ),
    ],
)
def test_a_need_says_what_was_answered(answers: list[Answer], why: str) -> None:
    assert row(utc(2018, 4, 2), *answers, commitment="insats").why == why


def test_what_lacks_an_answer_is_not_called_cancelled() -> None:
    found = row(utc(2019, 1, 2), cancelled(QUARTERS[0]))
    assert found.why == ("1 är inställd. 3 bokades aldrig, och sista lämpliga dag har passerat.")


def test_a_move_in_the_future_is_not_told_yet() -> None:
    assert report(utc(2018, 3, 1)).changes == ()


def test_too_few_working_days_for_what_is_left_is_said_on_the_day_it_becomes_true() -> None:
    weekly = replace(make_commitment(CountPerPeriod(5, PeriodUnit.WEEK), "runda"), hours=None)
    agenda = make_agenda(weekly)
    monday, tuesday = utc(2018, 1, 8), utc(2018, 1, 9)
    first = {"gavle/runda/2018-W02/1": Standing(tuple(done("gavle/runda/2018-W02/1", at=monday)))}

    def pace(as_of: datetime, said: Mapping[str, Standing]) -> tuple[Pace, str]:
        rows = status(agenda, said, as_of=as_of)
        found = next(each for each in rows if each.period.name == "2018-W02")
        return found.pace, found.why

    assert pace(monday, {})[0] is Pace.AT_RISK
    assert pace(tuesday, {}) == (
        Pace.OFF_TRACK,
        "5 återstår, men bara 4 arbetsdagar t.o.m. 14 januari 2018.",
    )
    assert pace(tuesday, first)[0] is Pace.AT_RISK


def test_what_is_welcome_is_counted_when_held_and_never_missed() -> None:
    visits = CountPerPeriod(2, PeriodUnit.YEAR, maximum=3)
    agenda = make_agenda(replace(make_commitment(visits, "besok"), hours=None))
    names = [each.id for each in agenda.by_commitment["besok"]][:3]
    late = utc(2019, 1, 10)

    def found(*held: str) -> StatusRow:
        said = standings(*done(*held))
        return next(r for r in status(agenda, said, as_of=late) if r.period.name == "2018")

    assert (found().promised, found(*names[:2]).pace) == (2, Pace.ON_TRACK)
    assert found(*names).done == 3
    assert found(names[2]).waiting != ()
    left_open = follow_up(agenda, standings(*done(*names[:2])), as_of=late).open
    assert not [each for each in left_open if each.optional]


EIGHT = make_agenda(make_commitment(Outcome(8, PeriodUnit.HALF_YEAR), "omraden"))
HALVES = [each.id for each in EIGHT.by_commitment["omraden"]]


@pytest.mark.parametrize(
    ("as_of", "numbers", "pace", "why"),
    [
        (utc(2018, 6, 30), [], Pace.ON_TRACK, "0 av 8 hittills."),
        (utc(2018, 7, 1), [1], Pace.AT_RISK, "1 av 8 hittills. I jämn takt vore det nu minst 2."),
        (utc(2018, 7, 1), [2], Pace.ON_TRACK, "2 av 8 hittills."),
        (utc(2020, 1, 1), [2, 3, 3], Pace.ON_TRACK, "8 av 8 har nåtts."),
        (utc(2021, 1, 1), [2, 3, 2], Pace.OFF_TRACK, "7 av 8 hittills."),
    ],
)
def test_a_number_to_be_reached_is_held_against_an_even_pace(
    as_of: datetime, numbers: list[int], pace: Pace, why: str
) -> None:
    answers = [
        replace(make_answer(name, AnswerKind.DONE, utc(2018, 6, 20), note=""), number=number)
        for name, number in zip(HALVES, numbers, strict=False)
    ]
    found = next(
        each
        for each in status(EIGHT, standings(*answers), as_of=as_of)
        if each.commitment.id == "omraden"
    )
    assert (found.promised, found.done) == (8, sum(numbers))
    assert (found.pace, found.why) == (pace, why)
