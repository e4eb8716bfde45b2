"""What can go wrong with one call, and whether Slack had taken it by then."""

import os
import socket
import struct
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """A planned failure; ``accepted`` says whether the call has its effect all the same.

    ``reset`` cuts the connection instead of answering, ``seconds`` holds the answer back.
    Without a ``body`` the real answer is sent.
    """

    accepted: bool = False
    reset: bool = False
    seconds: float = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json; charset=utf-8"


RESET = Fault(reset=True)
ACCEPTED_THEN_RESET = Fault(accepted=True, reset=True)
ACCEPTED_THEN_503 = Fault(accepted=True, status=503, body=b"upstream", content_type="text/plain")
SERVER_ERROR = Fault(status=500, body=b"", content_type="text/plain")
HTML = Fault(body=b"<html><body>Be right back</body></html>", content_type="text/html")
CUT_SHORT = Fault(accepted=True, body=b'{"ok": true, "ts": "15')
NOT_AN_OBJECT = Fault(accepted=True, body=b'"ok"')


def rate_limited(after_seconds: int | None = None) -> Fault:
    """Return a 429, with or without ``Retry-After``."""
    headers = {} if after_seconds is None else {"Retry-After": str(after_seconds)}
    return Fault(status=429, headers=headers, body=b'{"ok": false, "error": "ratelimited"}')


def error(code: str) -> Fault:
    """Return an ``ok: false`` with that code."""
    return Fault(body=f'{{"ok": false, "error": "{code}"}}'.encode())


def slow(seconds: float) -> Fault:
    """Return an answer that comes late; the call was accepted."""
    return Fault(accepted=True, seconds=seconds)


def reset(connection: socket.socket) -> None:
    """Cut a connection as a broken network does: with a reset instead of an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())
