from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from bot.domain.answer import AnswerKind, Standing
from bot.domain.periods import Window
from bot.domain.rhythms import Interval, IntervalUnit
from bot.services.comparing import Comparison, compare
from bot.services.planning import Agenda
from tests.builders import (
    FORTNIGHTLY,
    QUARTERLY,
    THREE_YEARS,
    make_agenda,
    make_answer,
    make_commitment,
    make_plan,
)

OLD = make_agenda(make_commitment(), make_commitment(QUARTERLY, "plats"))
MEETING = "gavle/lagesbild/2018-W03"


def against(new: Agenda, **answers: Standing) -> Comparison:
    return compare(OLD, new, answers)


def test_a_plan_is_the_same_as_itself() -> None:
    again = make_agenda(make_commitment(), make_commitment(QUARTERLY, "plats"))
    found = against(again)
    assert found.same
    assert (found.added, found.moved, found.removed) == ((), (), ())


def test_what_only_one_version_asks_for_is_added_or_removed() -> None:
    found = against(make_agenda(make_commitment(), make_commitment(QUARTERLY, "ny")))
    assert {each.commitment.id for each in found.added} == {"ny"}
    assert {each.commitment.id for each in found.removed} == {"plats"}
    assert ([c.id for c in found.begun], [c.id for c in found.ended]) == (["ny"], ["plats"])


def test_another_weekday_moves_each_meeting_and_keeps_its_id() -> None:
    thursdays = Interval(2, IntervalUnit.WEEK, FORTNIGHTLY.anchor + timedelta(days=2))
    meeting = make_commitment(thursdays)
    found = against(make_agenda(meeting, make_commitment(QUARTERLY, "plats")))
    assert not found.added
    assert found.moved[1].before.day == date(2018, 1, 16)
    assert found.moved[1].after.day == date(2018, 1, 18)


def test_what_was_answered_and_is_touched_is_named_with_its_answer() -> None:
    done = make_answer(MEETING, AnswerKind.DONE, day=date(2018, 1, 16), note="")
    kept = make_answer("gavle/plats/2018-Q1", AnswerKind.DONE, day=date(2018, 1, 16), note="")
    said = {each.occurrence: Standing((each,)) for each in (done, kept)}
    found = compare(OLD, make_agenda(make_commitment(QUARTERLY, "plats")), said)
    assert dict(found.answered) == {MEETING: done}


def test_other_words_or_people_are_told_field_by_field() -> None:
    other = replace(make_commitment(), title="Lägesbild", responsible=("samordnare",))
    found = against(make_agenda(other, make_commitment(QUARTERLY, "plats")))
    assert [each.what for each in found.reworded] == [("title", "responsible")]
    assert not found.same
    assert not found.moved


@given(some.integers(1, 400))
def test_an_extension_only_adds(days: int) -> None:
    longer = Window(THREE_YEARS.first, THREE_YEARS.last + timedelta(days=days))
    new = Agenda(make_plan(make_commitment(), period=longer))
    found = compare(Agenda(make_plan(make_commitment())), new, {})
    assert not found.removed
    assert found.periods == (THREE_YEARS, longer)
    # What a working day later would have left the plan had gone the other way.
    assert all(each.before.moved_from for each in found.moved)
    assert all(each.due > THREE_YEARS.last for each in found.added)
