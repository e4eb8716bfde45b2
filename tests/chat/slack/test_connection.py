"""The two ways in: signed HTTP events, and a Socket Mode connection that mends itself."""

import json
import logging
import socket
from threading import Event
from threading import enumerate as threads

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk.web import WebClient

from bot.chat.slack import connection
from bot.chat.slack.client import make_client
from bot.chat.slack.connection import SocketConnection, make_app
from bot.chat.slack.intake import Intake
from bot.chat.slack.transport import SlackTransport
from bot.chat.slack.workspaces import OneWorkspace
from bot.domain.answer import AnswerKind
from bot.domain.delivery import Sent
from tests.chat.slack.http_events import JSON, SECRET, HttpEvents
from tests.chat.slack.plans import NEED, SLOT, WEEKLY, Office
from tests.chat.slack.room import CHANNEL, at, one
from tests.standins.slack import faults
from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.socket_mode import NoAnswerError
from tests.standins.slack.workspace import Payload, Workspace
from tests.waiting import until


def show(office: Office, transport: SlackTransport, occurrence: str) -> str:
    sent = transport.post(office.desk.describe(occurrence), address=CHANNEL)
    assert isinstance(sent, Sent)
    office.receipts.known[f"slack:{CHANNEL}", sent.receipt] = occurrence
    return sent.receipt


def reply_event(slack: SlackStandIn, office: Office) -> Payload:
    office.receipts.known[f"slack:{CHANNEL}", "1.000001"] = WEEKLY
    return slack.replied(CHANNEL, "1.000001", "klart", "UANNA")


def test_a_signed_event_is_taken(slack: SlackStandIn, office: Office, app: App) -> None:
    assert HttpEvents(app).event(reply_event(slack, office)).status == 200
    assert len(office.answers.stored) == 1


@pytest.mark.parametrize(
    ("secret", "age_seconds"), [("another-secret", 0), (SECRET, 301), (SECRET, -310)]
)
def test_a_forged_stale_or_future_event_is_turned_away(
    slack: SlackStandIn, office: Office, app: App, secret: str, age_seconds: int
) -> None:
    events = HttpEvents(app, secret, age_seconds)

    assert events.event(reply_event(slack, office)).status == 401
    assert office.answers.stored == []


def test_an_altered_event_is_turned_away(slack: SlackStandIn, office: Office, app: App) -> None:
    payload = reply_event(slack, office)
    other = {**payload, "event_id": "Ev9"}

    sent = HttpEvents(app).send(json.dumps(payload), JSON, altered=json.dumps(other))

    assert sent.status == 401
    assert office.answers.stored == []


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{}", {}, 401),
        (b"{}", {"x-slack-request-timestamp": "soon", "x-slack-signature": "v0=0"}, 401),
        (b"{", {"x-slack-request-timestamp": "1", "content-type": JSON}, 400),
        (b"\xff", {"x-slack-request-timestamp": "1"}, 400),
        (b"x" * 1_000_001, {"x-slack-request-timestamp": "1"}, 413),
    ],
)
def test_what_is_not_from_slack_is_turned_away(
    app: App, body: bytes, headers: dict[str, str], status: int
) -> None:
    assert HttpEvents(app).post(body, headers).status == status


def test_slack_can_verify_the_address(app: App) -> None:
    answered = HttpEvents(app).event({"type": "url_verification", "challenge": "3eZbrw1a"})

    assert answered.payload == {"challenge": "3eZbrw1a"}


def test_events_are_taken_while_slacks_own_api_is_down(office: Office, intake: Intake) -> None:
    app = make_app(OneWorkspace("xoxb-1", "http://127.0.0.1:9/api/"), SECRET, *at(office, intake))
    office.receipts.known[f"slack:{CHANNEL}", "1.000001"] = WEEKLY
    with SlackStandIn() as elsewhere:
        event = elsewhere.replied(CHANNEL, "1.000001", "klart", "UANNA")

        assert HttpEvents(app).event(event).status == 200

    assert [each.by for each in office.answers.stored] == ["UANNA"]


def test_socket_mode_carries_buttons_forms_replies_check_marks_and_the_command(
    slack: SlackStandIn, office: Office, transport: SlackTransport, connected: SocketConnection
) -> None:
    weekly, slot, need = (show(office, transport, each) for each in (WEEKLY, SLOT, NEED))
    assert connected.connected

    slack.press(CHANNEL, weekly, "loftesbot.acknowledge", "UANNA")
    slack.press(CHANNEL, slot, "loftesbot.book", "UANNA")
    view = slack.workspace.views[-1]
    refused = slack.submit_view(view, {"datum": {"selected_date": "2018-01-01"}}, "UANNA")
    taken = slack.submit_view(view, {"datum": {"selected_date": "2018-03-20"}}, "UANNA")
    slack.reply(CHANNEL, weekly, "klart", "UBO")
    slack.react(CHANNEL, need, "white_check_mark", "UBO")
    answered = slack.slash("status", "UANNA", CHANNEL)

    assert refused["payload"]["response_action"] == "errors"
    assert "payload" not in taken
    assert "Gävle 2018" in answered["payload"]["text"]
    assert [(each.occurrence, each.kind) for each in office.answers.stored] == [
        (WEEKLY, AnswerKind.ACKNOWLEDGED),
        (SLOT, AnswerKind.BOOKED),
        (WEEKLY, AnswerKind.DONE),
        (NEED, AnswerKind.DONE),
    ]


