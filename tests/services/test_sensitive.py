"""What is sensitive: only its month is told, until it is over."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.message import Message
from bot.services import composing, retelling
from bot.services.composing import Sending, message
from bot.services.planning import applied
from tests.builders import TWICE_PER_DISTRICT, make_agenda, make_answer, make_commitment, utc

AGENDA = make_agenda(
    replace(make_commitment(), sensitive=True),
    replace(make_commitment(TWICE_PER_DISTRICT, "dialog"), sensitive=True),
)
MEETING = "gavle/lagesbild/2018-W03"
DIALOG = "gavle/dialog/2018/satra/1"
BOOKED = make_answer(DIALOG, AnswerKind.BOOKED, utc(2018, 2, 1), day=date(2018, 3, 14))
DONE = make_answer(DIALOG, AnswerKind.DONE, utc(2018, 3, 1), day=date(2018, 3, 1))
SECRETS = ("16", "14", "9.00", "Sätra", "2018-03", "tisdag", "onsdag", "orsaken")


def told(step: str, at: datetime, *said: Answer, name: str = DIALOG) -> Message:
    standing = Standing(tuple(replace(each, id=n) for n, each in enumerate(said, start=1)))
    found = AGENDA.find(name, standing)
    return message(AGENDA.plan, found, standing, Sending("key", step, at, at), None)


@pytest.mark.parametrize("step", ["book-45", "ahead-5", "day", "notice-1", "cannot-1", "snoozed"])
@pytest.mark.parametrize("name", [MEETING, DIALOG])
def test_before_it_has_been_a_message_tells_only_the_month(step: str, name: str) -> None:
    cannot = make_answer(DIALOG, AnswerKind.CANNOT, utc(2018, 2, 2))
    said = (BOOKED, cannot) if name == DIALOG else ()
    shown = told(step, utc(2018, 1, 10), *said, name=name)
    text = "\n".join([shown.text, *shown.history])
    month = "mars 2018" if said else "januari 2018"
    assert f"När: {month}" in text
    assert not [each for each in SECRETS if each in text.replace("10 januari 2018 kl. 13.00", "")]
    assert (shown.calendar, shown.areas) == ("", ())


def test_once_its_day_has_passed_all_is_told() -> None:
    shown = told("ask", utc(2018, 3, 15), BOOKED)
    assert "När: onsdag 14 mars 2018" in shown.lines
    assert "Sätra" in shown.title
    assert "till" not in shown.history[0]
    assert "14 mars 2018" in shown.history[0]
    assert shown.calendar


def test_with_an_outcome_all_is_told_before_its_day_too() -> None:
    shown = told("ahead-5", utc(2018, 3, 2), BOOKED, DONE)
    assert shown.title.endswith("Sätra")
    assert composing.when(AGENDA.find(DIALOG, Standing((BOOKED, DONE)))).startswith("onsdag 14")


@pytest.mark.parametrize("kind", [AnswerKind.CANCELLED, AnswerKind.NO_NEED])
@pytest.mark.parametrize("at", [utc(2018, 3, 2), utc(2018, 3, 15), utc(2018, 7, 1)])
def test_what_was_not_held_is_never_told_in_full(kind: AnswerKind, at: datetime) -> None:
    off = make_answer(DIALOG, kind, utc(2018, 3, 1))
    shown = told("notice-2", at, BOOKED, off)
    text = "\n".join([shown.text, *shown.history])
    assert "När: mars 2018" in text
    assert not [each for each in SECRETS if each in text.replace("1 mars 2018 kl. 13.00", "")]
    assert (shown.calendar, shown.areas) == ("", ())


def test_what_never_got_a_day_is_not_told_in_full_when_its_window_has_passed() -> None:
    shown = told("nag-1", utc(2018, 7, 15))
    assert "När: juni 2018" in shown.lines
    assert "Sätra" not in shown.text


def test_what_was_booked_again_after_its_outcome_is_coarse_again() -> None:
    again = replace(BOOKED, at=utc(2018, 4, 1), day=date(2018, 5, 2))
    found = applied(AGENDA.by_id[DIALOG], Standing((BOOKED, DONE, again)))
    assert (composing.when(found), composing.name(found)) == ("maj 2018", "Gemensam lägesbild")


def test_an_answer_to_it_is_retold_without_facts_and_note() -> None:
    assert (
        retelling.answered(AGENDA.plan, BOOKED, veiled=True)
        == "Bokad – Anna, 1 februari 2018 kl. 13.00"
    )
