from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.errors import AnswerRefusedError, SensitiveTextError, UnknownOccurrenceError
from bot.domain.periods import PeriodUnit
from bot.domain.recurrence import Outcome
from bot.services.answering import Given, give, take_back
from bot.services.reminding import schedule
from bot.storage.answers import SqlAnswers
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
MEETING = "gavle/lagesbild/2018-W03"
SLOT = "gavle/plats/2018-Q1"
NEED = "gavle/insats/2018-Q1"
DIALOGUE = "gavle/dialog/2018/satra/1"
NOW = utc(2018, 1, 17)

Say = Callable[..., Given]


@pytest.fixture
def say(answers: SqlAnswers) -> Say:
    def said(answer: Answer, *, correct: bool = False) -> Given:
        return give(AGENDA, answers, replace(answer, at=NOW), now=NOW, correct=correct)

    return said


def test_kvittera_is_not_done(say: Say, answers: SqlAnswers) -> None:
    say(make_answer(MEETING, AnswerKind.ACKNOWLEDGED))
    assert answers.standing(MEETING).outcome is None


def test_the_same_answer_twice_is_one(say: Say, answers: SqlAnswers) -> None:
    first = say(make_answer(MEETING, AnswerKind.DONE))
    second = say(make_answer(MEETING, AnswerKind.DONE, by="Bertil"))
    assert (first.repeated, second.repeated) == (False, True)
    assert len(answers.standing(MEETING).answers) == 1


def test_the_same_event_twice_is_one_answer_whatever_it_says(say: Say, answers: SqlAnswers) -> None:
    event = replace(make_answer(MEETING, AnswerKind.ACKNOWLEDGED), source="slack:Ev1")
    say(event)
    assert say(replace(event, kind=AnswerKind.DONE)).repeated
    assert [each.kind for each in answers.standing(MEETING).answers] == [AnswerKind.ACKNOWLEDGED]


def test_each_person_can_acknowledge(say: Say, answers: SqlAnswers) -> None:
    for name in ("Anna", "Bertil", "Anna"):
        say(make_answer(MEETING, AnswerKind.ACKNOWLEDGED, by=name))
    assert [each.by for each in answers.standing(MEETING).answers] == ["Anna", "Bertil"]


def test_a_settled_occurrence_takes_no_other_answer(say: Say, answers: SqlAnswers) -> None:
    say(make_answer(MEETING, AnswerKind.DONE))
    for kind in (AnswerKind.ACKNOWLEDGED, AnswerKind.CANCELLED, AnswerKind.SNOOZED):
        with pytest.raises(AnswerRefusedError, match=r"redan besvarat: genomförd \(Anna"):
            say(make_answer(MEETING, kind))
    assert len(answers.standing(MEETING).answers) == 1


def test_a_correction_is_added_and_the_newest_wins(say: Say, answers: SqlAnswers) -> None:
    say(make_answer(MEETING, AnswerKind.DONE))
    say(make_answer(MEETING, AnswerKind.CANCELLED), correct=True)
    again = say(make_answer(MEETING, AnswerKind.DONE), correct=True)
    assert not again.repeated
    outcome = answers.standing(MEETING).outcome
    assert outcome
    assert outcome.kind is AnswerKind.DONE
    assert len(answers.standing(MEETING).answers) == 3


def test_a_need_takes_one_answer_for_each_effort(say: Say, answers: SqlAnswers) -> None:
    for day in (date(2018, 1, 5), date(2018, 1, 12), date(2018, 1, 12)):
        say(make_answer(NEED, AnswerKind.DONE, day=day))
    assert [each.day for each in answers.standing(NEED).efforts] == [
        date(2018, 1, 5),
        date(2018, 1, 12),
    ]


def test_a_booking_gives_the_slot_its_day(say: Say) -> None:
    booked = replace(
        make_answer(SLOT, AnswerKind.BOOKED, day=date(2018, 3, 14)), start=time(13), end=time(15)
    )
    found = say(booked).occurrence
    assert (found.day, found.hours and found.hours.start) == (date(2018, 3, 14), time(13))


def test_what_is_left_out_gets_its_usual_value(say: Say) -> None:
    assert say(make_answer(MEETING, AnswerKind.DONE)).answer.day == date(2018, 1, 16)
    assert say(make_answer(SLOT, AnswerKind.SNOOZED)).answer.day == date(2018, 1, 18)
    assert say(make_answer(DIALOGUE, AnswerKind.ACKNOWLEDGED)).answer.area == "satra"


