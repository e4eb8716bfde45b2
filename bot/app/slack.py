"""Slack's way in, wired: Socket Mode with an app token, else HTTP events."""

from starlette.routing import BaseRoute

from bot.chat.slack.catching_up import CatchingUp
from bot.chat.slack.client import make_client
from bot.chat.slack.connection import SocketConnection, http_routes, make_app
from bot.chat.slack.intake import Intake
from bot.chat.slack.people import People
from bot.chat.slack.reception import Reception
from bot.chat.slack.talk import Talk
from bot.chat.slack.transport import SlackTransport
from bot.services.desk import Desk
from bot.services.ports import Inbox
from bot.settings import SlackSettings

CATCHING_UP_SECONDS = 5


class SlackWayIn:
    """Takes what people do in Slack to the desk; ``routes`` are empty with Socket Mode."""

    def __init__(self, slack: SlackSettings, desk: Desk, inbox: Inbox) -> None:
        client = make_client(slack.bot_token.get_secret_value(), slack.base_url)
        secret = slack.signing_secret.get_secret_value() if slack.signing_secret else ""
        self._intake = Intake(inbox, desk.now)
        self._app = app = make_app(client, secret, desk, self._intake)
        quick = make_client(
            client.token or "", client.base_url, timeout_seconds=CATCHING_UP_SECONDS
        )
        listening = Reception(desk, quick, People(quick), quiet=True)
        self._catching_up = CatchingUp(
            desk, quick, Talk(listening), SlackTransport(quick).conversation
        )
        self._was_connected = False
        token = slack.app_token.get_secret_value() if slack.app_token else ""
        self._socket = SocketConnection(app, client, token) if token else None
        self.routes: list[BaseRoute] = [] if token else list(http_routes(app))

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
            self._catching_up.begin()
        self._was_connected = connected
        if connected:
            self._catching_up.step()

    def health(self) -> dict[str, object]:
        """Return whether Slack is connected, where there is a connection to speak of."""
        return {"slack_connected": self._socket.connected} if self._socket else {}
