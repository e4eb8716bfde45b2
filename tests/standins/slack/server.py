"""The stand-in itself: one port on loopback for the Web API, uploads and Socket Mode."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Self
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.standins.slack import payloads, web_api
from tests.standins.slack.faults import Fault, reset
from tests.standins.slack.socket_mode import Hub
from tests.standins.slack.websocket import accept_key
from tests.standins.slack.workspace import Payload, Workspace

ANSWERS_ALWAYS = Fault(accepted=True)


class SlackStandIn:
    """A Slack to post to, and to be pressed, answered and disconnected by.

    Everything that people do waits for the client's acknowledgement and returns it whole:
    ``{"envelope_id": …, "payload": …}``.
    """

    def __init__(self, workspace: Workspace | None = None, *, port: int = 0) -> None:
        self.workspace = workspace or Workspace()
        self.others: list[Workspace] = []
        self.hub = Hub()
        self.closing = Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.stand_in = self
        self._thread = Thread(target=self._server.serve_forever, args=[0.05])

    @property
    def base(self) -> str:
        """Where the server is found."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_url(self) -> str:
        """What a client is given as its ``base_url``."""
        return f"{self.base}/api/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.hub.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def of(self, token: str) -> Workspace:
        """Return the workspace that a bot token is of; the first one for any other token."""
        found = (each for each in self.others if each.bot_token == token)
        return next(found, self.workspace)

    def deliver(self, kind: str, payload: Payload, *, seconds: float = 10) -> Payload:
        """Send one envelope through Socket Mode and return its acknowledgement."""
        envelope = f"envelope-{self.workspace.number()}"
        body = {"type": kind, "payload": payload, "accepts_response_payload": kind != "events_api"}
        return self.hub.newest().ask(envelope, body, seconds=seconds)

    def press(self, channel: str, ts: str, action_id: str, user: str) -> Payload:
        """Press a button that a message shows."""
        return self.deliver("interactive", self.pressed(channel, ts, action_id, user))

    def submit_view(self, view: Payload, values: payloads.Values, user: str) -> Payload:
        """Hand in a form."""
        return self.deliver("interactive", payloads.view_submission(view, values, user))

    def reply(self, channel: str, thread_ts: str, text: str, user: str) -> Payload:
        """Write in a message's thread."""
        return self.deliver("events_api", self.replied(channel, thread_ts, text, user))

    def react(self, channel: str, ts: str, emoji: str, user: str) -> Payload:
        """React to a message."""
        return self.deliver("events_api", self.reacted(channel, ts, emoji, user))

    def slash(self, text: str, user: str, channel: str) -> Payload:
        """Give the command."""
        return self.deliver("slash_commands", payloads.slash_command(text, user, channel))

    def pressed(self, channel: str, ts: str, action_id: str, user: str) -> Payload:
        """Return the payload of a press; a ``LookupError`` when no such button is shown."""
        message = self.workspace.message(channel, ts) or {}
        elements = (each for block in message["blocks"] for each in block.get("elements", []))
        element = next(filter(None, (_shown(each, action_id) for each in elements)), None)
        if element is None:
            raise LookupError(f"{action_id} is not shown")
        moment, trigger = self.workspace.stamp(), f"trigger-{self.workspace.number()}"
        self.workspace.tickets.add(trigger)
        return payloads.block_actions(
            channel, message, element, user, moment=moment, trigger=trigger
        )

    def replied(self, channel: str, thread_ts: str, text: str, user: str) -> Payload:
        """Return the payload of a reply in a thread."""
        ts = self.workspace.stamp()
        event = payloads.message_event(channel, text, user, ts=ts, thread_ts=thread_ts)
        return payloads.event_callback(event, f"Ev{self.workspace.number():07}")

    def reacted(self, channel: str, ts: str, emoji: str, user: str) -> Payload:
        """Return the payload of a reaction."""
        moment = self.workspace.stamp()
        event = payloads.reaction_event(channel, ts, emoji, user, moment=moment)
        return payloads.event_callback(event, f"Ev{self.workspace.number():07}")

    def event(self, event: Payload) -> Payload:
        """Return the payload of any event."""
        return payloads.event_callback(event, f"Ev{self.workspace.number():07}")


def _shown(element: Payload, action_id: str) -> Payload | None:
    """The element that is pressed: a button, or a menu with what is chosen in it."""
    if element["action_id"] == action_id:
        return element
    name = action_id.rpartition(".")[2]
    chosen = [e for e in element.get("options", []) if e["value"].partition(" ")[0] == name]
    return {**element, "selected_option": chosen[0]} if chosen else None


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    stand_in: SlackStandIn


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        ticket = parse_qs(address.query).get("ticket", [""])[0]
        tickets = self.server.stand_in.workspace.tickets
        if address.path != "/link/" or ticket not in tickets:
            self._answer(Fault(status=404, body=b""), {})
            return
        tickets.discard(ticket)
        self._open_socket()

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if path.startswith("/upload/"):
            self._take_upload(path.removeprefix("/upload/"), body)
        else:
            self._take_call(path.removeprefix("/api/"), body)

    def _take_upload(self, place: str, content: bytes) -> None:
        stand_in, (team, _, file) = self.server.stand_in, place.partition("/")
        found = (each for each in stand_in.others if each.team == team)
        workspace = next(found, stand_in.workspace)
        fault = workspace.next_fault("upload") or ANSWERS_ALWAYS
        fine = fault.accepted and web_api.upload(workspace, file, content)
        status = 200 if fine or not fault.accepted else 404
        default = Fault(status=status, body=f"OK - {len(content)}".encode())
        self._answer(default if fault is ANSWERS_ALWAYS else fault, {})

    def _take_call(self, method: str, body: bytes) -> None:
        stand_in = self.server.stand_in
        args = self._args(body)
        workspace = stand_in.of(args.get("token", ""))
        fault = workspace.next_fault(method) or ANSWERS_ALWAYS
        workspace.record(method, args)
        try:
            allowed = fault.accepted or fault.seconds
            answer = web_api.call(workspace, method, args, stand_in.base) if allowed else {}
        except web_api.RateLimitedError:
            limited = b'{"ok": false, "error": "ratelimited"}'
            self._answer(Fault(status=429, headers={"Retry-After": "1"}, body=limited), {})
            return
        stand_in.closing.wait(fault.seconds)
        self._answer(fault, answer)

    def _args(self, body: bytes) -> Payload:
        authorization = self.headers.get("Authorization", "")
        token = {"token": authorization.removeprefix("Bearer ")} if authorization else {}
        if "json" in self.headers.get("Content-Type", "") and body.startswith(b"{"):
            return {**token, **json.loads(body)}
        return {**token, **dict(parse_qsl(body.decode(), keep_blank_values=True))}

    def _answer(self, fault: Fault, answer: Payload) -> None:
        if fault.reset:
            reset(self.connection)
            return
        body = json.dumps(answer).encode() if fault.body is None else fault.body
        self.send_response(fault.status)
        for name, value in fault.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", fault.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def _open_socket(self) -> None:
        self.protocol_version = "HTTP/1.1"
        self.send_response(101, "Switching Protocols")
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accept = accept_key(self.headers.get("Sec-WebSocket-Key", ""))
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        self.server.stand_in.hub.serve(self.connection, self.rfile)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Keep quiet."""
