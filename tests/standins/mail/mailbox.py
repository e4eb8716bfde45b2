"""What a mail server keeps: the mails it took, what it was told, and the faults it was given."""

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import StrEnum
from threading import RLock


class Moment(StrEnum):
    """Where in a conversation a fault strikes; ``END`` is after the final dot."""

    CONNECT = "connect"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    HANDSHAKE = "handshake"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    MIDDLE = "middle of the data"
    END = "end of the data"
    QUIT = "QUIT"


@dataclass(frozen=True, slots=True)
class Fault:
    """A planned failure: ``reply`` in place of the real one, or ``hangs_up`` without any.

    A line is cut as a broken network does, by a reset, unless it is hung up ``politely``.
    ``taken`` says whether a mail whose end was seen is kept all the same. ``seconds`` holds the
    answer back; with ``drips`` it then comes a letter at a time, each after that wait, for ever.
    """

    reply: str = ""
    hangs_up: bool = False
    politely: bool = False
    taken: bool = False
    seconds: float = 0
    drips: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that the server took responsibility for."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    user: str
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        """The mail as a mail program reads it."""
        read = message_from_bytes(self.content, policy=default)
        assert isinstance(read, EmailMessage)
        return read

    @property
    def text(self) -> str:
        """The body as it is shown by a program that knows no HTML."""
        plain = self.message.get_body(("plain",))
        assert plain is not None
        return str(plain.get_content()).replace("\r\n", "\n")

    @property
    def page(self) -> str:
        """The body as HTML."""
        html = self.message.get_body(("html",))
        assert html is not None
        return str(html.get_content())


@dataclass
class Mailbox:
    """What one server keeps; every method may be called from any thread."""

    accounts: dict[str, str] = field(default_factory=dict)
    mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN")
    _arrived: list[Arrived] = field(default_factory=list)
    _heard: list[str] = field(default_factory=list)
    _faults: dict[Moment, list[Fault]] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def fail_next(self, moment: Moment, *faults: Fault) -> None:
        """Let the next conversations fail at ``moment``, one fault each."""
        with self._lock:
            self._faults.setdefault(moment, []).extend(faults)

    def next_fault(self, moment: Moment) -> Fault:
        """Take the fault that was planned for this moment; an empty one when none was."""
        with self._lock:
            planned = self._faults.get(moment)
            return planned.pop(0) if planned else Fault()

    def take(self, mail: Arrived) -> None:
        """Keep a mail."""
        with self._lock:
            self._arrived.append(mail)

    def hear(self, command: str) -> None:
        """Remember a command, passwords and all."""
        with self._lock:
            self._heard.append(command)

    @property
    def arrived(self) -> list[Arrived]:
        """The mails, in the order in which they came."""
        with self._lock:
            return list(self._arrived)

    @property
    def heard(self) -> list[str]:
        """Every command line, of all conversations."""
        with self._lock:
            return list(self._heard)
