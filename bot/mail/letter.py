"""A reminder as a mail: headers that no text can add to, and the message as text and HTML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from bot.domain.message import Enclosure, Message
from bot.domain.privacy import sensitive
from bot.mail.addresses import Sender
from bot.mail.incoming import Incoming
from bot.mail.stationery import Stationery
from bot.mail.wire import (
    NAMELESS,
    Headers,
    Letter,
    assembled,
    clean,
    encoded,
    ids,
    mailbox,
    subject,
)
from bot.mail.wording import Wording

ANSWERS = re.compile(r"(?:sv|re|aw):", re.IGNORECASE)


def letter(
    message: Message, *, stationery: Stationery, recipient: str, written: datetime
) -> Letter:
    """Return ``message`` as a mail; its texts are plain text wherever they come to stand."""
    paper = _Paper(message, stationery, recipient, written)
    return paper.letter(_reply_to(message, stationery, recipient), {})


def invitation(
    enclosure: Enclosure, words: Message, *, stationery: Stationery, recipient: str,
    written: datetime,
) -> Letter:  # fmt: skip
    """Return an invitation as a mail whose last part a calendar reads (RFC 6047, section 2.4)."""
    first = stationery.invitation_id(words.occurrence, recipient)
    organizer = stationery.organizer(words.occurrence, recipient)
    reply_to = {"Reply-To": mailbox("Reply-To", Sender(organizer, stationery.sender.name))}
    calendar = {f"calendar; method={enclosure.method}": enclosure.content.decode()}
    paper = _Paper(words, stationery, recipient, written, first, enclosure.method == "REQUEST")
    return paper.letter(reply_to, calendar)


@dataclass(frozen=True, slots=True)
class _Paper:
    """A message on its way to one reader.

    ``first`` is the id of the first invitation where it is one; ``inviting`` unless it is its end.
    """

    message: Message
    stationery: Stationery
    recipient: str
    written: datetime
    first: str = ""
    inviting: bool = False

    def letter(self, reply_to: Headers, more: Mapping[str, str]) -> Letter:
        """Return the mail, with ``more`` parts that say the same.

        All mails to one reader about one occurrence refer to the same id, so that mail programs
        show them together. They are told that no person sent it (RFC 3834 §5).
        """
        message, sender = self.message, self.stationery.sender
        identity = self.stationery.message_id(message.key)
        headers = {
            "From": mailbox("From", sender),
            "To": self.recipient,
            **reply_to,
            "Subject": encoded("Subject", subject(message.title)),
            "Date": format_datetime(self.written),
            "Message-ID": identity,
            **self._thread(identity),
            "Auto-Submitted": "auto-generated",
        }
        wording = Wording(message, self.stationery, self.recipient, self.inviting)
        texts = {"plain": wording.plain, "html": wording.html, **more}
        content = assembled(headers, texts, identity[1:43])
        return Letter(identity, sender.address, self.recipient, content)

    def _thread(self, identity: str) -> dict[str, str]:
        """The id that no mail bears, and that of the first invitation under all that follow."""
        if not self.message.occurrence:
            return {}
        thread = self.stationery.thread_id(self.message.occurrence, self.recipient)
        first = [self.first] if self.first not in {"", identity} else []
        return {"In-Reply-To": thread, "References": ids([thread, *first])}


def note(
    text: str, answered: Incoming, message: str, stationery: Stationery, *, written: datetime
) -> Letter:
    """Return our one answer to a mail that answered ``message``, as a reply of its own.

    A machine says so (RFC 3834 §5), so that no other machine answers it.
    """
    sender, identity = stationery.sender, stationery.note_id(answered.source)
    again = Sender(stationery.reply_to(message, answered.sender), sender.name)
    title = answered.subject if not sensitive(answered.subject) else NAMELESS
    headers = {
        "From": mailbox("From", sender),
        "To": answered.sender,
        "Reply-To": mailbox("Reply-To", again),
        "Subject": encoded("Subject", subject(title if ANSWERS.match(title) else f"Sv: {title}")),
        "Date": format_datetime(written),
        "Message-ID": identity,
        "In-Reply-To": answered.id,
        "References": ids([message, answered.id]),
        "Auto-Submitted": "auto-replied",
    }
    lines = "".join(f"{clean(each).rstrip()}\n" for each in text.splitlines())
    content = assembled(headers, {"plain": lines}, "")
    return Letter(identity, sender.address, answered.sender, content)


def _reply_to(message: Message, stationery: Stationery, reader: str) -> dict[str, str]:
    if not (stationery.replies and message.asks):
        return {}
    address = stationery.reply_to(stationery.message_id(message.key), reader)
    return {"Reply-To": mailbox("Reply-To", Sender(address, stationery.sender.name))}
