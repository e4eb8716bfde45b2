"""The stand-in itself: one port on loopback, a thread for each conversation."""

import socket
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from ssl import SSLContext, SSLError
from threading import Event, Lock, Thread
from typing import Self

from tests.standins.mail.line import HangUpError, Line
from tests.standins.mail.mailbox import Mailbox
from tests.standins.mail.session import Session

HOST = "127.0.0.1"
# A client that says nothing for so long is gone.
LONGEST_SILENCE_SECONDS = 20.0
# Small, so that a client cannot have sent a large mail before anybody reads it.
BUFFER_BYTES = 4096


class MailStandIn:
    """A mail server; with ``tls`` it offers STARTTLS, or speaks TLS from the start (``implicit``).

    Where the mailbox has accounts, nobody mails without logging in, and nobody logs in in clear.
    """

    def __init__(
        self,
        mailbox: Mailbox | None = None,
        *,
        tls: SSLContext | None = None,
        implicit: bool = False,
    ) -> None:
        self.mailbox = mailbox or Mailbox()
        self.closing = Event()
        self.tls, self.implicit = tls, implicit
        self._server = _Server((HOST, 0), _Handler)
        self._server.stand_in = self
        self._thread = Thread(target=self._server.serve_forever, args=[0.05])

    @property
    def port(self) -> int:
        """Where the server listens."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """What a client that needs no encryption is given."""
        return f"smtp://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.hang_up()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingTCPServer):
    daemon_threads = False
    stand_in: MailStandIn

    def __init__(self, address: tuple[str, int], handler: type[BaseRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(address, handler)

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        super().server_bind()

    def entered(self, line: socket.socket) -> None:
        with self._lock:
            self._open.add(line)

    def left(self, line: socket.socket) -> None:
        with self._lock:
            self._open.discard(line)

    def hang_up(self) -> None:
        with self._lock:
            for line in self._open:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)


class _Handler(BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        stand_in = self.server.stand_in
        # A second name for the connection, since TLS takes the first one over.
        known: socket.socket = self.request.dup()
        self.server.entered(known)
        self.request.settimeout(LONGEST_SILENCE_SECONDS)
        line = Line(self.request, stand_in.closing)
        try:
            if stand_in.implicit and stand_in.tls:
                line.encrypt(stand_in.tls)
            Session(line, stand_in.mailbox, stand_in.tls).run()
        except (HangUpError, OSError, SSLError):
            pass
        finally:
            self.server.left(known)
            line.close()
            known.close()
