"""A Slack on loopback, a client for it, and a desk behind the app."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from urllib.request import install_opener

import pytest
from slack_bolt import App
from slack_sdk.web import WebClient

from bot.chat.slack.client import make_client
from bot.chat.slack.connection import SocketConnection, make_app
from bot.chat.slack.intake import Intake
from bot.chat.slack.transport import SlackTransport
from bot.storage.database import open_database
from bot.storage.inbox import SqlInbox
from tests.chat.slack.http_events import SECRET, HttpEvents
from tests.chat.slack.plans import Office
from tests.chat.slack.room import CHANNEL, Room, at, one
from tests.chat.slack.socket_events import SocketEvents
from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.workspace import Workspace


@pytest.fixture(autouse=True)
def _proxy_that_must_not_be_used(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # urllib keeps the first opener that it builds, with the proxies of that moment.
    install_opener(None)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost,slack.invalid")
    yield
    install_opener(None)


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    workspace = Workspace()
    workspace.messages[CHANNEL] = []
    workspace.add_user("UANNA", "Anna Andersson")
    workspace.add_user("UBO", "Bo Berg")
    with SlackStandIn(workspace) as stand_in:
        yield stand_in


@pytest.fixture
def client(slack: SlackStandIn) -> WebClient:
    return make_client(slack.workspace.bot_token, slack.base_url, timeout_seconds=2)


@pytest.fixture
def transport(client: WebClient) -> SlackTransport:
    numbers = count()
    return SlackTransport(client, nonce=lambda: f"n{next(numbers)}")


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def intake(office: Office, tmp_path: Path) -> Iterator[Intake]:
    with closing(open_database(f"sqlite:///{tmp_path}/inbox.db")) as database:
        yield Intake(SqlInbox(database, "slack"), office.clock)


@pytest.fixture
def app(client: WebClient, office: Office, intake: Intake) -> App:
    return make_app(one(client), SECRET, *at(office, intake))


@pytest.fixture
def connected(slack: SlackStandIn, app: App, client: WebClient) -> Iterator[SocketConnection]:
    way_in = SocketConnection(app, client, slack.workspace.app_token, ping_seconds=0.1)
    way_in.start()
    slack.hub.wait_opened(1)
    yield way_in
    way_in.stop()


@pytest.fixture(params=["http", "socket"])
def room(request: pytest.FixtureRequest, slack: SlackStandIn, office: Office, app: App) -> Room:
    """The same channel, over each way in."""
    if request.param == "http":
        return Room(slack, office, HttpEvents(app))
    request.getfixturevalue("connected")
    return Room(slack, office, SocketEvents(slack))
