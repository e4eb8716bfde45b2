"""Thread replies, check marks and the command; and the same event twice."""

from typing import Any

import pytest

from bot.domain.answer import AnswerKind
from bot.domain.errors import DatabaseError
from bot.domain.message import Ask
from tests.chat.slack.plans import LATER, NEED, WEEKLY
from tests.chat.slack.room import CHANNEL, Room
from tests.standins.slack import payloads
from tests.standins.slack.workspace import BOT, BOT_USER


@pytest.mark.parametrize(
    "text",
    [
        "klart",
        "Klart!",
        " KLART. ",
        "klar",
        "genomförd",
        "Genomfört!!",
        "done",
        "Done.",
    ],
)
def test_a_plain_word_in_the_thread_says_done(room: Room, text: str) -> None:
    room.reply(room.show(WEEKLY), text)

    (answer,) = room.stored
    assert (answer.kind, answer.occurrence) == (AnswerKind.DONE, WEEKLY)
    assert answer.source.startswith(f"slack:reply:{CHANNEL}:")


@pytest.mark.parametrize(
    "text",
    [
        "inte klar",
        "klar?",
        "> klart",
        "&gt; klart",
        "klart i morgon",
        "snart klart",
        "Genomförd?",
        "klart?!",
        "",
        "!",
        "~klart~",
    ],
)
def test_anything_else_in_the_thread_says_nothing(room: Room, text: str) -> None:
    assert room.reply(room.show(WEEKLY), text).status == 200
    assert room.stored == []
    assert room.told == []


@pytest.mark.parametrize(
    "change",
    [
        {"bot_id": BOT, "user": BOT_USER},
        {"subtype": "channel_topic"},
        {"thread_ts": None},
        {"thread_ts": "1.000001"},
    ],
)
def test_what_bots_say_and_what_is_edited_or_elsewhere_does_not_count(
    room: Room, change: dict[str, Any]
) -> None:
    payload = room.slack.replied(CHANNEL, room.show(WEEKLY), "klart", "UANNA")
    payload["event"].update(change)

    assert room.events.event(payload).status == 200
    assert room.stored == []


@pytest.mark.parametrize(
    ("emoji", "counts"),
    [("white_check_mark", 1), ("heavy_check_mark", 1), ("tada", 0), ("x", 0)],
)
def test_a_check_mark_on_our_message_says_done(room: Room, emoji: str, counts: int) -> None:
    ts = room.show(WEEKLY)

    assert room.react(ts, emoji).status == 200
    assert room.react("1.000001", emoji).status == 200

    assert [each.kind for each in room.stored] == [AnswerKind.DONE] * counts


def test_the_same_event_twice_is_one_answer_and_no_fuss(room: Room) -> None:
    ts = room.show(WEEKLY)
    reply = room.slack.replied(CHANNEL, ts, "klart", "UANNA")
    reaction = room.slack.reacted(CHANNEL, room.show(NEED), "white_check_mark", "UANNA")
    pressed = room.slack.pressed(CHANNEL, room.show(LATER), "loftesbot.acknowledge", "UANNA")

    for _ in range(2):
        room.events.event(reply)
        room.events.event(reaction)
        room.events.interaction(pressed)

    assert [each.occurrence for each in room.stored] == [WEEKLY, NEED, LATER]
    assert room.told == []


def test_who_says_what_was_already_said_is_told_so(room: Room) -> None:
    ts = room.show(WEEKLY)
    room.react(ts, "white_check_mark", "UANNA")
    room.reply(ts, "klart", "UBO")

    assert len(room.stored) == 1
    (told,) = room.told
    assert told.startswith("Redan noterat: Lägesbild, onsdag 14 mars 2018")
    (ephemeral,) = room.slack.workspace.ephemerals
    assert (ephemeral["user"], ephemeral["thread_ts"]) == ("UBO", ts)


def test_a_reply_or_check_mark_on_something_settled_gets_a_polite_word(room: Room) -> None:
    ts = room.show(WEEKLY)
    room.settle(WEEKLY)

    room.reply(ts, "klart")
    room.react(ts, "white_check_mark", "UBO")

    assert len(room.stored) == 1
    assert len(room.told) == 2
    assert all("Tillfället är redan besvarat" in each for each in room.told)


@pytest.mark.parametrize("way", ["reply", "reaction", "button"])
def test_what_cannot_be_stored_is_not_acknowledged(
    room: Room, way: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def decide(*_: object) -> None:
        raise DatabaseError("Databasen är låst.")

    ts = room.show(WEEKLY)
    monkeypatch.setattr(room.office.answers, "decide", decide)
    deliveries = {
        "reply": lambda: room.reply(ts, "klart"),
        "reaction": lambda: room.react(ts, "white_check_mark"),
        "button": lambda: room.press(ts, Ask.ACKNOWLEDGE),
    }

    assert deliveries[way]().status == 500
    said = [each.getMessage() for each in caplog.records]
    assert said == ["Ett svar i Slack kunde inte tas emot. Databasen är låst."]
    assert "Traceback" not in caplog.text


def test_texts_from_plans_and_people_reach_one_person_as_plain_text(room: Room) -> None:
    ts = room.show(WEEKLY)
    room.slack.workspace.add_user("UEVIL", "<!channel> *x*")
    room.react(ts, "white_check_mark", "UEVIL")
    room.reply(ts, "klart", "UBO")

    (ephemeral,) = room.slack.workspace.ephemerals
    assert ephemeral["blocks"][0]["text"]["type"] == "plain_text"
    assert "<!channel>" not in ephemeral["text"]


def test_events_that_nobody_asked_for_are_acknowledged(room: Room) -> None:
    event = {"type": "channel_rename", "channel": {"id": CHANNEL}, "event_ts": "1.000001"}

    assert room.events.event(payloads.event_callback(event, "Ev1")).status == 200
