"""Asking: a client that keeps its connections open and does no more than count answers."""

import selectors
import socket
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks.processes import PATIENCE_SECONDS, Stuck

CONNECTIONS = 4
BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked again and again of one server, and the status that is expected."""

    port: int
    path: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)

    def sent(self) -> bytes:
        """Return the request as it is sent."""
        lines = [f"GET {self.path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """The first answer of a connection; all others have to be as long."""

    head: bytes
    body: bytes

    @property
    def kept_open(self) -> bool:
        """Whether the server takes another request on the same connection."""
        return self.head.startswith(b"HTTP/1.1") and self.header("connection") != "close"

    def header(self, name: str) -> str:
        """Return the value of a header, empty where there is none."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            known, _, value = line.partition(":")
            if known.lower() == name:
                return value.strip()
        return ""


def once(question: Question) -> Answer:
    """Ask a single time, and return what came."""
    with _connected(question.port) as connection:
        connection.sendall(question.sent())
        return _whole(connection, question)


def per_second(question: Question, *, seconds: float) -> float:
    """Return how many answers come in a second to a few connections that ask without a rest.

    A server that closes the connection after each answer is asked on a new one.
    """
    first, buffer = once(question), bytearray(BUFFER_BYTES)
    with selectors.DefaultSelector() as chooser, ExitStack() as stack:
        for _ in range(CONNECTIONS):
            line = Line(question, len(first.head) + 4 + len(first.body), not first.kept_open)
            stack.callback(line.end)
            line.ask(chooser)
        count, begun = 0, time.perf_counter()
        while (spent := time.perf_counter() - begun) < seconds:
            for key, _ in chooser.select(PATIENCE_SECONDS):
                count += key.data.hear(chooser, buffer)
    return count / spent


class Line:
    """One of the connections; ``size`` is how long an answer is."""

    def __init__(self, question: Question, size: int, anew: bool) -> None:
        self.question, self.size, self.anew = question, size, anew
        self.asked, self.left = question.sent(), 0
        self.connection: socket.socket | None = None

    def ask(self, chooser: selectors.BaseSelector) -> None:
        """Ask, on a new connection where there is none."""
        if self.connection is None:
            self.connection = _connected(self.question.port)
            chooser.register(self.connection, selectors.EVENT_READ, self)
        self.left = self.size
        self.connection.sendall(self.asked)

    def hear(self, chooser: selectors.BaseSelector, buffer: bytearray) -> bool:
        """Take what has come; with the end of an answer ask again, and return True."""
        assert self.connection is not None
        self.left -= (came := self.connection.recv_into(buffer))
        if self.left > 0 and came:
            return False
        if self.left:
            raise Stuck("an answer was not as long as the first one")
        if self.anew:
            chooser.unregister(self.connection)
            self.end()
        self.ask(chooser)
        return True

    def end(self) -> None:
        """Close the connection."""
        if self.connection:
            self.connection.close()
        self.connection = None


def _connected(port: int) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def _whole(connection: socket.socket, question: Question) -> Answer:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    if head.split()[1] != str(question.status).encode():
        raise Stuck(f"{question.path} was answered with {head[:60]!r}")
    length = int(Answer(head, b"").header("content-length") or 0)
    while len(body) < length:
        body += _some(connection)
    return Answer(head, body)


def _some(connection: socket.socket) -> bytes:
    if not (found := connection.recv(BUFFER_BYTES)):
        raise Stuck("the connection was closed in the middle of an answer")
    return found
