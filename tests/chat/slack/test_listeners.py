"""Buttons and forms: each becomes one answer, or a polite word to one person."""

from dataclasses import replace
from datetime import date, time

import pytest

from bot.domain.answer import AnswerKind, Form
from bot.domain.message import Ask
from bot.services.planning import Agenda
from tests.chat.slack.plans import DIALOGUE, LATER, NEED, NOW, SLOT, UNKNOWN, WEEKLY
from tests.chat.slack.room import Room, Values
from tests.standins.slack import faults

POSTPONED = AnswerKind.POSTPONED


@pytest.mark.parametrize(
    ("occurrence", "ask", "kind", "day"),
    [
        (WEEKLY, Ask.ACKNOWLEDGE, AnswerKind.ACKNOWLEDGED, None),
        (WEEKLY, Ask.SNOOZE, AnswerKind.SNOOZED, date(2018, 3, 15)),
        (NEED, Ask.NO_NEED, AnswerKind.NO_NEED, None),
    ],
)
def test_a_plain_button_answers_at_once_under_the_persons_display_name(
    room: Room, occurrence: str, ask: Ask, kind: AnswerKind, day: date | None
) -> None:
    answered = room.press(room.show(occurrence), ask)

    assert answered.status == 200
    (answer,) = room.stored
    assert (answer.occurrence, answer.kind, answer.by) == (occurrence, kind, "Anna Andersson")
    assert (answer.at, answer.day) == (NOW, day)
    assert answer.source.startswith("slack:action:")
    assert room.told == []
    assert room.slack.workspace.called("chat.update") == []


def test_a_name_that_slack_does_not_give_is_taken_from_the_event(room: Room) -> None:
    ts = room.show(WEEKLY)
    room.press(ts, Ask.ACKNOWLEDGE, user="UGUEST")
    room.slack.workspace.fail_next("users.info", faults.HTML)
    room.reply(ts, "klart", user="UANNA")

    assert [each.by for each in room.stored] == ["uguest", "UANNA"]


def test_a_name_is_asked_for_once(room: Room) -> None:
    ts = room.show(WEEKLY)
    for _ in range(3):
        room.press(ts, Ask.ACKNOWLEDGE)

    assert len(room.slack.workspace.called("users.info")) == 1


FILLED_IN: Values = {
    "utfall": {"type": "radio_buttons", "selected_option": {"value": "partly_done"}},
    "datum": {"type": "datepicker", "selected_date": "2018-03-12"},
    "form": {"type": "static_select", "selected_option": {"value": "digital"}},
    "omrade": {"type": "static_select", "selected_option": {"value": "satra"}},
    "antal": {"type": "number_input", "value": "12"},
    "anteckning": {"type": "plain_text_input", "value": "Halva gruppen kom."},
}


def test_done_opens_a_form_and_what_is_filled_in_is_the_answer(room: Room) -> None:
    assert room.press(room.show(DIALOGUE), Ask.DONE).status == 200
    assert room.stored == []

    answered = room.fill_in(FILLED_IN)

    assert (answered.status, answered.body) == (200, b"")
    (answer,) = room.stored
    assert (answer.occurrence, answer.kind) == (DIALOGUE, AnswerKind.PARTLY_DONE)
    assert (answer.day, answer.form, answer.area) == (date(2018, 3, 12), Form.DIGITAL, "satra")
    assert (answer.number, answer.note) == (12, "Halva gruppen kom.")
    assert answer.source.startswith("slack:view:V")


def test_a_form_left_as_it_is_means_done_today(room: Room) -> None:
    room.press(room.show(DIALOGUE), Ask.DONE)
    empty: Values = {
        "utfall": {"type": "radio_buttons", "selected_option": {"value": "done"}},
        "datum": {"type": "datepicker", "selected_date": None},
        "form": {"type": "static_select", "selected_option": None},
        "anteckning": {"type": "plain_text_input", "value": None},
    }

    room.fill_in(empty)

    (answer,) = room.stored
    assert (answer.kind, answer.day) == (AnswerKind.DONE, date(2018, 3, 14))


def test_cannot_asks_for_a_reason_and_a_stand_in(room: Room) -> None:
    room.press(room.show(WEEKLY), Ask.CANNOT)

    room.fill_in({"anteckning": {"value": "Sjukdom"}, "ersattare": {"value": "Bo Berg"}})

    (answer,) = room.stored
    assert (answer.kind, answer.note) == (AnswerKind.CANNOT, "Sjukdom")
    assert answer.stand_in == "Bo Berg"


def test_booking_asks_for_a_day_and_perhaps_a_time(room: Room) -> None:
    room.press(room.show(SLOT), Ask.BOOK)

    room.fill_in(
        {
            "datum": {"selected_date": "2018-03-20"},
            "start": {"selected_time": "13:00"},
            "slut": {"selected_time": "14:30"},
        }
    )

    (answer,) = room.stored
    assert (answer.kind, answer.day) == (AnswerKind.BOOKED, date(2018, 3, 20))
    assert (answer.start, answer.end) == (time(13), time(14, 30))