def refusal(kind: AnswerKind, occurrence: str = MEETING, **facts: object) -> Answer:
    return replace(make_answer(occurrence, kind), **facts)  # type: ignore[arg-type]  # a table


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (refusal(AnswerKind.CANCELLED, note=" "), "behöver en orsak"),
        (refusal(AnswerKind.CANNOT, note=""), "behöver en orsak"),
        (refusal(AnswerKind.POSTPONED), "Ange datum"),
        (refusal(AnswerKind.POSTPONED, day=date(2021, 1, 5)), "ligger inte i perioden"),
        (refusal(AnswerKind.POSTPONED, day=date(2018, 1, 16)), "har redan varit"),
        (refusal(AnswerKind.BOOKED, day=date(2018, 3, 1)), "har redan ett datum"),
        (refusal(AnswerKind.BOOKED, SLOT, day=date(2019, 3, 1)), "ligger inte i perioden 2018"),
        (
            refusal(AnswerKind.BOOKED, SLOT, day=date(2018, 3, 1), start=time(9)),
            "både start- och sluttid",
        ),
        (refusal(AnswerKind.BOOKED, NEED, day=date(2018, 3, 1)), "har redan ett datum|ingen tid"),
        (refusal(AnswerKind.DONE, day=date(2018, 1, 18)), "ligger i framtiden"),
        (refusal(AnswerKind.DONE, day=date(2017, 12, 18)), "utanför planens tid"),
        (refusal(AnswerKind.NO_NEED), "gäller bara åtaganden som återkommer efter behov"),
        (refusal(AnswerKind.SNOOZED, day=date(2018, 1, 17)), "Välj en dag efter i dag"),
        (refusal(AnswerKind.SNOOZED, day=date(2019, 1, 17)), "Välj en dag efter i dag"),
        (refusal(AnswerKind.DONE, area="Malmö"), "hör inte till tillfället. Välj: Sätra"),
        (refusal(AnswerKind.DONE, DIALOGUE, area="brynas"), "Välj: Sätra."),
        (refusal(AnswerKind.DONE, number=-1), "Antalet ska vara"),
        (refusal(AnswerKind.DONE, note="x" * 2001), "2001 tecken"),
        (refusal(AnswerKind.DONE, by=" "), "Ange vem som svarar"),
        (refusal(AnswerKind.DONE, by="811228-9874"), "ett personnummer"),
        (refusal(AnswerKind.DONE, by="a\x1b[31m"), "styrtecken"),
        (refusal(AnswerKind.DONE, note="\udcff"), "styrtecken"),
        (refusal(AnswerKind.CANNOT, stand_in="x" * 81), "vem som ersätter"),
    ],
)
def test_a_bad_answer_says_what_would_be_right_and_changes_nothing(
    say: Say, answers: SqlAnswers, answer: Answer, says: str
) -> None:
    with pytest.raises(AnswerRefusedError, match=says):
        say(answer)
    assert answers.standing(answer.occurrence).answers == ()


def test_personal_data_in_a_note_is_refused_and_not_kept(say: Say, tmp_path: Path) -> None:
    with pytest.raises(SensitiveTextError):
        say(make_answer(MEETING, AnswerKind.DONE, note="mötte 811228-9874"))
    kept = b"".join(each.read_bytes() for each in tmp_path.glob("*.db*"))
    assert b"811228" not in kept


def test_of_a_number_to_be_reached_the_number_is_asked_for(answers: SqlAnswers) -> None:
    agenda = make_agenda(make_commitment(Outcome(8, PeriodUnit.YEAR), "omraden"))
    said = make_answer("gavle/omraden/2018", AnswerKind.DONE, NOW)
    with pytest.raises(AnswerRefusedError, match="antalet som har tillkommit"):
        give(agenda, answers, said, now=NOW)
    assert give(agenda, answers, replace(said, number=3), now=NOW).answer.number == 3


def test_an_unknown_occurrence_is_refused(say: Say) -> None:
    with pytest.raises(UnknownOccurrenceError):
        say(make_answer("gavle/lagesbild/1999-W01", AnswerKind.DONE))


def test_only_what_changes_an_outcome_can_correct_it(say: Say) -> None:
    say(make_answer(MEETING, AnswerKind.DONE))
    with pytest.raises(AnswerRefusedError, match="Rätta ett svar"):
        say(make_answer(MEETING, AnswerKind.ACKNOWLEDGED), correct=True)


