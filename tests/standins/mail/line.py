"""A connection as SMTP sees it: lines in, replies out, TLS in between."""

import socket
import struct
from ssl import SSLContext, SSLSocket
from threading import Event

from tests.standins.mail.mailbox import Fault

LONGEST_LINE = 100_000_000
DRIPS = 1_000


class HangUpError(Exception):
    """The conversation is over."""


class Line:
    """One client's connection; reading past its end raises ``HangUpError``."""

    def __init__(self, connection: socket.socket, closing: Event) -> None:
        self._connection, self._closing = connection, closing
        self._reader = connection.makefile("rb")

    @property
    def encrypted(self) -> bool:
        """Whether TLS is spoken."""
        return isinstance(self._connection, SSLSocket)

    def encrypt(self, tls: SSLContext) -> None:
        """Go over to TLS; what the client sent too early is dropped."""
        self._reader.close()
        self._connection = tls.wrap_socket(self._connection, server_side=True)
        self._reader = self._connection.makefile("rb")

    def read_line(self) -> bytes:
        """Return the next line with its end, which need not be CRLF."""
        line = self._reader.readline(LONGEST_LINE)
        if not line:
            raise HangUpError
        return line

    def read(self, octets: int) -> bytes:
        """Return the next octets."""
        return self._reader.read(octets)

    def say(self, *lines: str) -> None:
        """Send one reply, of as many lines as are given."""
        *first, last = lines
        whole = [*(f"{each[:3]}-{each[4:]}" for each in first), last]
        self._connection.sendall("".join(f"{each}\r\n" for each in whole).encode())

    def suffer(self, fault: Fault) -> bool:
        """Do as ``fault`` says; true when that was the answer."""
        self._closing.wait(0 if fault.drips else fault.seconds)
        if fault.hangs_up:
            self._hang_up(politely=fault.politely)
        if fault.drips:
            self._drip(fault.seconds)
        if fault.reply:
            self.say(*fault.reply.split("\n"))
            if fault.reply.startswith("421"):
                raise HangUpError
        return bool(fault.reply)

    def close(self) -> None:
        """Give the connection back."""
        self._reader.close()
        self._connection.close()

    def _hang_up(self, *, politely: bool) -> None:
        if not politely:
            linger = struct.pack("ii", 1, 0)
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        raise HangUpError

    def _drip(self, seconds: float) -> None:
        """Begin a reply and never end it; the bound is the test's own."""
        self._connection.sendall(b"250-")
        for _ in range(DRIPS):
            if self._closing.wait(seconds):
                break
            self._connection.sendall(b".")
        raise HangUpError
