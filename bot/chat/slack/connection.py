"""The two ways in from Slack, Socket Mode and HTTP events, and the client for the way out."""

import logging
from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Any, cast

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.internals import extract_team_id
from slack_sdk.web import WebClient
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.chat.slack.client import make_client
from bot.chat.slack.intake import Intake
from bot.chat.slack.listeners import Staff, make_staff, register
from bot.chat.slack.outcomes import FAULTS, untaken
from bot.chat.slack.workspaces import NotInstalledError, Workspaces
from bot.services.desk import Desk
from bot.services.handing_out import FeedCounter

EVENTS_PATH = "/slack/events"
# Slack waits three seconds for an answer; a form's key lives as long.
QUICK_TIMEOUT_SECONDS = 2
PING_SECONDS = 5.0
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
STOP_SECONDS = 10.0
MOST_BYTES = 1_000_000

log = logging.getLogger(__name__)
# Bolt tells of unsigned requests with their bodies, and of each attempt to connect with three
# lines; what an operator should know of a connection we say ourselves, in one.
BOLT_LOG = logging.getLogger("bot.chat.slack.bolt")
BOLT_LOG.setLevel(logging.WARNING)
SOCKET_LOG = logging.getLogger("bot.chat.slack.socket")
SOCKET_LOG.setLevel(logging.CRITICAL)


def make_app(
    workspaces: Workspaces, signing_secret: str, desk: Desk, counter: FeedCounter, intake: Intake
) -> App:
    """Return the app that takes what people do in Slack to ``desk``.

    It asks Slack nothing at the start, nor to acknowledge an event. ``signing_secret`` may be
    empty where only Socket Mode is used. What comes from a workspace that the app is not
    installed in is turned away.
    """

    def quick(team: str) -> WebClient:
        return workspaces.client(team, timeout_seconds=QUICK_TIMEOUT_SECONDS)

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        try:
            token = quick(team_id or "").token
        except NotInstalledError as error:
            log.warning("Slack: %s", error)
            return None
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    known: dict[str, tuple[WebClient, Staff]] = {}

    def staff(body: dict[str, Any]) -> Staff:
        team = str(extract_team_id(body) or "") if workspaces.many else ""
        client = quick(team)
        if team not in known or known[team][0] is not client:
            made = make_staff(desk, counter, client, f"{team}/" if workspaces.many else "")
            known[team] = client, made
        return known[team][1]

    def left(ack: Ack, body: dict[str, Any]) -> None:
        """Stop in one workspace; the others go on."""
        event = body["event"]
        if event["type"] == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
            workspaces.forget(str(extract_team_id(body) or ""))
        ack()

    app = App(
        name="loftesbot",
        logger=BOLT_LOG,
        client=make_client("", workspaces.base_url, timeout_seconds=QUICK_TIMEOUT_SECONDS),
        signing_secret=signing_secret,
        # None turns the event away; Bolt's types do not say so.
        authorize=cast("Callable[..., AuthorizeResult]", authorize),
        process_before_response=True,
    )
    app.error(_tell)
    app.event("app_uninstalled")(left)
    app.event("tokens_revoked")(left)
    register(app, staff, intake)
    return app


class SocketConnection:
    """Takes events through Socket Mode; needs no address that Slack can reach.

    ``ping_seconds`` is how often the connection is looked at, and mended if it is broken.
    Once stopped it is not started again.
    """

    def __init__(
        self, app: App, client: WebClient, app_token: str, *, ping_seconds: float = PING_SECONDS
    ) -> None:
        self._app, self._client, self._app_token = app, client, app_token
        self._ping_seconds = ping_seconds
        self._stopping = Event()
        self._handler: SocketModeHandler | None = None
        self._opener: Thread | None = None

    @property
    def connected(self) -> bool:
        """Whether Slack can reach us right now."""
        return self._handler is not None and self._handler.client.is_connected()

    def start(self) -> None:
        """Begin to connect, and go on trying in the background; returns at once."""
        if self._handler is not None:
            return
        self._handler = SocketModeHandler(
            self._app,
            self._app_token,
            logger=SOCKET_LOG,
            web_client=self._client,
            ping_interval=self._ping_seconds,
        )
        self._handler.client.proxy = self._client.proxy
        self._opener = Thread(target=self._open, args=[self._handler], daemon=True)
        self._opener.start()

    def stop(self) -> None:
        """Close the connection and wait for the answers under way; a second call does nothing."""
        self._stopping.set()
        handler, self._handler = self._handler, None
        if handler is None or self._opener is None:
            return
        self._opener.join(STOP_SECONDS)
        # The SDK may be just about to mend the connection, and would then wait for it for ever.
        handler.client.default_auto_reconnect_enabled = False
        # And it would wait a second for a message that does not come.
        handler.client.closed = True
        handler.client.message_queue.put(None)
        closer = Thread(target=handler.client.close, daemon=True)
        closer.start()
        closer.join(STOP_SECONDS)
        handler.client.disconnect()

    def _open(self, handler: SocketModeHandler) -> None:
        """Try until the first connection stands; from then on the SDK mends it."""
        for number, wait in enumerate(_waits()):
            problem = _connected(handler)
            if not problem:
                log.info("Slack: ansluten genom Socket Mode.")
                return
            level = logging.DEBUG if number else logging.WARNING
            log.log(level, "Slack är inte anslutet; nya försök görs i bakgrunden. %s", problem)
            if self._stopping.wait(wait):
                return


def _tell(error: Exception) -> None:
    """Say in a line why an event was not acknowledged; Slack delivers it again."""
    BOLT_LOG.error("Ett svar i Slack kunde inte tas emot. %s", error)


def http_routes(app: App) -> list[Route]:
    """Return the route for events that Slack sends over HTTP, signed."""

    async def events(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return PlainTextResponse("too large", status_code=413)
        if not request.headers.get("x-slack-request-timestamp", "").isdecimal():
            return PlainTextResponse("unsigned", status_code=401)
        return await run_in_threadpool(_dispatched, app, request, body)

    return [Route(EVENTS_PATH, events, methods=["POST"])]


def _dispatched(app: App, request: Request, body: bytes) -> Response:
    try:
        asked = to_bolt_request(request, body)
    except (ValueError, AttributeError, TypeError):
        return PlainTextResponse("unreadable", status_code=400)
    return to_starlette_response(app.dispatch(asked))


async def _body(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _connected(handler: SocketModeHandler) -> str:
    """Try to connect once; return what stood in the way."""
    try:
        handler.client.connect_to_new_endpoint()
    except FAULTS as error:
        return untaken(error).reason
    return "" if handler.client.is_connected() else "Anslutningen bröts genast."


def _waits() -> Iterator[float]:
    wait = FIRST_WAIT_SECONDS
    while True:
        yield wait
        wait = min(2 * wait, LONGEST_WAIT_SECONDS)