def test_a_corrected_effort_no_longer_counts(say: Say, answers: SqlAnswers) -> None:
    for day in (date(2018, 1, 5), date(2018, 1, 12)):
        say(make_answer(NEED, AnswerKind.DONE, day=day))
    say(make_answer(NEED, AnswerKind.DONE, day=date(2018, 1, 11)), correct=True)
    assert [each.day and each.day.day for each in answers.standing(NEED).efforts] == [5, 11]


def test_a_meeting_that_was_postponed_is_not_booked_without_a_reason(say: Say) -> None:
    say(make_answer(MEETING, AnswerKind.POSTPONED, day=date(2018, 1, 30)))
    with pytest.raises(AnswerRefusedError, match="har redan ett datum"):
        say(make_answer(MEETING, AnswerKind.BOOKED, day=date(2018, 2, 28), note=""))


def test_after_the_period_a_person_has_to_say_which_day_it_was(answers: SqlAnswers) -> None:
    done = make_answer(SLOT, AnswerKind.DONE, utc(2019, 1, 15))
    with pytest.raises(AnswerRefusedError, match="Perioden 2018 är slut"):
        give(AGENDA, answers, done, now=utc(2019, 1, 15))


def test_kvittera_can_be_said_again_another_day(answers: SqlAnswers) -> None:
    for day in (17, 17, 24):
        seen = make_answer(MEETING, AnswerKind.ACKNOWLEDGED, utc(2018, 1, day))
        give(AGENDA, answers, seen, now=seen.at)
    assert len(answers.standing(MEETING).answers) == 2


def test_an_answer_is_taken_back_as_long_as_nothing_was_said_since(
    say: Say, answers: SqlAnswers
) -> None:
    done = say(make_answer(MEETING, AnswerKind.DONE)).answer
    back = replace(done, at=NOW, source="back", note="")
    take_back(AGENDA, answers, done, back)
    standing = answers.standing(MEETING)
    assert standing.outcome is None
    assert [each.kind for each in standing.answers] == [AnswerKind.DONE, AnswerKind.TAKEN_BACK]
    assert say(make_answer(MEETING, AnswerKind.DONE, by="Bo")).repeated is False


def test_what_was_said_before_others_spoke_or_that_set_a_day_stays(
    say: Say, answers: SqlAnswers
) -> None:
    seen = say(make_answer(MEETING, AnswerKind.ACKNOWLEDGED)).answer
    done = say(make_answer(MEETING, AnswerKind.DONE, by="Bo")).answer
    booked = say(make_answer(SLOT, AnswerKind.BOOKED, day=date(2018, 3, 14))).answer
    for given in (seen, booked):
        with pytest.raises(AnswerRefusedError, match="står kvar"):
            take_back(AGENDA, answers, given, replace(given, source="back"))
    assert answers.standing(MEETING).outcome == done


def test_the_reminders_of_what_was_taken_back_come_again(say: Say, answers: SqlAnswers) -> None:
    before = schedule(AGENDA.plan, AGENDA.find(MEETING), Standing())
    done = say(make_answer(MEETING, AnswerKind.DONE)).answer
    assert schedule(AGENDA.plan, AGENDA.find(MEETING), answers.standing(MEETING)) == []
    take_back(AGENDA, answers, done, replace(done, source="back"))
    assert schedule(AGENDA.plan, AGENDA.find(MEETING), answers.standing(MEETING)) == before


def test_nobody_answers_under_the_name_of_the_plan(say: Say) -> None:
    with pytest.raises(AnswerRefusedError, match="skriv en roll"):
        say(make_answer(MEETING, AnswerKind.DONE, by=" Planen "))


def test_the_newest_word_on_who_comes_counts_until_there_is_a_new_day(
    say: Say, answers: SqlAnswers
) -> None:
    coming, absent = AnswerKind.ATTENDING, AnswerKind.ABSENT
    for kind, by in ((coming, "Anna"), (absent, "Anna"), (coming, "Anna"), (absent, "Bo")):
        assert not say(make_answer(MEETING, kind, by=by, note="")).repeated
    assert say(make_answer(MEETING, absent, by="Bo", note="")).repeated
    said = [(each.by, each.kind) for each in answers.standing(MEETING).attendance(None)]
    assert said == [("Anna", coming), ("Bo", absent)]
    say(make_answer(MEETING, AnswerKind.POSTPONED, day=date(2018, 1, 30)))
    assert answers.standing(MEETING).attendance(None) == ()


def test_nobody_says_whether_they_come_to_what_has_no_day(say: Say) -> None:
    with pytest.raises(AnswerRefusedError, match="inget datum än"):
        say(make_answer(SLOT, AnswerKind.ATTENDING))
