"""A real IMAP server on loopback, with one user's mailbox in memory, and a way into it."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from imaplib import IMAP4, IMAP4_SSL
from pathlib import Path
from urllib.parse import quote

from tests.standins.mail import certificate
from tests.waiting import until

USER = "loftesbot@gavle.example"
PASSWORD = "k4n4r1e/lösen:ord"
COMMAND = "from pymap.main import main; main()"
# It has STARTTLS alone; so it speaks TLS from the first octet.
UNDER_TLS = """
import asyncio, functools, ssl, sys
tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
tls.load_cert_chain(*sys.argv[1:3])
del sys.argv[1:3]
asyncio.start_server = functools.partial(asyncio.start_server, ssl=tls)
"""
# It has no option for this either.
WITHOUT_IDLE = """
import pymap.backend.dict as backend
has = backend.BackendCapability
backend.BackendCapability = lambda **known: has(**{**known, "idle": False})
"""
STOPS_WITHIN_SECONDS = 10
PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Inbox:
    """The mailbox, as those see it who put mails into it and look at what became of them."""

    port: int
    implicit: bool = False

    @property
    def url(self) -> str:
        """What the product is given."""
        scheme = "imaps" if self.implicit else "imap+starttls"
        secret = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"
        return f"{scheme}://{secret}@127.0.0.1:{self.port}/INBOX"

    def deliver(self, *mails: bytes) -> None:
        """Let mails arrive."""
        with self._opened() as client:
            for mail in mails:
                assert client.append("INBOX", "", "", mail)[0] == "OK"

    def count(self, criterion: str) -> int:
        """Return how many mails are, for instance, ``UNSEEN``."""
        with self._opened() as client:
            assert client.select("INBOX")[0] == "OK"
            return len(client.search(None, criterion)[1][0].split())

    @contextmanager
    def _opened(self) -> Iterator[IMAP4]:
        with self._connected() as client:
            secret = f"\0{USER}\0{PASSWORD}".encode()
            client.authenticate("PLAIN", lambda _: secret)
            yield client

    def _connected(self) -> IMAP4:
        tls = certificate.trusting()
        if self.implicit:
            return IMAP4_SSL("127.0.0.1", self.port, ssl_context=tls, timeout=PATIENCE_SECONDS)
        client = IMAP4("127.0.0.1", self.port, PATIENCE_SECONDS)
        client.starttls(tls)
        return client


@contextmanager
def serving(
    folder: Path, port: int = 0, *, implicit: bool = False, idle: bool = True
) -> Iterator[Inbox]:
    """Serve an empty mailbox until the block ends; with TLS from the start, or by STARTTLS.

    Without ``idle`` it tells nobody by itself that a mail has come.
    """
    port = port or free_port()
    cert, key = folder / "imap-cert.pem", folder / "imap-key.pem"
    for path, text in zip((cert, key), certificate.made(), strict=True):
        path.write_text(text, encoding="ascii")
    files = (str(cert), str(key))
    command = COMMAND if idle else WITHOUT_IDLE + COMMAND
    opportunistic = [command, "--cert", files[0], "--key", files[1]]
    program = [UNDER_TLS + command, *files, "--no-tls"] if implicit else opportunistic
    at = ["--host", "127.0.0.1", "--port", str(port)]
    who = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    with subprocess.Popen(
        [sys.executable, "-c", *program, *at, *who], stderr=subprocess.DEVNULL
    ) as server:
        try:
            until(lambda: server.poll() is not None or listens(port))
            assert server.poll() is None
            yield Inbox(port, implicit)
        finally:
            server.terminate()
            server.wait(STOPS_WITHIN_SECONDS)


def free_port() -> int:
    """Return a port that nobody had a moment ago."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def listens(port: int) -> bool:
    """Whether anybody takes calls there."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