@pytest.mark.parametrize(
    ("ask", "values", "field", "words"),
    [
        (
            Ask.CANNOT,
            {"anteckning": {"value": "Ring 19811218-9876"}},
            "anteckning",
            "ett personnummer",
        ),
        (Ask.BOOK, {"datum": {"selected_date": "2019-06-01"}}, "datum", "ligger inte i perioden"),
        (
            Ask.DONE,
            {"utfall": {"selected_option": {"value": "cancelled"}}},
            "anteckning",
            "behöver en orsak",
        ),
        (
            Ask.DONE,
            {"utfall": {"selected_option": {"value": "done"}}, "antal": {"value": "många"}},
            "anteckning",
            "inte går att läsa",
        ),
    ],
)
def test_a_refusal_is_shown_in_the_form_and_nothing_is_stored(
    room: Room, ask: Ask, values: Values, field: str, words: str
) -> None:
    room.press(room.show(SLOT), ask)

    answered = room.fill_in(values)

    assert answered.payload["response_action"] == "errors"
    assert words in answered.payload["errors"][field]
    assert room.stored == []


def test_a_form_handed_in_twice_is_one_answer(room: Room) -> None:
    room.press(room.show(WEEKLY), Ask.CANNOT)
    for _ in range(2):
        room.fill_in({"anteckning": {"value": "Sjukdom"}})

    assert len(room.stored) == 1


@pytest.mark.parametrize("ask", [Ask.ACKNOWLEDGE, Ask.SNOOZE, Ask.DONE, Ask.CANNOT])
def test_a_button_under_something_settled_gets_a_polite_word(room: Room, ask: Ask) -> None:
    ts = room.show(WEEKLY)
    room.settle(WEEKLY)

    assert room.press(ts, ask).status == 200

    assert len(room.stored) == 1
    (told,) = room.told
    assert "Tillfället är redan besvarat" in told
    assert "Eva Ek" in told
    assert room.slack.workspace.views == []


def test_a_need_takes_another_effort_though_it_was_answered(room: Room) -> None:
    ts = room.show(NEED)
    room.settle(NEED)

    room.press(ts, Ask.DONE)

    assert len(room.slack.workspace.views) == 1


@pytest.mark.parametrize("ask", [Ask.ACKNOWLEDGE, Ask.DONE, Ask.CANNOT])
def test_an_occurrence_that_no_plan_holds_gets_a_polite_word(room: Room, ask: Ask) -> None:
    assert room.press(room.show(UNKNOWN), ask).status == 200

    (told,) = room.told
    assert told.startswith("Det finns inget tillfälle")
    assert room.stored == []


def test_a_form_that_does_not_open_is_said(room: Room) -> None:
    room.slack.workspace.fail_next("views.open", faults.error("expired_trigger_id"))

    room.press(room.show(WEEKLY), Ask.DONE)

    assert room.told == ["Formuläret gick inte att öppna. Tryck på knappen igen."]


def test_a_word_that_does_not_get_through_does_not_undo_the_answer(room: Room) -> None:
    ts = room.show(WEEKLY)
    room.settle(WEEKLY)
    room.slack.workspace.fail_next("chat.postEphemeral", faults.RESET)

    assert room.press(ts, Ask.ACKNOWLEDGE).status == 200


def test_a_day_can_be_put_off_with_a_reason_from_the_menu(room: Room) -> None:
    assert room.press(room.show(WEEKLY), Ask.POSTPONE).status == 200
    when = {"datum": {"selected_date": "2018-03-16"}}
    hours = {"start": {"selected_time": "13:00"}, "slut": {"selected_time": "14:30"}}
    reason = {"anteckning": {"value": "Halka"}}
    assert room.fill_in({**when, **reason}).body == b""
    assert room.press(room.show(LATER), Ask.POSTPONE).status == 200
    late = {"datum": {"selected_date": "2018-03-01"}, **hours, **reason}
    assert "har redan varit" in room.fill_in(late).payload["errors"]["datum"]
    assert room.fill_in({"datum": {"selected_date": "2018-03-22"}, **hours, **reason}).body == b""
    first, second = room.stored
    assert (first.kind, first.day, first.note) == (POSTPONED, date(2018, 3, 16), "Halka")
    assert (second.start, second.end) == (time(13), time(14, 30))


def test_what_is_chosen_from_the_menu_is_an_answer_at_once_where_the_button_is(room: Room) -> None:
    room.press(room.show(SLOT), Ask.SNOOZE)
    assert [each.kind for each in room.stored] == [AnswerKind.SNOOZED]


def test_a_button_of_an_older_plan_gets_a_polite_word(room: Room) -> None:
    room.press(room.show(UNKNOWN), Ask.POSTPONE)
    assert room.slack.workspace.views == []
    assert len(room.told) == 1


@pytest.mark.parametrize(
    ("note", "said"),
    [("x" * 10_000, "högst 2000"), ("mötte 811228-9874", "personnummer")],
)
def test_a_note_that_cannot_be_kept_is_refused_in_the_form_with_why(
    room: Room, note: str, said: str
) -> None:
    room.press(room.show(WEEKLY), Ask.CANNOT)
    errors = room.fill_in({"anteckning": {"value": note}}).payload["errors"]
    assert said in errors["anteckning"]
    assert room.stored == []


def test_a_plan_that_changes_under_an_open_form_says_so_and_keeps_what_was_filled_in(
    room: Room,
) -> None:
    room.press(room.show(SLOT), Ask.BOOK)
    plan = room.office.agendas["gavle"].plan
    (row,) = plan.activities
    fewer = replace(row, commitments=tuple(c for c in row.commitments if c.id == "lagesbild"))
    room.office.agendas["gavle"] = Agenda(replace(plan, activities=(fewer,)))
    answered = room.fill_in({"datum": {"selected_date": "2018-03-20"}})
    assert answered.payload["response_action"] == "errors"
    assert SLOT in str(answered.payload["errors"])
    assert room.stored == []
