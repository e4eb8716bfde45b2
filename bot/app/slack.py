"""Slack, wired: where the app may speak, and its way in by Socket Mode or HTTP events."""

from collections.abc import Iterator
from functools import partial

from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from slack_sdk.oauth.token_rotation import TokenRotator
from starlette.routing import BaseRoute

from bot.app.clocks import wall_now
from bot.chat.slack.catching_up import CatchingUp
from bot.chat.slack.client import make_client
from bot.chat.slack.connection import SocketConnection, http_routes, make_app
from bot.chat.slack.installing import install_routes
from bot.chat.slack.intake import Intake
from bot.chat.slack.people import People
from bot.chat.slack.reception import Reception
from bot.chat.slack.talk import Talk
from bot.chat.slack.transport import ManyTransport, SlackTransport
from bot.chat.slack.workspaces import Installed, NotInstalledError, OneWorkspace
from bot.services.desk import Desk
from bot.services.handing_out import FeedCounter
from bot.services.ports import Inbox, Transport
from bot.settings import SlackSettings
from bot.storage.database import Database

CATCHING_UP_SECONDS = 5
TOKENS = "slack tokens"
STATE_SECONDS = 600


def slack_transport(slack: SlackSettings, database: Database) -> Transport:
    """Return what posts to Slack."""
    found = workspaces(slack, database)
    return ManyTransport(found) if found.many else SlackTransport(found.client(""))


def workspaces(slack: SlackSettings, database: Database) -> OneWorkspace | Installed:
    """Return where the app may speak: by the token in the settings, or by those in ``database``."""
    if slack.bot_token:
        return OneWorkspace(slack.bot_token.get_secret_value(), slack.base_url)
    secret = slack.client_secret.get_secret_value() if slack.client_secret else ""
    return Installed(
        SQLAlchemyInstallationStore(slack.client_id, database.engine),
        TokenRotator(
            client_id=slack.client_id, client_secret=secret, client=make_client("", slack.base_url)
        ),
        slack.workspaces,
        slack.base_url,
        database.lent,
        partial(database.lent, alone=TOKENS),
        wall_now,
    )


class SlackWayIn:
    """Takes what people do in Slack to the desk; ``routes`` are what a browser or Slack calls."""

    def __init__(
        self, slack: SlackSettings, desk: Desk, counter: FeedCounter, inbox: Inbox,
        database: Database,
    ) -> None:  # fmt: skip
        self._desk, self._teams = desk, slack.workspaces
        self._workspaces = found = workspaces(slack, database)
        secret = slack.signing_secret.get_secret_value() if slack.signing_secret else ""
        self._intake = Intake(inbox, desk.now)
        self._app = app = make_app(found, secret, desk, counter, self._intake)
        self._catching_up: list[CatchingUp] = []
        self._was_connected = False
        token = slack.app_token.get_secret_value() if slack.app_token else ""
        client = make_client("", slack.base_url)
        self._socket = SocketConnection(app, client, token) if token else None
        self.routes: list[BaseRoute] = [] if token else list(http_routes(app))
        if isinstance(found, Installed):
            states = SQLAlchemyOAuthStateStore(STATE_SECONDS, database.engine)
            asking = slack.base_url.removesuffix("api/") + "oauth/v2/authorize"
            self.routes += install_routes(found, states, client, asking)

    def start(self) -> None:
        """Connect, and connect anew whenever the connection is lost."""
        if self._socket:
            self._socket.start()

    def stop(self) -> None:
        """Take no more events."""
        if self._socket:
            self._socket.stop()

    def sweep(self) -> None:
        """Take what a crash has left behind, and what was said while nobody heard it."""
        self._intake.replay(self._app)
        connected = self._socket is None or self._socket.connected
        if connected and not self._was_connected:
            self._catching_up = list(self._readers())
            for each in self._catching_up:
                each.begin()
        self._was_connected = connected
        for each in self._catching_up if connected else []:
            each.step()

    def health(self) -> dict[str, object]:
        """Return whether Slack is connected, and where the app is yet to be installed."""
        found: dict[str, object] = {}
        if self._socket:
            found["slack_connected"] = self._socket.connected
        if self._teams:
            missing = [each for each in self._teams if not self._is_installed(each)]
            found["slack_not_installed"] = missing
        return found

    def _is_installed(self, team: str) -> bool:
        try:
            return bool(self._workspaces.client(team))
        except NotInstalledError:
            return False

    def _readers(self) -> Iterator[CatchingUp]:
        """One for each workspace."""
        for team in self._teams or ("",):
            if self._is_installed(team):
                prefix = f"{team}/" if team else ""
                quick = self._workspaces.client(team, timeout_seconds=CATCHING_UP_SECONDS)
                people = People(quick, prefix)
                listening = Reception(self._desk, quick, people, quiet=True, prefix=prefix)
                conversation = SlackTransport(quick).conversation
                yield CatchingUp(self._desk, quick, Talk(listening), conversation, prefix)
