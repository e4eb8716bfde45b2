"""A count that can no longer be met is said so on the day on which that becomes true."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.answer import THE_PLAN, Answer, AnswerKind, Standing
from bot.domain.counting import CountPerPeriod
from bot.domain.errors import AnswerRefusedError
from bot.domain.periods import PeriodUnit, Window
from bot.domain.recurrence import Cadence
from bot.services.answering import give
from bot.services.composing import Sending, message
from bot.services.planning import Agenda
from bot.services.reach import lost, tell
from bot.services.rehearsing import Line, rehearsal, replayed
from bot.services.reminding import scheduled
from bot.storage.answers import SqlAnswers
from tests.builders import make_answer, make_commitment, make_plan, utc

THREE_A_YEAR = CountPerPeriod(3, PeriodUnit.YEAR)
LAST = "gavle/dialog/2018/3"
# 2018 ends with two working days: the 27th and the 28th of December.
ONE_LEFT, TWO_LEFT = utc(2018, 12, 28, 8), utc(2018, 12, 27, 8)


def agenda_of(cadence: Cadence, first: date = date(2018, 1, 1)) -> Agenda:
    dialogue = make_commitment(cadence, "dialog")
    return Agenda(make_plan(dialogue, period=Window(first, date(2020, 12, 31))))


def held(number: int, day: date = date(2018, 3, 1)) -> Answer:
    name = f"gavle/dialog/2018/{number}"
    return make_answer(name, AnswerKind.DONE, utc(2018, 3, 1), day=day)


def standings(*answers: Answer) -> dict[str, Standing]:
    return {each.occurrence: Standing((each,)) for each in answers}


def days_said(agenda: Agenda, *answers: Answer) -> list[date]:
    found, _ = replayed(agenda, [Line(n, each) for n, each in enumerate(answers)])
    said = (a for each in found.values() for a in each.answers if a.by == THE_PLAN)
    return [each.at.date() for each in said]


def test_it_is_said_on_the_first_day_with_fewer_days_left_than_promised() -> None:
    agenda = agenda_of(THREE_A_YEAR)
    assert days_said(agenda)[0] == date(2018, 12, 27)
    assert days_said(agenda, held(1))[0] == date(2018, 12, 28)


def test_it_says_how_much_is_left_of_what() -> None:
    (found,) = lost(agenda_of(THREE_A_YEAR), standings(held(1)), now=ONE_LEFT)
    assert found.occurrence == LAST
    assert found.note == "2 återstår, men bara en arbetsdag t.o.m. 31 december 2018."


@pytest.mark.parametrize(
    "enough",
    [
        [held(1), held(2)],
        [held(n) for n in (1, 2, 3)],
        [held(1), make_answer("gavle/dialog/2018/2", AnswerKind.BOOKED, day=date(2018, 12, 31))],
    ],
)
def test_as_long_as_it_can_be_met_nothing_is_said(enough: list[Answer]) -> None:
    assert list(lost(agenda_of(THREE_A_YEAR), standings(*enough), now=ONE_LEFT)) == []


def test_only_the_weekdays_that_count_are_counted() -> None:
    fridays = CountPerPeriod(1, PeriodUnit.MONTH, weekdays=(4,))
    # The last Friday of March 2018 is Good Friday; after the 23rd there is no other.
    assert days_said(agenda_of(fridays))[:3] == [
        date(2018, 1, 29),
        date(2018, 2, 26),
        date(2018, 3, 26),
    ]


def test_it_is_said_once_whatever_comes_later(answers: SqlAnswers) -> None:
    agenda = agenda_of(THREE_A_YEAR)
    assert tell(agenda, answers, {}, now=TWO_LEFT) == 1
    assert tell(agenda, answers, {}, now=TWO_LEFT) == 0
    give(agenda, answers, held(3), now=ONE_LEFT)
    assert tell(agenda, answers, answers.standings("gavle"), now=ONE_LEFT) == 0


def test_the_responsible_and_the_coordinator_are_told_that_day() -> None:
    agenda = agenda_of(THREE_A_YEAR)
    found, _ = replayed(agenda, [])
    (said,) = (each for each in found[LAST].answers)
    steps = [x for x in scheduled(agenda, LAST, found) if x.day == said.at.date()]
    (step,) = steps
    assert (step.step, step.roles) == ("lost-1", ("kommunpolis", "samordnare"))
    assert step.at == utc(2018, 12, 27, 6, 30)
    sending = Sending("key", step.step, step.at, step.at)
    shown = message(agenda.plan, agenda.find(LAST), found[LAST], sending, None)
    assert shown.title == "Antalet kan inte längre nås: Gemensam lägesbild"
    assert shown.lines[1].startswith("3 återstår, men bara 2 arbetsdagar")


def test_on_the_day_itself_there_is_one_message_and_not_two() -> None:
    agenda = agenda_of(CountPerPeriod(2, PeriodUnit.YEAR))
    found, _ = replayed(agenda, [])
    sent = [x for x in rehearsal(agenda, found) if x.at.date() == date(2018, 12, 28)]
    assert [x.reminder.step for x in sent] == ["lost-1"]


def test_the_rehearsal_shows_it() -> None:
    agenda = agenda_of(THREE_A_YEAR)
    sent = rehearsal(agenda, replayed(agenda, [])[0])
    assert [x.reminder.occurrence.id for x in sent if x.reminder.step.startswith("lost")] == [
        f"gavle/dialog/{year}/3" for year in (2018, 2019, 2020)
    ]


def test_nobody_else_can_say_it(answers: SqlAnswers) -> None:
    said = make_answer(LAST, AnswerKind.OUT_OF_REACH, TWO_LEFT)
    with pytest.raises(AnswerRefusedError, match="inget svar som någon ger"):
        give(agenda_of(THREE_A_YEAR), answers, said, now=TWO_LEFT)


@given(
    minimum=some.integers(1, 6),
    per=some.sampled_from([PeriodUnit.MONTH, PeriodUnit.QUARTER, PeriodUnit.YEAR]),
    done=some.sets(some.integers(1, 6)),
)
def test_before_the_tight_days_there_are_enough_and_on_them_it_depends(
    minimum: int, per: PeriodUnit, done: set[int]
) -> None:
    agenda = agenda_of(CountPerPeriod(minimum, per))
    for count in agenda.counts[:4]:
        window = count.period.window
        working = list(agenda.plan.work.working(window))
        kept = [each for n, each in enumerate(count.slots, start=1) if n not in done]
        said = standings(
            *(
                make_answer(each.id, AnswerKind.DONE, utc(2018, 1, 2), day=window.first)
                for each in count.slots
                if each not in kept
            )
        )
        for day in working:
            now = utc(day.year, day.month, day.day, 8)
            mine = [x for x in lost(agenda, said, now=now) if x.occurrence in {k.id for k in kept}]
            assert bool(mine) == (sum(each >= day for each in working) < len(kept))
