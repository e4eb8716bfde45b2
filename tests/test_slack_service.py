"""The whole way with Slack: a reminder out, an answer in, and what the channel then shows."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.app.clocks import wall_now
from bot.app.office import open_office, virtual_clock
from bot.app.service import Service
from bot.chat.slack.installing import CALLBACK_PATH, INSTALL_PATH
from bot.domain.answer import Answer, AnswerKind
from bot.domain.clock import PlanClock
from bot.domain.delivery import Sent
from bot.domain.message import Message
from bot.settings import DatabaseSettings, Settings, SlackSettings
from tests.chat.slack.http_events import SECRET, asked
from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.workspace import TEAM, Workspace
from tests.waiting import until

PLAN = Path(__file__).parents[1] / "schedules/gavle-2018-2020.yaml"
CHANNEL = "C0000001"
MEETING = "gavle-2018-2020/lagesbild/2018-W03"
FIVE_DAYS_BEFORE = date(2018, 1, 11)
# Ten minutes before the first reminder, at a pace at which the meeting is minutes away.
SOON, FAST = datetime(2018, 1, 11, 6, 50, tzinfo=UTC), 1_000.0

Shown = dict[str, Any]


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    workspace = Workspace(clock=lambda: time.clock_gettime(time.CLOCK_REALTIME))
    workspace.messages[CHANNEL] = []
    workspace.add_user("UANNA", "Anna Andersson")
    with SlackStandIn(workspace) as stand_in:
        yield stand_in


@pytest.fixture
def service(database_url: str, slack: SlackStandIn) -> Iterator[Service]:
    settings = Settings(
        database=DatabaseSettings(url=database_url),
        slack=SlackSettings.model_validate(
            {
                "bot_token": slack.workspace.bot_token,
                "app_token": slack.workspace.app_token,
                "base_url": slack.base_url,
                "target": CHANNEL,
            }
        ),
    )
    clock = PlanClock(wall_now(), SOON, FAST)
    running = Service(open_office(settings, [PLAN], clock), settings)
    running.start()
    yield running
    running.stop()


def messages(slack: SlackStandIn) -> list[Shown]:
    every = [each for each in slack.workspace.posted(CHANNEL) if each.get("metadata")]
    return [each for each in every if MEETING in each["metadata"]["event_payload"]["key"]]


def calendar_files(slack: SlackStandIn) -> list[str]:
    every = [bytes(each.get("content", b"")).decode() for each in slack.workspace.files.values()]
    return [each for each in every if f"UID:{MEETING}@loftesbot" in each]


def test_a_pressed_button_shows_on_the_message_in_slack_and_in_the_room(
    service: Service, slack: SlackStandIn
) -> None:
    message = until(lambda: messages(slack))[0]
    until(lambda: service.health().get("slack_connected"))
    slack.press(CHANNEL, message["ts"], "loftesbot.acknowledge", "UANNA")
    until(lambda: "Anna Andersson" in str(slack.workspace.message(CHANNEL, message["ts"])))
    assert [each.kind for each in service.office.answers.standing(MEETING).answers] == [
        AnswerKind.ACKNOWLEDGED
    ]
    newest = until(
        lambda: [m for m in service.delivery.room.store.newest(limit=9) if m.message.history]
    )
    assert "Anna Andersson" in newest[0].message.history[0]


def test_a_workspace_gets_its_messages_once_the_app_is_installed_there(
    database_url: str, slack: SlackStandIn
) -> None:
    settings = Settings(
        database=DatabaseSettings(url=database_url),
        slack=SlackSettings.model_validate(
            {
                "client_id": "1.2",
                "client_secret": "hush",
                "workspaces": [TEAM],
                "signing_secret": SECRET,
                "base_url": slack.base_url,
                "target": f"{TEAM}/{CHANNEL}",
            }
        ),
    )
    clock = virtual_clock(settings, FIVE_DAYS_BEFORE, 1.0)
    service = Service(open_office(settings, [PLAN], clock), settings)
    assert service.health()["slack_not_installed"] == [TEAM]
    slack.workspace.grants["code"] = {
        "ok": True, "access_token": slack.workspace.bot_token, "token_type": "bot",
        "app_id": "A0000001", "bot_user_id": "U0BOT001", "team": {"id": TEAM, "name": "Gävle"},
        "authed_user": {"id": "UANNA"}, "scope": "chat:write",
    }  # fmt: skip
    _, _, headers = asked(service.routes, INSTALL_PATH)
    (state,) = parse_qs(urlsplit(headers["location"]).query)["state"]
    cookie = headers["set-cookie"].partition(";")[0]
    status, text, _ = asked(service.routes, CALLBACK_PATH, f"code=code&state={state}", cookie)
    assert (status, TEAM in text) == (200, True)
    assert service.health()["slack_not_installed"] == []
    sent = service.delivery.transports["slack"].post(
        Message("k", MEETING, "Lägesbild", ()), address=f"{TEAM}/{CHANNEL}"
    )
    assert isinstance(sent, Sent)
    service.office.database.close()


def test_a_dated_occurrence_brings_its_invitation_and_its_cancellation(
    service: Service, slack: SlackStandIn
) -> None:
    until(lambda: calendar_files(slack), seconds=60)
    desk = service.desk
    cancelled = Answer(MEETING, AnswerKind.CANCELLED, "Anna", desk.now(), note="Sjukdom")
    desk.give(cancelled)
    until(lambda: "METHOD:CANCEL" in str(calendar_files(slack)), seconds=60)
    first, last = calendar_files(slack)[0], calendar_files(slack)[-1]
    assert "SEQUENCE:0" in first
    assert "SEQUENCE:1" in last
