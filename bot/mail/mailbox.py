"""The mailbox that replies come to: one connection by IMAP, over TLS alone."""

import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from imaplib import IMAP4
from select import select
from ssl import SSLCertVerificationError, SSLContext, SSLError
from threading import Event
from types import TracebackType
from typing import Self

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls
from imap_tools.errors import (
    ImapToolsError,
    MailboxFolderSelectError,
    MailboxLoginError,
    MailboxStarttlsError,
)

from bot.mail.incoming import LARGEST_MAIL_OCTETS
from bot.mail.server import IMAP_SETTING, MailFolder, MailServer, Security
from bot.mail.wire import clean

STEP_SECONDS = 30.0
IDLE_SECONDS = 10.0
SLICE_SECONDS = 0.5
MOST_AT_ONCE = 100
LONGEST_REASON = 200
FAULTS = (OSError, IMAP4.error, ImapToolsError, ValueError)
_SIZE = re.compile(rb"(?=.*\bUID (\d+))(?=.*\bRFC822\.SIZE (\d+))", re.IGNORECASE)


class LogInError(ImapToolsError):
    """The server does not take our password; what it says may echo it."""


SET_UP = (
    ((MailboxLoginError, LogInError), "brevlådan godtar inte inloggningen"),
    (MailboxFolderSelectError, "mappen finns inte"),
    (MailboxStarttlsError, "servern erbjuder inte STARTTLS"),
    (SSLCertVerificationError, "serverns certifikat går inte att lita på"),
    (SSLError, "servern talar inte TLS som den ska"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A mail that nobody has seen: its number, and how large the server says that it is."""

    uid: str
    octets: int


class Connection:
    """A folder that is open from ``with`` on; whatever goes wrong is one of ``FAULTS``.

    ``idles`` says whether the server tells by itself when a mail comes.
    """

    def __init__(self, folder: MailFolder, tls: SSLContext) -> None:
        self._folder, self._tls = folder, tls
        self._box: BaseMailBox | None = None
        self.idles = False

    def __enter__(self) -> Self:
        self.open()
        return self

    def open(self) -> None:
        """Connect and log in."""
        server = self._folder.server
        kind = MailBox if server.security is Security.TLS else _StartTls
        self._box = box = kind(server.host, server.port, STEP_SECONDS, ssl_context=self._tls)
        try:
            _log_in(box, server)
            box.folder.set(self._folder.name)
            # Many servers say what they can do only to those who have logged in.
            offered = _expect(box.client.capability())
            self.idles = any(isinstance(o, bytes) and b"IDLE" in o.split() for o in offered)
        except BaseException:
            self.close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            with suppress(*FAULTS):
                self._open.client.logout()
        self.close()

    def close(self) -> None:
        """Close the line without a word, as one that has failed; it may be closed already."""
        if self._box is not None:
            with suppress(OSError):
                self._box.client.shutdown()
        self._box = None

    def unseen(self) -> list[Found]:
        """Return the first mails that nobody has seen, the oldest first."""
        self._has_news()
        uids = self._open.uids("UNSEEN")[:MOST_AT_ONCE]
        if not uids:
            return []
        sizes = dict(_sizes(self._fetched(",".join(uids), "(RFC822.SIZE)")))
        return [Found(each, sizes.get(each, LARGEST_MAIL_OCTETS + 1)) for each in uids]

    def fetch(self, uid: str) -> bytes:
        """Return a mail, and leave it unseen; of one larger than it said only the beginning."""
        found = self._fetched(uid, f"(BODY.PEEK[]<0.{LARGEST_MAIL_OCTETS + 1}>)")
        return next((each[1] for each in found if isinstance(each, tuple)), b"")

    def mark_seen(self, uid: str) -> None:
        """Let the mail be seen, so that it is not fetched again."""
        _expect(self._open.client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))

    def wait(self, closing: Event, *, seconds: float) -> None:
        """Return when something has come, after ``seconds``, or soon after ``closing`` is set."""
        if not self.idles:
            closing.wait(seconds)
            return
        for _ in range(max(1, round(seconds / IDLE_SECONDS))):
            if self._has_news() or closing.is_set() or self._idle(closing):
                return

    def hang_up(self) -> None:
        """Cut the line, from another thread; whatever it waits for fails."""
        box = self._box
        if box is not None:
            with suppress(OSError):
                socket.socket.shutdown(box.client.sock, socket.SHUT_RDWR)

    @property
    def _open(self) -> BaseMailBox:
        if self._box is None:
            raise ConnectionError("no connection")
        return self._box

    def _idle(self, closing: Event) -> bool:
        """Whether the server told of something.

        What it tells as this begins may be read with its consent, and is seen only afterwards.
        So this never takes long.
        """
        sock = self._open.client.sock
        with self._open.idle:
            for _ in range(round(IDLE_SECONDS / SLICE_SECONDS)):
                if closing.is_set() or select([sock], [], [], SLICE_SECONDS)[0]:
                    return True
        return False

    def _has_news(self) -> bool:
        """Whether the server has told of mails since it was last asked."""
        self._open.client.noop()
        return self._open.client.response("EXISTS")[1] != [None]

    def _fetched(self, uids: str, what: str) -> list[object]:
        return _expect(self._open.client.uid("FETCH", uids, what))


def _log_in(box: BaseMailBox, server: MailServer) -> None:
    ascii_only = f"{server.user}{server.password}".isascii()
    log_in = box.login if ascii_only else box.login_utf8
    try:
        log_in(server.user, server.password, None)
    except IMAP4.abort:
        raise
    except IMAP4.error as error:
        raise LogInError from error


class _StartTls(MailBoxStartTls):
    """Closes the line where STARTTLS cannot be had."""

    def _get_mailbox_client(self) -> IMAP4:
        client = IMAP4(self._host, self._port, self._timeout)
        try:
            client.starttls(self._ssl_context)
        except BaseException:
            with suppress(OSError):
                client.shutdown()
            raise
        return client


def trouble(error: Exception) -> str:
    """Return in a line what one of ``FAULTS`` says, without any secret."""
    for kind, words in SET_UP:
        if isinstance(error, kind):
            return f"{words}; kontrollera {IMAP_SETTING}"
    return clean(f"{type(error).__name__}: {error}")[:LONGEST_REASON]


def _sizes(found: list[object]) -> Iterator[tuple[str, int]]:
    for each in found:
        size = _SIZE.search(each) if isinstance(each, bytes) else None
        if size:
            yield size[1].decode(), int(size[2])


def _expect(answer: tuple[str, list[object]]) -> list[object]:
    result, found = answer
    if result != "OK":
        raise IMAP4.error(result)
    return found
