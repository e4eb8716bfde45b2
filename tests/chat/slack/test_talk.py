"""Replies in a thread, edited and removed; emoji, given and taken away."""

from datetime import date, time

import pytest
from slack_sdk.web import WebClient

from bot.chat.slack.connection import make_app
from bot.chat.slack.intake import Intake
from bot.chat.slack.talk import LISTED
from bot.domain.answer import AnswerKind
from bot.domain.message import Ask
from bot.services.membership import Member, Membership
from tests.chat.slack.http_events import SECRET, HttpEvents
from tests.chat.slack.plans import NEED, SLOT, WEEKLY, Office
from tests.chat.slack.room import CHANNEL, Room, at, one
from tests.standins.slack import payloads
from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.workspace import BOT, Payload

DONE, BACK = AnswerKind.DONE, AnswerKind.TAKEN_BACK


def kinds(room: Room) -> list[AnswerKind]:
    return [each.kind for each in room.stored]


def said(room: Room, ts: str, text: str) -> Payload:
    """Say something in a thread, and return the event that brought it."""
    payload = room.slack.replied(CHANNEL, ts, text, "UANNA")
    assert room.events.event(payload).status == 200
    event: Payload = payload["event"]
    return event


@pytest.mark.parametrize(
    ("emoji", "occurrence", "kind"),
    [
        ("white_check_mark", WEEKLY, DONE),
        ("heavy_check_mark", NEED, DONE),
        ("eyes", WEEKLY, AnswerKind.ACKNOWLEDGED),
        ("alarm_clock", WEEKLY, AnswerKind.SNOOZED),
    ],
)
def test_each_emoji_is_an_answer(room: Room, emoji: str, occurrence: str, kind: AnswerKind) -> None:
    room.react(room.show(occurrence), emoji)
    assert kinds(room) == [kind]


def test_a_cross_is_asked_about_since_it_needs_a_reason(room: Room) -> None:
    room.react(room.show(WEEKLY), "x")
    assert room.stored == []
    assert room.told[0].startswith("Vad betyder ❌ här?")


def test_an_emoji_that_is_taken_away_takes_its_answer_back(room: Room) -> None:
    ts = room.show(WEEKLY)
    room.react(ts, "white_check_mark")
    room.take_away(ts, "white_check_mark")
    assert kinds(room) == [DONE, BACK]
    assert room.office.answers.standing(WEEKLY).outcome is None
    room.react(ts, "white_check_mark")
    assert kinds(room) == [DONE, BACK, DONE]
    room.take_away(ts, "white_check_mark")
    assert room.office.answers.standing(WEEKLY).outcome is None


def test_once_something_else_has_happened_the_answer_stays(room: Room) -> None:
    ts = room.show(WEEKLY)
    room.react(ts, "eyes")
    room.react(ts, "white_check_mark", "UBO")
    room.take_away(ts, "eyes")
    assert kinds(room) == [AnswerKind.ACKNOWLEDGED, DONE]
    assert "står kvar" in room.told[0]


@pytest.mark.parametrize(("emoji", "user"), [("white_check_mark", "UBO"), ("eyes", "UANNA")])
def test_only_the_emoji_that_was_the_answer_takes_it_back(
    room: Room, emoji: str, user: str
) -> None:
    ts = room.show(WEEKLY)
    room.react(ts, "white_check_mark")
    room.take_away(ts, emoji, user)
    assert kinds(room) == [DONE]


def test_a_reply_says_day_hours_and_reason(room: Room) -> None:
    said(room, room.show(SLOT), "Bokat 20/3 kl. 9.00–10.30")
    (booked,) = room.stored
    assert (booked.kind, booked.day) == (AnswerKind.BOOKED, date(2018, 3, 20))
    assert (booked.start, booked.end) == (time(9), time(10, 30))
    said(room, room.show(WEEKLY), "inställt pga sjukdom &amp; halka")
    assert room.stored[-1].kind is AnswerKind.CANCELLED
    assert "sjukdom & halka" in room.stored[-1].note


def test_an_unclear_reply_is_asked_about_in_the_thread_to_its_writer_only(room: Room) -> None:
    ts = room.show(WEEKLY)
    said(room, ts, "inställt")
    assert room.stored == []
    (ephemeral,) = room.slack.workspace.ephemerals
    assert (ephemeral["user"], ephemeral["thread_ts"]) == ("UANNA", ts)


def test_an_edited_reply_says_what_it_says_now(room: Room) -> None:
    event = said(room, room.show(WEEKLY), "klart")
    room.edit(event, "inte klart än")
    assert kinds(room) == [DONE, BACK]
    assert room.told == []


def test_a_reply_that_becomes_an_answer_by_an_edit_is_one(room: Room) -> None:
    event = said(room, room.show(WEEKLY), "kl")
    room.edit(event, "klart")
    room.edit(event, "kl")
    assert kinds(room) == [DONE]


