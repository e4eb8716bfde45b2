"""Serving the application on a free port of loopback, and asking it with the standard library."""

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from typing import Any
from urllib.parse import urlencode

import uvicorn
from starlette.types import ASGIApp

from bot.cli.server import listen
from bot.web.site import make_site
from tests.web.builders import World

PATIENCE_SECONDS = 20
OWN = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """Asks one server, and keeps its cookies as a browser does."""

    port: int
    world: World
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"http://{self.host}"

    @contextmanager
    def open(
        self,
        path: str,
        *,
        method: str = "GET",
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[HTTPConnection]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        sent = dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, sent)
            yield connection
        finally:
            connection.close()

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        with self.open(path, method=method, body=body, headers=headers) as connection:
            response = connection.getresponse()
            reply = Reply(response.status, response.headers, response.read())
        self._keep(reply.headers)
        return reply

    def ask_on_one_line(self, paths: Sequence[str]) -> list[Reply]:
        """Ask for ``paths`` one after the other, on one connection that is kept."""
        replies = list[Reply]()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        with closing(connection):
            for path in paths:
                connection.request("GET", path)
                response = connection.getresponse()
                replies.append(Reply(response.status, response.headers, response.read()))
        return replies

    def send(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] = OWN) -> Reply:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask(path, method="POST", body=urlencode(fields), headers={**kind, **headers})

    def _keep(self, headers: HTTPMessage) -> None:
        for line in headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if "Max-Age=0" in line:
                del self.cookies[name]


@contextmanager
def listening(app: ASGIApp, closing: threading.Event) -> Iterator[int]:
    """Serve ``app`` until the block ends; the port takes connections from the first line on."""
    with listen("127.0.0.1", 0) as taken:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on", ws="none"))
        thread = threading.Thread(target=server.run, args=([taken],))
        thread.start()
        try:
            yield int(taken.getsockname()[1])
        finally:
            closing.set()
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive()


@contextmanager
def served(world: World) -> Iterator[Client]:
    with listening(make_site(world.site()), world.closing) as port:
        yield Client(port, world)


def answer(occurrence: str, kind: str, **more: str) -> dict[str, str]:
    """Return the fields of an answer's form, with a nonce of its own."""
    nonce = re.sub(r"[^A-Za-z0-9]", "-", f"{occurrence}-{kind}-nonce")
    fields = {"occurrence": occurrence, "kind": kind, "by": "Kommunpolis", "nonce": nonce}
    return fields | more


def form(page: Reply, part: str) -> dict[str, str]:
    """Return the hidden fields of one form of a page, as a browser would send them."""
    found = next(
        each
        for each in re.findall(r"<form.*?</form>", page.text, re.DOTALL)
        if f'name="part" value="{part}"' in each
    )
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found))
