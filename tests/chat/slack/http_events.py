"""Slack's signed HTTP requests, put to the app's own routes without a network."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from slack_bolt import App
from slack_sdk.signature import Clock, SignatureVerifier
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import Message

from bot.chat.slack.connection import EVENTS_PATH, http_routes
from tests.standins.slack.workspace import Payload

SECRET = "signing-secret"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back over HTTP."""

    status: int
    body: bytes

    @property
    def payload(self) -> Payload:
        """The body, when it is an object."""
        payload: Payload = json.loads(self.body) if self.body.startswith(b"{") else {}
        return payload


@dataclass(frozen=True, slots=True)
class HttpEvents:
    """Slack's side of the HTTP way in; ``age_seconds`` is how old a request claims to be."""

    app: App
    secret: str = SECRET
    age_seconds: int = 0

    def event(self, payload: Payload) -> Answered:
        """Deliver an event."""
        return self.send(json.dumps(payload), JSON)

    def interaction(self, payload: Payload) -> Answered:
        """Deliver a press or a form."""
        return self.send(urlencode({"payload": json.dumps(payload)}), FORM)

    def command(self, payload: Payload) -> Answered:
        """Deliver the command."""
        return self.send(urlencode(payload), FORM)

    def send(self, body: str, content_type: str, *, altered: str = "") -> Answered:
        """Sign ``body`` and send it, or ``altered`` in its place."""
        timestamp = str(int(Clock().now()) - self.age_seconds)
        verifier = SignatureVerifier(self.secret)
        signature = verifier.generate_signature(timestamp=timestamp, body=body) or ""
        headers = {
            "content-type": content_type,
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": signature,
        }
        return self.post((altered or body).encode(), headers)

    def post(self, body: bytes, headers: dict[str, str]) -> Answered:
        """Send a request as it is."""
        return asyncio.run(_called(Starlette(routes=http_routes(self.app)), body, headers))


async def _called(web: Starlette, body: bytes, headers: dict[str, str]) -> Answered:
    sent: list[Payload] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(dict(message))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": EVENTS_PATH,
        "raw_path": EVENTS_PATH.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("loftesbot.example", 443),
    }
    await web(scope, receive, send)
    content = b"".join(each.get("body", b"") for each in sent[1:])
    return Answered(int(sent[0]["status"]), content)


def asked(
    routes: Sequence[BaseRoute], path: str, query: str = "", cookie: str = ""
) -> tuple[int, str, dict[str, str]]:
    """Ask one of ``routes`` as a browser does; return status, text and headers."""
    sent: list[Payload] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(dict(message))

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"cookie", cookie.encode())] if cookie else [],
        "server": ("loftesbot.example", 443),
    }
    asyncio.run(Starlette(routes=list(routes))(scope, receive, send))
    text = b"".join(each.get("body", b"") for each in sent[1:]).decode()
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return int(sent[0]["status"]), text, headers
