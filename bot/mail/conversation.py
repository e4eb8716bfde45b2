"""One conversation with a mail server, step by step, so that it is known how far it came."""

import re
import socket
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from smtplib import SMTP, SMTPServerDisconnected
from ssl import SSLContext
from threading import Event, Timer

from bot.mail.server import MailServer, Security
from bot.mail.wire import Letter

QUIT_SECONDS = 1.0
START_INPUT = 354


class Stage(StrEnum):
    """How far a conversation came; only in the last the server may have taken the mail."""

    CONNECT = "connect"
    GREET = "EHLO"
    ENCRYPT = "TLS"
    LOG_IN = "AUTH"
    SENDER = "MAIL"
    RECIPIENT = "RCPT"
    DATA = "DATA"
    CONTENT = "content"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: for each step of the server, the last of them, and the conversation.

    RFC 5321 §4.5.3.2 would have minutes for each step, and ten of them for the last (§4.5.3.2.6),
    since a mail given up too early comes twice. But the lease of a delivery must outlast the
    conversation, or another process would send it too.
    """

    step: timedelta = timedelta(seconds=10)
    verdict: timedelta = timedelta(seconds=20)
    whole: timedelta = timedelta(seconds=30)


class ReplyError(Exception):
    """The server answered, but not what the step needs; ``code`` is its own (RFC 5321 §4.2)."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text


class UnofferedError(Exception):
    """The server does not offer what the settings ask for: ``STARTTLS`` or ``AUTH``."""

    def __init__(self, extension: str) -> None:
        super().__init__(extension)
        self.extension = extension


class Conversation:
    """Hands one letter over to one server; ``stage`` says how far it came when that fails.

    A watch ends the conversation when it takes too long in all, also where a server answers
    every step a little at a time; nothing is handed over after that.
    """

    def __init__(self, server: MailServer, tls: SSLContext, patience: Patience) -> None:
        self.stage = Stage.CONNECT
        self._server, self._tls, self._patience = server, tls, patience
        # A name given here spares the library a look-up of our own, which has no time-out.
        self._smtp = SMTP(local_hostname="localhost", timeout=patience.step.total_seconds())
        self._late = Event()

    def hand_over(self, letter: Letter) -> None:
        """Return once the server has taken responsibility for ``letter``, or raise.

        What is raised: ``ReplyError``, ``UnofferedError``, ``OSError`` or ``ValueError``.
        """
        watch = Timer(self._patience.whole.total_seconds(), self._hang_up)
        watch.daemon = True
        watch.start()
        try:
            self._open()
            if self._server.user:
                self._log_in()
            self._send(letter)
        finally:
            self._close()
            watch.cancel()

    def _open(self) -> None:
        server, wait = self._server, self._patience.step.total_seconds()
        self._enter(Stage.CONNECT)
        self._smtp.sock = socket.create_connection((server.host, server.port), wait)
        if server.security is Security.TLS:
            self._encrypt()
        self._enter(Stage.GREET)
        _expect(self._smtp.getreply())
        self._greet()
        if server.security is Security.STARTTLS:
            self._enter(Stage.ENCRYPT)
            if not self._smtp.has_extn("starttls"):
                raise UnofferedError("STARTTLS")
            _expect(self._smtp.docmd("STARTTLS"))
            self._encrypt()
            self._greet()

    def _greet(self) -> None:
        """Say EHLO with our address: a name that the server could look up we may not have."""
        self._enter(Stage.GREET)
        ours = str(self._line.getsockname()[0])
        _expect(self._smtp.ehlo(f"[IPv6:{ours}]" if ":" in ours else f"[{ours}]"))

    def _encrypt(self) -> None:
        """Go over to TLS, and forget whatever was said before (RFC 3207 §4.2)."""
        self._enter(Stage.ENCRYPT)
        encrypted = self._tls.wrap_socket(
            self._line, server_hostname=self._server.host, do_handshake_on_connect=False
        )
        self._smtp.sock, self._smtp.file = encrypted, None
        encrypted.do_handshake()

    def _log_in(self) -> None:
        """Log in by PLAIN (RFC 4616) or LOGIN, once: servers lock whoever fails too often."""
        self._enter(Stage.LOG_IN)
        offered = self._smtp.esmtp_features.get("auth", "").upper().split()
        user, password = self._server.user, self._server.password
        if "PLAIN" in offered:
            _expect(self._smtp.docmd("AUTH", "PLAIN " + _base64(f"\0{user}\0{password}")))
        elif "LOGIN" in offered:
            _expect(self._smtp.docmd("AUTH", f"LOGIN {_base64(user)}"), 334)
            _expect(self._smtp.docmd(_base64(password)))
        else:
            raise UnofferedError("AUTH")

    def _send(self, letter: Letter) -> None:
        self._command(Stage.SENDER, f"MAIL FROM:<{letter.sender}>")
        self._command(Stage.RECIPIENT, f"RCPT TO:<{letter.recipient}>")
        self._command(Stage.DATA, "DATA", START_INPUT)
        self._enter(Stage.CONTENT)
        # If this raises, the last octets never left, and the last are the final dot.
        self._smtp.send(stuffed(letter.content) + b".\r\n")
        self.stage = Stage.VERDICT
        self._line.settimeout(self._patience.verdict.total_seconds())
        _expect(self._smtp.getreply())

    def _command(self, stage: Stage, line: str, wanted: int = 250) -> None:
        self._enter(stage)
        _expect(self._smtp.docmd(line), wanted)

    def _enter(self, stage: Stage) -> None:
        self.stage = stage
        if self._late.is_set():
            raise TimeoutError("conversation took too long")

    @property
    def _line(self) -> socket.socket:
        if self._smtp.sock is None:
            raise SMTPServerDisconnected
        return self._smtp.sock

    def _hang_up(self) -> None:
        self._late.set()
        with suppress(OSError):
            # The base class's own: that of SSLSocket would first drop its encryption.
            socket.socket.shutdown(self._line, socket.SHUT_RDWR)

    def _close(self) -> None:
        """Say QUIT, but wait only a moment: what became of the mail is known by now."""
        try:
            if self.stage is not Stage.CONTENT:
                self._line.settimeout(QUIT_SECONDS)
                self._smtp.docmd("QUIT")
        except (OSError, ValueError):
            pass
        finally:
            self._smtp.close()


def stuffed(content: bytes) -> bytes:
    """Return ``content`` with a dot more before each line that begins with one (§4.5.2)."""
    return re.sub(rb"(?m)^\.", b"..", content)


def _expect(reply: tuple[int, bytes], wanted: int = 250) -> None:
    """Let a reply pass whose first digit is the wanted one's; that is what counts (§4.2.1)."""
    code, text = reply
    if code // 100 != wanted // 100:
        raise ReplyError(code, text.decode(errors="replace"))


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")