def test_a_removed_reply_takes_its_answer_back_and_others_stay(room: Room) -> None:
    ts = room.show(WEEKLY)
    event = said(room, ts, "kvitterar")
    room.remove(event)
    assert kinds(room) == [AnswerKind.ACKNOWLEDGED, BACK]
    first = said(room, ts, "kvitterar")
    said(room, ts, "klart")
    room.remove(first)
    assert kinds(room)[-1] is DONE
    assert "står kvar" in room.told[-1]


@pytest.mark.parametrize("subtype", ["thread_broadcast", "file_share"])
def test_a_reply_that_the_channel_sees_too_or_with_a_file_counts(room: Room, subtype: str) -> None:
    payload = room.slack.replied(CHANNEL, room.show(WEEKLY), "klart", "UANNA")
    payload["event"]["subtype"] = subtype
    room.events.event(payload)
    assert kinds(room) == [DONE]


def test_guests_and_strangers_get_a_friendly_no_wherever_they_answer(room: Room) -> None:
    for user, flag in (("UGUEST", "is_restricted"), ("USTRANGER", "is_stranger")):
        room.slack.workspace.add_user(user, user.title())
        room.slack.workspace.users[user][flag] = True
        ts = room.show(SLOT)
        room.react(ts, "white_check_mark", user)
        room.reply(ts, "klart", user)
        room.press(ts, Ask.ACKNOWLEDGE, user)
        room.press(ts, Ask.BOOK, user)
        refused = room.fill_in({"datum": {"selected_date": "2018-03-20"}}, user).payload
        assert "arbetsgruppen" in refused["errors"]["datum"]
    assert room.stored == []
    assert len(room.told) == 6
    assert all("arbetsgruppen" in each for each in room.told)


def test_members_are_known_by_id_or_address_and_answer_for_their_roles(
    slack: SlackStandIn, client: WebClient, office: Office, intake: Intake
) -> None:
    anna = Member("Anna", ("kommunpolis",), email="anna@example.se")
    office.membership = Membership([anna, Member("Bo", ("skola",), slack="UBO")])
    slack.workspace.users["UANNA"]["profile"]["email"] = "Anna@Example.se"
    room = Room(slack, office, HttpEvents(make_app(one(client), SECRET, *at(office, intake))))
    ts = room.show(WEEKLY)
    room.react(ts, "eyes", "UBO")
    assert room.stored == []
    assert "svaret har inte tagits emot" in room.told[0]
    room.react(ts, "eyes", "UANNA")
    assert kinds(room) == [AnswerKind.ACKNOWLEDGED]


@pytest.mark.parametrize("way", ["reply", "emoji"])
def test_what_is_said_under_a_direct_message_counts(room: Room, way: str) -> None:
    workspace, direct = room.slack.workspace, "DANNA"
    ts = workspace.stamp()
    room.office.receipts.known["slack:UANNA", ts] = WEEKLY
    ways = {
        "reply": lambda: room.slack.replied(direct, ts, "klart", "UANNA"),
        "emoji": lambda: room.slack.reacted(direct, ts, "white_check_mark", "UANNA"),
    }
    assert room.events.event(ways[way]()).status == 200
    assert kinds(room) == [DONE]


def test_an_answer_under_a_list_is_asked_to_be_given_on_its_line(room: Room) -> None:
    ts = room.slack.workspace.stamp()
    room.slack.workspace.add(CHANNEL, {"ts": ts, "bot_id": BOT, "blocks": []})
    room.office.receipts.known["slack:" + CHANNEL, ts] = ""
    room.reply(ts, "klart!")
    room.reply(ts, "Hej på er alla")
    room.react(ts, "white_check_mark")
    room.react(ts, "tada")
    assert room.told == [LISTED, LISTED]
    assert room.stored == []


def test_a_direct_message_is_known_by_the_address_of_the_one_it_went_to(room: Room) -> None:
    room.slack.workspace.users["UANNA"]["profile"]["email"] = "anna@example.se"
    ts = room.slack.workspace.stamp()
    room.slack.workspace.add("DANNA", {"ts": ts, "bot_id": BOT, "blocks": []})
    room.office.receipts.known["slack:anna@example.se", ts] = WEEKLY
    said = payloads.message_event(
        "DANNA", "klart!", "UANNA", ts=room.slack.workspace.stamp(), thread_ts=ts
    )
    room.events.event(room.slack.event(said))
    assert [(each.occurrence, each.kind) for each in room.stored] == [(WEEKLY, AnswerKind.DONE)]


def test_an_event_that_comes_hours_late_is_taken(room: Room) -> None:
    late = room.slack.replied(CHANNEL, room.show(WEEKLY), "klart!", "UANNA")
    late["event_time"] = late["event_time"] - 2 * 60 * 60
    assert room.events.event(late).status == 200
    assert [each.kind for each in room.stored] == [AnswerKind.DONE]
