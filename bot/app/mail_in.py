"""The way in of replies by mail: a thread that reads the mailbox, and never dies of a fault."""

import logging
from collections.abc import Callable
from functools import partial
from ssl import SSLContext, create_default_context
from threading import Event, Thread

from starlette.routing import BaseRoute

from bot.app.troubles import Troubles
from bot.domain.errors import BotError
from bot.mail.incoming import LARGEST_MAIL_OCTETS, Incoming, UnreadableMailError, read
from bot.mail.intake import Intake
from bot.mail.mailbox import FAULTS, Connection, Found, trouble
from bot.mail.server import MailFolder
from bot.services.ports import Clock

# Also where the server tells by itself: some tell of a mail a moment before they have it.
POLL_SECONDS = 20.0
FIRST_REST_SECONDS = 2.0
LONGEST_REST_SECONDS = 300.0
STOPS_WITHIN_SECONDS = 2.0
MAILBOX, WAITING, ANSWERS = "mailbox", "waiting for mails", "mailed answers"

log = logging.getLogger(__name__)


class MailboxError(BotError):
    """The mailbox cannot be read right now, or never as it is set up."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Brevlådan med svar går inte att läsa: {reason}.")


class MailWayIn:
    """Reads the mailbox each ``poll_seconds``, or at once where the server tells of a mail itself.

    What is kept is marked as seen before it is taken, and what could not be taken is taken again
    a minute later. What is in the way is told to ``troubles``.
    """

    def __init__(
        self,
        folder: MailFolder,
        intake: Intake,
        clock: Clock,
        troubles: Troubles,
        tls: SSLContext | None = None,
    ) -> None:
        self.routes: list[BaseRoute] = []
        self._folder, self._intake, self._clock, self._troubles = folder, intake, clock, troubles
        self._tls = tls or create_default_context()
        self.poll_seconds = POLL_SECONDS
        self._closing = Event()
        self._line: Connection | None = None
        self._polled = ""
        self._thread = Thread(target=self._run, name="mail in", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more; a line that hangs is cut."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(STOPS_WITHIN_SECONDS)
        line = self._line
        if self._thread.is_alive() and line:
            line.hang_up()
            self._thread.join(STOPS_WITHIN_SECONDS)

    def sweep(self) -> None:
        """Do nothing: the thread takes up what is left, since to tell its writers may take long."""

    def health(self) -> dict[str, object]:
        """Return when the mailbox was last read."""
        return {"mail_read": self._polled or None}

    def _run(self) -> None:
        rest = FIRST_REST_SECONDS
        while not self._closing.is_set():
            if self._troubles.attempt(MAILBOX, self._round):
                rest = FIRST_REST_SECONDS
                self._troubles.attempt(WAITING, self._wait)
                continue
            self._hang_up()
            self._closing.wait(rest)
            rest = min(2 * rest, LONGEST_REST_SECONDS)
        self._hang_up()

    def _round(self) -> bool:
        """Take what a crash or a fault has left behind, then what has come."""
        for mail in self._intake.waiting():
            self._take(mail, kept=_nothing_more)
        try:
            line = self._connected()
            for each in line.unseen():
                if not self._closing.is_set():
                    self._fetch(line, each)
        except FAULTS as error:
            raise MailboxError(trouble(error)) from error
        self._polled = self._clock().isoformat()
        return True

    def _connected(self) -> Connection:
        if self._line is None:
            self._line = Connection(self._folder, self._tls)
            self._line.open()
        return self._line

    def _wait(self) -> None:
        try:
            self._connected().wait(self._closing, seconds=self.poll_seconds)
        except FAULTS as error:
            # Lines that are silent for long are cut; whether there is more to it the next one says.
            log.debug("the line to the mailbox was cut: %s", trouble(error))
            self._hang_up()

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None

    def _fetch(self, line: Connection, found: Found) -> None:
        mail = self._read(line, found)
        if mail is None:
            line.mark_seen(found.uid)
            return
        self._take(mail, kept=partial(line.mark_seen, found.uid))

    def _read(self, line: Connection, found: Found) -> Incoming | None:
        """The mail; None of one that cannot be read, now or ever."""
        try:
            return _small(line, found)
        except UnreadableMailError as error:
            log.warning("%s Ingenting har ändrats.", error)
            return None

    def _take(self, mail: Incoming, kept: Callable[[], None]) -> None:
        """Keep a mail, tell that it is ``kept``, and take it unless somebody else has."""
        with self._intake.alone():
            fresh = self._intake.keep(mail)
            kept()
            if fresh:
                self._troubles.attempt(ANSWERS, partial(self._intake.take, mail))


def _small(line: Connection, found: Found) -> Incoming:
    if found.octets > LARGEST_MAIL_OCTETS:
        raise UnreadableMailError("det är större än 5 MB")
    return read(line.fetch(found.uid))


def _nothing_more() -> None:
    """Do nothing about a mail that was kept long ago."""
