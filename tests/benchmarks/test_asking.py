"""The client of the benchmarks, against servers that keep and that close their connections."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.asking import Question, once, per_second
from benchmarks.processes import Stuck

BODY = b"x" * 100_000


class Server(ThreadingHTTPServer):
    """Keeps what it was asked; a client that leaves in the middle of an answer is no fault."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.asked: list[str | None] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


class Kept(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.headers.get("If-None-Match"))
        self.send_response(200)
        self.send_header("ETag", '"tag"')
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Say nothing."""


class Closed(Kept):
    protocol_version = "HTTP/1.0"


@contextmanager
def served(handler: type[Kept]) -> Iterator[Server]:
    server = Server(handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("handler", [Kept, Closed])
def test_every_whole_answer_is_counted(handler: type[Kept]) -> None:
    with served(handler) as server:
        question = Question(server.server_port, "/", 200, {"If-None-Match": '"old"'})
        answer = once(question)
        rate = per_second(question, seconds=0.3)
        asked = list(server.asked)
    assert (answer.body, answer.header("etag")) == (BODY, '"tag"')
    assert answer.kept_open is (handler is Kept)
    assert set(asked) == {'"old"'}
    # What is under way at the end was asked and not counted.
    assert 0 < rate * 0.3 <= len(asked)


def test_another_status_than_expected_ends_the_measuring() -> None:
    with served(Kept) as server, pytest.raises(Stuck, match="200 OK"):
        once(Question(server.server_port, "/", 304))
