"""What Slack delivers is kept before it is acknowledged, taken once, and taken after a crash."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from slack_bolt import App

from bot.chat.slack.intake import Intake
from bot.domain.answer import AnswerKind
from bot.domain.errors import DatabaseError
from bot.domain.message import Ask
from tests.chat.slack.plans import SLOT, WEEKLY
from tests.chat.slack.room import CHANNEL, Room

MINUTES = timedelta(minutes=2)


def fail(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let answers fail to be stored, as when a process dies on the way."""

    def decide(*_: object) -> None:
        raise DatabaseError("Databasen är låst.")

    monkeypatch.setattr(room.office.answers, "decide", decide)


@pytest.mark.parametrize("way", ["reply", "emoji", "button"])
def test_what_was_not_taken_is_taken_after_the_crash_and_once(
    room: Room, intake: Intake, app: App, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    ts = room.show(WEEKLY)
    with monkeypatch.context() as crash:
        fail(room, crash)
        ways = {
            "reply": lambda: room.reply(ts, "klart"),
            "emoji": lambda: room.react(ts, "white_check_mark"),
            "button": lambda: room.press(ts, Ask.ACKNOWLEDGE),
        }
        assert ways[way]().status == 500
        assert intake.replay(app) == 0
    room.office.clock.now += MINUTES
    assert intake.replay(app) == 1
    assert intake.replay(app) == 0
    assert len(room.stored) == 1


def test_what_slack_delivers_again_is_taken_once_and_told_once(room: Room) -> None:
    ts = room.show(WEEKLY)
    asked = room.slack.replied(CHANNEL, ts, "inställt", "UANNA")
    reaction = room.slack.reacted(CHANNEL, ts, "white_check_mark", "UANNA")
    for _ in range(3):
        room.events.event(asked)
        room.events.event(reaction)
    assert len(room.told) == 1
    assert len(room.stored) == 1


def test_a_late_copy_of_an_emoji_does_not_bring_back_what_was_taken_back(room: Room) -> None:
    ts = room.show(WEEKLY)
    reaction = room.slack.reacted(CHANNEL, ts, "white_check_mark", "UANNA")
    room.events.event(reaction)
    room.take_away(ts, "white_check_mark")
    room.events.event(reaction)
    assert [each.kind for each in room.stored] == [AnswerKind.DONE, AnswerKind.TAKEN_BACK]


def test_a_form_that_was_refused_can_be_handed_in_again_as_it_was(room: Room) -> None:
    ts = room.show(SLOT)
    room.press(ts, Ask.BOOK)
    wrong = {"datum": {"selected_date": "2018-03-01"}}
    for _ in range(2):
        assert room.fill_in(wrong).payload["response_action"] == "errors"
    assert room.stored == []


def test_what_is_of_no_use_later_is_not_taken_later(room: Room, intake: Intake, app: App) -> None:
    room.press(room.show(SLOT), Ask.BOOK)
    room.office.clock.now += MINUTES
    assert intake.replay(app) == 0


def test_what_could_not_be_taken_for_two_days_is_told(
    room: Room,
    intake: Intake,
    app: App,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fail(room, monkeypatch)
    room.reply(room.show(WEEKLY), "klart")
    room.office.clock.now += timedelta(days=3)
    intake.replay(app)
    assert "1 svar i Slack kunde inte tas emot" in caplog.text
    intake.replay(app)
    assert caplog.text.count("kunde inte tas emot på två dygn") == 1


def test_talk_that_is_none_of_ours_is_not_kept(room: Room, intake: Intake, tmp_path: Path) -> None:
    ours = room.show(WEEKLY)
    for ts, bot in (("", ""), ("1.000001", ""), (ours, "B1")):
        payload = room.slack.replied(CHANNEL, ts, "klart", "UANNA")
        payload["event"]["bot_id"] = bot
        assert room.events.event(payload).status == 200
    with closing(sqlite3.connect(tmp_path / "inbox.db")) as kept:
        assert kept.execute("SELECT count(*) FROM inbox").fetchone() == (0,)
        room.reply(ours, "klart")
        assert kept.execute("SELECT count(*), max(body) FROM inbox").fetchone() == (1, None)
