from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from bot.domain.answer import THE_PLAN, Answer, AnswerKind, Standing
from bot.domain.recurrence import Following, Offset, OffsetUnit, Relative
from bot.domain.workdays import FreeDayRule
from bot.services.answering import give
from bot.services.composing import Sending, message
from bot.services.dependents import follow, owed
from bot.services.planning import Agenda
from bot.storage.answers import SqlAnswers
from tests.builders import make_agenda, make_answer, make_commitment, utc

MEETING = "gavle/lagesbild/2018-W03"
CALL = "gavle/kallelse/2018-W03"
REPORT = "gavle/rapport/2018-W03"
NOW = utc(2018, 1, 10)
WEEK_BEFORE = Relative("lagesbild", Following.BEFORE, Offset(-7, OffsetUnit.DAY))
WITHIN_A_MONTH = Relative("lagesbild", Following.WITHIN, Offset(1, OffsetUnit.MONTH))
DAYS = some.dates(date(2018, 1, 10), date(2018, 3, 30))


def agenda() -> Agenda:
    call = replace(make_commitment(WEEK_BEFORE, "kallelse"), title="Kallelse")
    report = replace(make_commitment(WITHIN_A_MONTH, "rapport"), title="Rapport")
    return make_agenda(make_commitment(), call, report)


AGENDA = agenda()


def said(*answers: Answer) -> dict[str, Standing]:
    found: dict[str, Standing] = {}
    for number, each in enumerate(answers, start=1):
        earlier = found.get(each.occurrence, Standing()).answers
        found[each.occurrence] = Standing((*earlier, replace(each, id=number)))
    return found


def told(*answers: Answer) -> list[tuple[str, AnswerKind, date | None]]:
    return [(a.occurrence, a.kind, a.day) for a in owed(AGENDA, said(*answers), now=NOW)]


def moved(day: date) -> Answer:
    return make_answer(MEETING, AnswerKind.POSTPONED, NOW, day=day)


def test_each_occurrence_is_followed_under_its_own_key() -> None:
    meetings, calls = (AGENDA.by_commitment[each] for each in ("lagesbild", "kallelse"))
    # The first of them would lie before the plan.
    assert [each.base for each in calls] == [each.id for each in meetings[1:]]
    assert AGENDA.by_id[CALL].base == MEETING
    assert AGENDA.by_id[CALL].day == date(2018, 1, 9)
    assert AGENDA.by_id[REPORT].due == date(2018, 2, 16)


def test_as_long_as_nothing_moves_the_plan_says_nothing() -> None:
    assert told() == []


def test_what_follows_a_meeting_moves_with_it() -> None:
    found = told(moved(date(2018, 1, 25)))
    assert found == [
        (CALL, AnswerKind.BOOKED, date(2018, 1, 18)),
        (REPORT, AnswerKind.BOOKED, date(2018, 2, 25)),
    ]


def test_a_deadline_counts_from_the_day_on_which_the_other_was_done() -> None:
    done = make_answer(MEETING, AnswerKind.DONE, utc(2018, 1, 17), day=date(2018, 1, 17))
    assert (REPORT, AnswerKind.BOOKED, date(2018, 2, 17)) in told(done)


def test_what_follows_something_cancelled_is_cancelled_and_comes_back_with_it() -> None:
    cancelled = make_answer(MEETING, AnswerKind.CANCELLED, NOW)
    assert [kind for _, kind, _ in told(cancelled)] == [AnswerKind.CANCELLED] * 2
    fallen = make_answer(CALL, AnswerKind.CANCELLED, NOW, by=THE_PLAN)
    again = told(cancelled, fallen, moved(date(2018, 1, 25)))
    assert (CALL, AnswerKind.BOOKED, date(2018, 1, 18)) in again


def test_a_day_that_a_person_has_chosen_stays() -> None:
    chosen = make_answer(CALL, AnswerKind.POSTPONED, NOW, day=date(2018, 1, 12))
    assert [name for name, _, _ in told(chosen, moved(date(2018, 1, 25)))] == [REPORT]


def test_what_is_done_is_left_alone() -> None:
    done = make_answer(CALL, AnswerKind.DONE, NOW, day=date(2018, 1, 9))
    assert [name for name, _, _ in told(done, moved(date(2018, 1, 25)))] == [REPORT]


def test_a_step_before_that_falls_on_a_free_day_comes_earlier_where_the_plan_says_so() -> None:
    # A week before Tuesday, 8 May lies 1 May, which is a red day.
    earlier = replace(make_commitment(WEEK_BEFORE, "kallelse"), free_day=FreeDayRule.PREVIOUS)
    found = owed(make_agenda(make_commitment(), earlier), said(moved(date(2018, 5, 8))), now=NOW)
    assert [each.day for each in found] == [date(2018, 4, 30)]


@given(some.lists(DAYS, min_size=1, max_size=4))
def test_when_the_plan_has_spoken_it_has_nothing_more_to_say(days: list[date]) -> None:
    answers = [moved(day) for day in days]
    answers += owed(AGENDA, said(*answers), now=NOW)
    assert list(owed(AGENDA, said(*answers), now=NOW)) == []


def test_the_ledger_takes_what_the_plan_says_once(answers: SqlAnswers) -> None:
    give(AGENDA, answers, moved(date(2018, 1, 25)), now=NOW)
    before = answers.standings("gavle")
    assert follow(AGENDA, answers, before, now=NOW) == 2
    assert follow(AGENDA, answers, before, now=NOW) == 0
    assert follow(AGENDA, answers, answers.standings("gavle"), now=NOW) == 0
    call = AGENDA.find(CALL, answers.standing(CALL))
    assert (call.day, call.revision) == (date(2018, 1, 18), 1)


def test_a_person_who_answers_at_that_moment_is_heard(answers: SqlAnswers) -> None:
    give(AGENDA, answers, moved(date(2018, 1, 25)), now=NOW)
    before = answers.standings("gavle")
    give(AGENDA, answers, make_answer(CALL, AnswerKind.DONE, NOW, day=date(2018, 1, 9)), now=NOW)
    follow(AGENDA, answers, before, now=NOW)
    outcome = answers.standing(CALL).outcome
    assert outcome is not None
    assert outcome.kind is AnswerKind.DONE


def test_word_of_the_new_day_says_what_it_follows() -> None:
    said_so = [replace(a, id=9) for a in owed(AGENDA, said(moved(date(2018, 1, 25))), now=NOW)]
    standing = Standing((said_so[0],))
    call = AGENDA.find(CALL, standing)
    sending = Sending("key", "notice-9+1", NOW, NOW)
    found = message(AGENDA.plan, call, standing, sending, AGENDA.find(MEETING))
    assert found.title.startswith("Nytt datum: ")
    assert found.lines[1] == "Hör till: Gemensam lägesbild, tisdag 16 januari 2018 kl. 9.00–10.30"
    assert "Följer ”Gemensam lägesbild”, 25 januari 2018." in found.history[0]
