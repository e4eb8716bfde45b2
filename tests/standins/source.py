"""A stand-in for whoever keeps a calendar: it answers on loopback, byte for byte as told."""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import Self

HOST = "127.0.0.1"
PATIENCE_SECONDS = 20.0

Answer = Callable[[str], Iterable[bytes]]


def reply(
    body: bytes = b"", *headers: str, status: str = "200 OK", length: int | None = None
) -> bytes:
    """Return a whole reply; ``length`` is what it says of its length, right or wrong."""
    known = f"Content-Length: {len(body) if length is None else length}"
    head = "\r\n".join([f"HTTP/1.1 {status}", known, *headers, "", ""])
    return head.encode() + body


@dataclass(slots=True)
class SourceStandIn:
    """Answers every request with the pieces that ``answer`` makes of it, as long as it is open."""

    answer: Answer = lambda _request: [reply(status="404 Not Found")]
    tls: ssl.SSLContext | None = None
    requests: list[str] = field(default_factory=list)
    connections: int = 0
    closing: Event = field(default_factory=Event)
    _server: "_Server | None" = None

    def __enter__(self) -> Self:
        self._server = _Server((HOST, 0), _Handler)
        self._server.stand_in = self
        Thread(target=self._server.serve_forever, args=[0.05]).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server
        return int(self._server.server_address[1])

    def url(self, host: str = HOST, path: str = "/bra.ics") -> str:
        """Return the address of a calendar; ``host`` has to lead to loopback."""
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def say(self, body: bytes, *headers: str) -> None:
        """Answer with ``body`` from now on."""
        self.answer = lambda _request: [reply(body, *headers)]

    def drip(self, pieces: Iterable[bytes], *, seconds: float = 0.02) -> Iterator[bytes]:
        """Give one piece at a time, with a rest after each, until it is closed."""
        for piece in pieces:
            yield piece
            if self.closing.wait(seconds):
                return


class _Server(ThreadingTCPServer):
    stand_in: SourceStandIn


class _Handler(BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        stand_in, line = self.server.stand_in, self.request
        line.settimeout(PATIENCE_SECONDS)
        stand_in.connections += 1
        # A client that has had enough, or trusts nobody, hangs up.
        with suppress(OSError):
            if stand_in.tls:
                line = stand_in.tls.wrap_socket(line, server_side=True)
            with line:
                request = _request(line)
                stand_in.requests.append(request)
                for piece in stand_in.answer(request):
                    line.sendall(piece)


def _request(line: socket.socket) -> str:
    found = b""
    while not found.endswith(b"\r\n\r\n") and (piece := line.recv(4096)):
        found += piece
    return found.decode("latin-1")
