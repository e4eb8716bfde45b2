"""E-mail, through the real smtplib against the stand-in, as the contract sees it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Self

from bot.domain.message import Message
from bot.mail.addresses import Sender
from bot.mail.conversation import Patience
from bot.mail.letter import message_id
from bot.mail.server import parse_smtp_url
from bot.mail.transport import MailTransport
from bot.storage.database import Database
from tests.builders import utc
from tests.standins.mail.mailbox import Fault, Moment
from tests.standins.mail.server import MailStandIn
from tests.transports.rig import Arrived, Rig, Trouble

READER = "samverkan@gavle.example"
SENDER = Sender("loftesbot@gavle.example", "Löftesbot")
PATIENCE = Patience(
    step=timedelta(seconds=2), verdict=timedelta(seconds=2), whole=timedelta(seconds=5)
)
FAULTS = {
    Trouble.REFUSES: (Moment.RCPT, Fault("550 5.1.1 User unknown")),
    Trouble.BUSY: (Moment.RCPT, Fault("450 4.2.1 Mailbox busy")),
    Trouble.LOSES_THE_ANSWER: (Moment.END, Fault(taken=True, hangs_up=True)),
    Trouble.LOSES_THE_MESSAGE: (Moment.END, Fault(hangs_up=True)),
    Trouble.HANGS: (Moment.END, Fault(seconds=60)),
}
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip
VERBS = ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]


class MailRig(Rig):
    """One reader, by one mail server."""

    product = "mail"
    address = READER
    searchable = False
    changes = False

    def __init__(self, server: MailStandIn, running: ExitStack) -> None:
        self.server, self._running = server, running
        address = parse_smtp_url(server.url)
        self.transport = MailTransport(address, SENDER, lambda: utc(2018, 1, 16), patience=PATIENCE)

    @classmethod
    @contextmanager
    def opened(cls, database: Database) -> Iterator[Self]:
        with ExitStack() as running:
            yield cls(running.enter_context(MailStandIn()), running)

    def meet(self, trouble: Trouble) -> None:
        if trouble is Trouble.DOWN:
            self._running.close()
        else:
            self.server.mailbox.fail_next(*FAULTS[trouble])

    @property
    def arrived(self) -> list[Arrived]:
        return [
            Arrived(
                str(each.message["Subject"]),
                each.text,
                str(each.message["Message-ID"]),
                str(each.message["Message-ID"]),
            )
            for each in self.server.mailbox.arrived
        ]

    def mark(self, key: str) -> str:
        return message_id(key, SENDER)

    def liberties(self, message: Message) -> list[str]:
        (mail,) = self.server.mailbox.arrived
        extra = [each for each in mail.message if each not in HEADERS]
        readers = [each for each in mail.recipients if each != READER]
        kind = mail.message.get_content_type()
        verbs = [each.split(" ")[0].upper() for each in self.server.mailbox.heard]
        return [
            *extra,
            *readers,
            *([kind] if kind != "text/plain" else []),
            *(verbs if verbs != VERBS else []),
        ]
