"""A product to post to, as a process: it takes a message at once and answers a while later.

``python -m benchmarks.standin SECONDS [LIMIT]`` speaks as much of Slack's Web API as posting and
looking up need. It is lean, since it shares the processors with those that are measured. With a
``LIMIT`` it refuses a post to a channel that comes fewer seconds after the one before.
"""

import asyncio
import json
import sys
import time
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

from benchmarks.processes import say

Payload = dict[str, Any]
HEAD_END = b"\r\n\r\n"
NUMBERS = count(1)


class Workspace:
    """What was posted, and when."""

    def __init__(self, limit: float = 0.0) -> None:
        self.limit = limit
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.messages: dict[str, list[Payload]] = {}
        self.keys: list[str] = []
        self.first = self.last = 0.0
        self.refused = 0
        self.newest: dict[str, float] = {}

    def limited(self, args: Payload) -> bool:
        """Whether a post comes too soon; one that does is counted."""
        now, before = time.monotonic(), self.newest.get(args["channel"], 0.0)
        if self.limit and now - before < self.limit:
            self.refused += 1
            return True
        self.newest[args["channel"]] = now
        return False

    def post(self, args: Payload) -> Payload:
        """Take a message, unless it comes too soon."""
        if self.limited(args):
            return {"ok": False, "error": "ratelimited"}
        self.last = time.monotonic()
        self.first = self.first or self.last
        message = {"ts": f"{time.time():.4f}{next(NUMBERS) % 100:02}", **args}
        self.messages.setdefault(args["channel"], []).append(message)
        self.keys.append(args["metadata"]["event_payload"]["key"])
        return {"ok": True, "channel": args["channel"], "ts": message["ts"]}

    def history(self, args: Payload) -> Payload:
        """Return what a conversation holds since ``oldest``."""
        oldest = float(args.get("oldest", 0))
        found = [m for m in self.messages.get(args["channel"], []) if float(m["ts"]) >= oldest]
        return {"ok": True, "messages": found[::-1], "has_more": False}

    def counts(self) -> Payload:
        """Return how many messages came, how many different ones, and when."""
        different = len(set(self.keys))
        return {
            "posted": len(self.keys),
            "different": different,
            "first": self.first,
            "last": self.last,
            "refused": self.refused,
        }


class Line(asyncio.Protocol):
    """One connection: one call, one answer."""

    def __init__(self, workspace: Workspace, seconds: float) -> None:
        self.workspace, self.seconds = workspace, seconds
        self.transport: asyncio.Transport | None = None
        self.read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.read += data
        head, found, body = self.read.partition(HEAD_END)
        if found and len(body) >= _length(head):
            self.read = b""
            self._take(head.split(b" ", 2)[1].decode(), body)

    def _take(self, path: str, body: bytes) -> None:
        match path.rpartition("/")[2]:
            case "chat.postMessage":
                answer, seconds = self.workspace.post(json.loads(body)), self.seconds
            case "conversations.history":
                args = dict(parse_qsl(body.decode()))
                answer, seconds = self.workspace.history(args), self.seconds
            case "reset":
                self.workspace.forget()
                answer, seconds = {}, 0.0
            case "counts":
                answer, seconds = self.workspace.counts(), 0.0
            case _:
                answer, seconds = {"ok": False, "error": "unknown_method"}, 0.0
        if seconds:
            asyncio.get_running_loop().call_later(seconds, self._answer, answer)
        else:
            self._answer(answer)

    def _answer(self, answer: Payload) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        body = json.dumps(answer).encode()
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve(seconds: float, limit: float = 0.0) -> None:
    """Serve until killed; the line says where."""
    workspace = Workspace(limit)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(workspace, seconds), "127.0.0.1", backlog=512)
    say("serving", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(*(float(each) for each in sys.argv[1:])))
