"""Reminders that are really mailed, and the replies that people's programs make of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

from bot.domain.answer import Answer
from bot.domain.delivery import Delivery, Draft, Outcome, Part
from bot.domain.message import Enclosure, Message
from bot.domain.signing import Key
from bot.mail.addresses import Sender
from bot.mail.incoming import read
from bot.mail.reception import Reception, TakeAttendance, no_attendance
from bot.mail.server import parse_smtp_url
from bot.mail.stationery import Stationery
from bot.mail.transport import MailTransport
from bot.services import composing, gathering
from bot.services.delivering import NO_REST
from bot.services.desk import Desk
from bot.services.links import Links
from bot.services.membership import Member, Membership
from bot.services.ports import Claim
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.receipts import SqlReceipts
from tests.builders import make_agenda, utc
from tests.mail.conftest import SOON
from tests.standins.mail.mailbox import Arrived
from tests.standins.mail.server import MailStandIn

ANNA, BO = "Anna@gavle.example", "bo@gavle.example"
BOT = "loftesbot@gavle.example"
MEETING = "gavle/lagesbild/2018-W03"
NEXT = "gavle/lagesbild/2018-W05"
NOW = utc(2018, 1, 17, 8, 0)
PAGES = "https://loftesbot.gavle.example"


class Correspondence:
    """Mails to two readers, and a reception for what they answer."""

    def __init__(self, database: Database, server: MailStandIn, *, plus: bool = True) -> None:
        self.now, self.server = NOW, server
        self.agenda = make_agenda()
        self.answers, self.deliveries = SqlAnswers(database), SqlDeliveries(database)
        self.receipts = SqlReceipts(database)
        links = Links(Key(b"k" * 32), PAGES, self.clock)
        sender = Sender(BOT, "Löftesbot")
        self.stationery = Stationery(sender, PAGES, links, replies=True, plus=plus)
        self.transport = MailTransport(
            parse_smtp_url(server.url), self.stationery, self.clock, patience=SOON
        )
        self.readers: tuple[str, ...] = (ANNA, BO)
        self.members: tuple[Member, ...] = ()
        self.take_attendance: TakeAttendance = no_attendance

    def clock(self) -> datetime:
        return self.now

    @property
    def reception(self) -> Reception:
        desk = Desk(
            {"gavle": self.agenda}, self.answers, self.receipts, self.clock,
            lambda _occurrence: None, Membership(self.members),
        )  # fmt: skip
        return Reception(
            desk, self.stationery, self.readers, self.transport.hand_over, self.clock,
            self.take_attendance,
        )  # fmt: skip

    def remind(self, reader: str = ANNA, occurrence: str = MEETING, step: str = "ask") -> Arrived:
        """Mail a reminder, and record that it was; return it as it arrived."""
        target = f"mail:{reader}"
        draft = Draft(f"{occurrence}#{step}@{target}", "gavle", occurrence, step, target, self.now)
        self.deliveries.write([draft], written=self.now, now=self.now)
        standing = self.answers.standing(occurrence)
        sending = composing.Sending(draft.key, step, self.now, self.now)
        found = self.agenda.find(occurrence, standing)
        self._send(composing.message(self.agenda.plan, found, standing, sending, None), reader)
        return self.server.mailbox.arrived[-1]

    def remind_of_many(self, reader: str = ANNA) -> Arrived:
        """Mail a list of two occurrences, and record that it was sent."""
        target = f"mail:{reader}"
        items = [
            Draft(f"{each}#ask@{target}", "gavle", each, "ask", target, self.now)
            for each in (MEETING, NEXT)
        ]
        whole = replace(items[0], key="list", occurrence="", step="list", part=Part.LIST)
        self.deliveries.write([whole], written=self.now, now=self.now)
        sending = composing.Sending("list", "list", self.now, self.now)
        message = gathering.message(self.agenda, items, {}, sending)
        assert message is not None
        self._send(message, reader)
        return self.server.mailbox.arrived[-1]

    def invite(self, reader: str = ANNA, number: int = 0, *, withdrawn: bool = False) -> None:
        """Write the invitation with that number, and mail it unless it was withdrawn."""
        target, step = f"mail:{reader}", f"invite-{number}"
        key = f"{MEETING}#{step}@{target}"
        draft = Draft(
            key,
            "gavle",
            MEETING,
            step,
            target,
            self.now,
            part=Part.INVITATION,
            thread="2018-01-16 09:00–10:30",
        )
        self.deliveries.write([draft], written=self.now, now=self.now)
        if withdrawn:
            (claimed,) = self.claimed()
            assert self.deliveries.withdraw(claimed, "Ersatt", now=self.now)
            return
        words = Message(key, MEETING, "Inbjudan: Gemensam lägesbild", ("När: 16 januari",))
        content = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
        enclosure = Enclosure(key, "", "m.ics", words.title, content, words, "REQUEST")
        self.settle(lambda: self.transport.enclose(enclosure, address=reader))

    def claimed(self) -> list[Delivery]:
        """Take what waits to be sent."""
        wish = Claim(self.now, timedelta(minutes=2), {}, limit=10, holder="n1")
        return self.deliveries.claim(wish, lambda _connection, _found: None)

    def _send(self, message: Message, reader: str) -> None:
        self.settle(lambda: self.transport.post(message, address=reader))

    def settle(self, send: Callable[[], Outcome]) -> None:
        """Send what waits to be sent, and record what became of it."""
        for claimed in self.claimed():
            outcome = send()
            posted = replace(claimed, posted=self.now)
            assert self.deliveries.settle(posted, outcome, now=self.now, rest=NO_REST, then=[])

    def take(self, raw: bytes) -> None:
        self.reception.take(read(raw))

    def said(self, occurrence: str = MEETING) -> tuple[Answer, ...]:
        return self.answers.standing(occurrence).answers

    @property
    def notes(self) -> list[Arrived]:
        """What we wrote back."""
        every = self.server.mailbox.arrived
        return [each for each in every if each.message["Auto-Submitted"] == "auto-replied"]


def reply_to(
    reminder: Arrived, text: str, *, by: str = "anna@gavle.example", number: int = 1
) -> EmailMessage:
    """Return what a mail program makes of a reply, the reminder quoted below."""
    mail, asked = EmailMessage(policy=SMTP), reminder.message
    mail["From"] = f"Anna Andersson <{by}>"
    mail["To"] = str(asked["Reply-To"] or asked["From"])
    mail["Subject"] = f"Sv: {asked['Subject']}"
    mail["Message-ID"] = f"<reply-{number}@gavle.example>"
    mail["In-Reply-To"] = str(asked["Message-ID"])
    mail["References"] = f"{asked['References'] or ''} {asked['Message-ID']}".strip()
    quoted = "".join(f"> {line}\n" for line in reminder.text.splitlines())
    mail.set_content(f"{text}\n\nDen 17 jan. 2018 skrev Löftesbot <{BOT}>:\n{quoted}")
    return mail


def changed(mail: EmailMessage, **headers: str) -> bytes:
    """Return the mail with other headers; an empty one is left out."""
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        if value:
            mail[name.replace("_", "-")] = value
    return mail.as_bytes()
