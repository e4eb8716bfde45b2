"""E-mail, through the real smtplib against the stand-in, as the contract sees it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Self

from bot.domain.message import Message
from bot.domain.signing import Key
from bot.mail.addresses import Sender
from bot.mail.conversation import Patience
from bot.mail.server import parse_smtp_url
from bot.mail.stationery import Stationery
from bot.mail.transport import MailTransport
from bot.services.links import Links
from bot.storage.database import Database
from tests.builders import utc
from tests.mail.pages import Page
from tests.standins.mail.mailbox import Fault, Moment
from tests.standins.mail.server import MailStandIn
from tests.transports.rig import Arrived, Rig, Trouble

READER = "samverkan@gavle.example"
NOW = utc(2018, 1, 16)
PAGES = "https://loftesbot.gavle.example"
STATIONERY = Stationery(
    Sender("loftesbot@gavle.example", "Löftesbot"),
    PAGES,
    Links(Key(b"k" * 32), PAGES, lambda: NOW),
    replies=True,
)
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
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
    "Auto-Submitted", "MIME-Version", "Content-Type",
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
        self.transport = MailTransport(address, STATIONERY, lambda: NOW, patience=PATIENCE)

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
        return STATIONERY.message_id(key)

    def liberties(self, message: Message) -> list[str]:
        (mail,) = self.server.mailbox.arrived
        extra = [each for each in mail.message if each not in HEADERS]
        readers = [each for each in mail.recipients if each != READER]
        kinds = [each.get_content_type() for each in mail.message.walk()]
        verbs = [each.split(" ")[0].upper() for each in self.server.mailbox.heard]
        return [
            *extra,
            *readers,
            *(kinds if kinds != ["multipart/alternative", "text/plain", "text/html"] else []),
            *Page.read(mail.page).liberties,
            *(verbs if verbs != VERBS else []),
        ]
