"""After an outage the threads and reactions of open reminders are read once."""

import pytest
from slack_sdk.web import WebClient

from bot.chat.slack.catching_up import MOST_AT_ONCE, CatchingUp
from bot.chat.slack.people import People
from bot.chat.slack.reception import Reception
from bot.chat.slack.talk import Talk
from bot.chat.slack.transport import SlackTransport
from bot.domain.answer import AnswerKind
from bot.domain.message import Ask
from tests.chat.slack.plans import NEED, SLOT, WEEKLY, Office
from tests.chat.slack.room import CHANNEL, Room
from tests.standins.slack import faults, payloads
from tests.standins.slack.workspace import Payload

DONE = AnswerKind.DONE


@pytest.fixture
def catching_up(office: Office, client: WebClient) -> CatchingUp:
    desk = office.desk
    quiet = Reception(desk, client, People(client), quiet=True)
    return CatchingUp(desk, client, Talk(quiet), SlackTransport(client).conversation)


def say(room: Room, ts: str, text: str, user: str = "UANNA") -> Payload:
    """Let somebody write in a thread without Slack telling us."""
    workspace = room.slack.workspace
    said = payloads.message_event(CHANNEL, text, user, ts=workspace.stamp(), thread_ts=ts)
    workspace.add(CHANNEL, said)
    return said


def react(room: Room, ts: str, emoji: str, *users: str) -> None:
    """Let people react without Slack telling us."""
    message = room.slack.workspace.message(CHANNEL, ts)
    assert message is not None
    message.setdefault("reactions", []).append({"name": emoji, "users": list(users)})


def catch_up(catching_up: CatchingUp) -> None:
    catching_up.begin()
    while catching_up.step():
        pass


def test_what_was_said_and_shown_meanwhile_is_taken(room: Room, catching_up: CatchingUp) -> None:
    say(room, room.show(WEEKLY), "inställt pga sjukdom")
    react(room, room.show(NEED), "white_check_mark", "UBO")
    catch_up(catching_up)
    assert {(each.occurrence, each.kind) for each in room.stored} == {
        (WEEKLY, AnswerKind.CANCELLED),
        (NEED, DONE),
    }


def test_what_was_heard_already_is_the_same_answer(room: Room, catching_up: CatchingUp) -> None:
    ts = room.show(WEEKLY)
    said = say(room, ts, "kvitterar")
    room.events.event(room.slack.event(said))
    react(room, ts, "eyes", "UBO")
    room.react(ts, "eyes", "UBO")
    before = list(room.stored)
    catch_up(catching_up)
    assert room.stored == before


def test_an_emoji_that_was_taken_away_stays_so(room: Room, catching_up: CatchingUp) -> None:
    ts = room.show(WEEKLY)
    room.react(ts, "white_check_mark")
    room.take_away(ts, "white_check_mark")
    catch_up(catching_up)
    assert [each.kind for each in room.stored] == [DONE, AnswerKind.TAKEN_BACK]


def test_nobody_is_asked_or_told_anything_again(room: Room, catching_up: CatchingUp) -> None:
    ts = room.show(WEEKLY)
    say(room, ts, "inställt")
    react(room, ts, "x", "UANNA")
    catch_up(catching_up)
    assert (room.stored, room.told) == ([], [])


def test_what_is_settled_is_not_read(room: Room, catching_up: CatchingUp) -> None:
    room.show(WEEKLY)
    room.settle(WEEKLY)
    catch_up(catching_up)
    assert room.slack.workspace.called("conversations.replies") == []


def test_a_reply_that_was_removed_meanwhile_takes_its_answer_back(
    room: Room, catching_up: CatchingUp
) -> None:
    ts = room.show(WEEKLY)
    said = say(room, ts, "klart")
    room.events.event(room.slack.event(said))
    room.slack.workspace.messages[CHANNEL].remove(said)
    catch_up(catching_up)
    assert [each.kind for each in room.stored] == [DONE, AnswerKind.TAKEN_BACK]


def test_a_reply_that_was_edited_meanwhile_says_what_it_says_now(
    room: Room, catching_up: CatchingUp
) -> None:
    ts = room.show(WEEKLY)
    said = say(room, ts, "klart")
    room.events.event(room.slack.event(dict(said)))
    said |= {"text": "delvis: bara en", "edited": {"user": "UANNA", "ts": "1900000000.000001"}}
    catch_up(catching_up)
    catch_up(catching_up)
    kinds = [each.kind for each in room.stored]
    assert kinds == [DONE, AnswerKind.TAKEN_BACK, AnswerKind.PARTLY_DONE]


def test_an_emoji_that_was_taken_away_meanwhile_takes_its_answer_back(
    room: Room, catching_up: CatchingUp
) -> None:
    ts = room.show(WEEKLY)
    room.react(ts, "white_check_mark")
    react(room, ts, "white_check_mark", "UBO")
    catch_up(catching_up)
    assert [(each.kind, each.by) for each in room.stored] == [
        (DONE, "Anna Andersson"),
        (AnswerKind.TAKEN_BACK, "Anna Andersson"),
        (DONE, "Bo Berg"),
    ]


def test_an_emoji_of_many_whose_givers_slack_does_not_name_all_stays(
    room: Room, catching_up: CatchingUp
) -> None:
    ts = room.show(WEEKLY)
    room.react(ts, "white_check_mark")
    message = room.slack.workspace.message(CHANNEL, ts)
    assert message is not None
    message["reactions"] = [{"name": "white_check_mark", "users": ["UBO"], "count": 60}]
    catch_up(catching_up)
    assert [each.kind for each in room.stored] == [DONE]


def test_an_answer_from_elsewhere_is_left_alone(room: Room, catching_up: CatchingUp) -> None:
    room.show(WEEKLY)
    room.press(room.show(WEEKLY), Ask.ACKNOWLEDGE)
    catch_up(catching_up)
    assert [each.kind for each in room.stored] == [AnswerKind.ACKNOWLEDGED]


def test_what_cannot_be_read_now_is_read_later(room: Room, catching_up: CatchingUp) -> None:
    say(room, room.show(WEEKLY), "klart")
    room.slack.workspace.fail_next("conversations.replies", faults.rate_limited(1))
    catching_up.begin()
    assert catching_up.step() == 0
    assert room.stored == []
    assert catching_up.step() == 1
    assert [each.kind for each in room.stored] == [DONE]


def test_a_few_are_read_at_a_time(room: Room, catching_up: CatchingUp) -> None:
    for _ in range(MOST_AT_ONCE + 2):
        room.show(SLOT)
    catching_up.begin()
    assert [catching_up.step() for _ in range(3)] == [MOST_AT_ONCE, 2, 0]
