"""Posting by e-mail: translate in, hand over once, translate out."""

from dataclasses import dataclass, field
from datetime import timedelta
from ssl import SSLContext, create_default_context

from bot.domain.delivery import Found, Outcome, Refused, Sent, Sought, Unsearchable
from bot.domain.errors import SettingsError
from bot.domain.message import Enclosure, Message
from bot.mail.addresses import wire_address
from bot.mail.conversation import Conversation, Patience
from bot.mail.letter import invitation, letter
from bot.mail.outcomes import FAULTS, untaken
from bot.mail.server import MailServer
from bot.mail.stationery import Stationery
from bot.mail.wire import Letter
from bot.services.ports import Clock

PACE = timedelta(milliseconds=200)


@dataclass(frozen=True, slots=True)
class MailTransport:
    """Mails to one address; ``address`` is a person's or a list's. ``clock`` is the machine's.

    Nobody can look a mail up. What is sent again bears the same Message-ID, so that mail
    systems that watch for repeats can drop it.
    """

    server: MailServer
    stationery: Stationery
    clock: Clock
    tls: SSLContext = field(default_factory=create_default_context)
    patience: Patience = field(default_factory=Patience)

    @property
    def pace(self) -> timedelta:
        """A fifth of a second: SMTP names no limit, but a burst to one reader looks like spam."""
        return PACE

    @property
    def encloses(self) -> bool:
        """Calendar files are not mailed: a second mail for each would be one too many."""
        return False

    @property
    def retells(self) -> bool:
        """An answer is no reason for another mail."""
        return False

    def post(self, message: Message, *, address: str) -> Outcome:
        """Mail ``message``; the receipt is its Message-ID, which an answer by mail refers to."""
        try:
            recipient = wire_address(address)
        except SettingsError as error:
            return Refused(str(error))
        paper, now = self.stationery, self.clock()
        return self.hand_over(letter(message, stationery=paper, recipient=recipient, written=now))

    def hand_over(self, ready: Letter) -> Outcome:
        """Hand one mail over to the server; the receipt is its Message-ID."""
        talk = Conversation(self.server, self.tls, self.patience)
        try:
            talk.hand_over(ready)
        except FAULTS as error:
            return untaken(talk.stage, error)
        return Sent(ready.id)

    def enclose(self, enclosure: Enclosure, *, address: str) -> Outcome:
        """Mail an invitation; of other files a link in the message's own mail has to do."""
        if not (enclosure.method and enclosure.words):
            return Refused("kalenderfiler skickas inte med e-post")
        try:
            recipient = wire_address(address)
        except SettingsError as error:
            return Refused(str(error))
        paper, words, now = self.stationery, enclosure.words, self.clock()
        return self.hand_over(
            invitation(enclosure, words, stationery=paper, recipient=recipient, written=now)
        )

    def find(self, sought: Sought, *, address: str) -> Found:  # noqa: ARG002
        """Say that nobody can be asked."""
        return Unsearchable()

    def update(self, message: Message, *, address: str, receipt: str) -> Outcome:  # noqa: ARG002
        """Refuse: what is in somebody's mailbox stays as it is."""
        return Refused("ett skickat mejl går inte att ändra")