def test_an_envelope_is_not_acknowledged_before_its_answer_is_stored(
    slack: SlackStandIn,
    office: Office,
    connected: SocketConnection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def decide(*_: object) -> None:
        raise OSError("disk full")

    event = reply_event(slack, office)
    with monkeypatch.context() as broken:
        broken.setattr(office.answers, "decide", decide)
        with pytest.raises(NoAnswerError):
            slack.deliver("events_api", event, seconds=0.5)
    assert office.answers.stored == []

    slack.deliver("events_api", event)
    assert len(office.answers.stored) == 1


@pytest.mark.parametrize("way", ["asked to leave", "ended", "cut"])
def test_socket_mode_comes_back_after_a_disconnect(
    slack: SlackStandIn, office: Office, connected: SocketConnection, way: str
) -> None:
    session = slack.hub.newest()
    {"asked to leave": session.ask_to_leave, "ended": session.end, "cut": session.cut}[way]()
    slack.hub.wait_opened(2)

    slack.deliver("events_api", reply_event(slack, office))

    assert len(office.answers.stored) == 1


def test_a_socket_that_closes_again_and_again_loses_and_doubles_nothing(
    slack: SlackStandIn, office: Office, connected: SocketConnection
) -> None:
    for number in range(1, 5):
        receipt = f"1.{number:06}"
        office.receipts.known[f"slack:{CHANNEL}", receipt] = f"gavle/lagesbild/2018-W{number:02}"
        event = slack.replied(CHANNEL, receipt, "klart", "UANNA")
        slack.deliver("events_api", event)
        slack.hub.newest().end()
        slack.hub.wait_opened(number + 1)
        slack.deliver("events_api", event)
    assert len(office.answers.stored) == 4


def test_start_returns_at_once_while_slack_is_down_and_connects_when_it_is_back(
    office: Office,
    intake: Intake,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(connection, "FIRST_WAIT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = make_client("xoxb-stand-in", f"http://127.0.0.1:{port}/api/", timeout_seconds=2)
    way_in = SocketConnection(
        make_app(one(client), "", *at(office, intake)), client, "xapp-stand-in", ping_seconds=0.1
    )
    tried = Event()
    with caplog.at_level(logging.DEBUG, logger=connection.__name__):
        monkeypatch.setattr(connection, "_connected", _noticed(tried))
        way_in.start()
        assert tried.wait(10)
        assert not way_in.connected

        with SlackStandIn(Workspace(), port=port) as slack:
            slack.hub.wait_opened(1)
            way_in.stop()
    assert not way_in.connected
    warnings = [each for each in caplog.records if each.name == connection.__name__]
    first = [each.getMessage() for each in warnings if each.levelno == logging.WARNING]
    assert len(first) == 1
    assert first[0].startswith(
        "Slack är inte anslutet; nya försök görs i bakgrunden. Slack kunde inte"
    )


def _noticed(tried: Event) -> object:
    real = connection._connected

    def attempt(handler: SocketModeHandler) -> str:
        problem = real(handler)
        tried.set()
        return problem

    return attempt


@pytest.mark.parametrize("fault", [faults.error("invalid_auth"), faults.HTML, faults.RESET])
def test_a_refused_connection_is_tried_again(
    slack: SlackStandIn,
    app: App,
    client: WebClient,
    fault: faults.Fault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "FIRST_WAIT_SECONDS", 0.05)
    slack.workspace.fail_next("apps.connections.open", fault)
    way_in = SocketConnection(app, client, slack.workspace.app_token, ping_seconds=0.1)

    way_in.start()

    slack.hub.wait_opened(1)
    way_in.stop()
    way_in.stop()


def test_a_connection_that_never_stood_can_be_stopped(app: App, client: WebClient) -> None:
    down = make_client("xoxb-1", "http://127.0.0.1:9/api/")
    way_in = SocketConnection(app, down, "xapp-1", ping_seconds=0.1)
    way_in.start()
    way_in.stop()

    assert not way_in.connected


def test_a_stop_in_the_middle_of_connecting_leaves_nothing_behind(
    slack: SlackStandIn, app: App, client: WebClient
) -> None:
    before = {each for each in threads() if each.is_alive()}
    way_in = SocketConnection(app, client, slack.workspace.app_token, ping_seconds=0.1)

    way_in.start()
    way_in.stop()

    slack.hub.close()
    until(lambda: {t for t in threads() if "process_request_thread" not in t.name} <= before)
    assert not way_in.connected


def test_the_client_never_repeats_a_call_by_itself(client: WebClient, app: App) -> None:
    assert client.retry_handlers == []
    assert app.client.retry_handlers == []
