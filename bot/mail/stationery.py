"""What every mail of ours bears: who sends it, its ids, and how its reader can answer."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote

from bot.domain.errors import BadTokenError
from bot.domain.signing import Key, Purpose, tag, untagged
from bot.mail.addresses import LONGEST_ADDRESS, LONGEST_LOCAL, Sender
from bot.services.inviting import key_of
from bot.services.links import Invited, Links

ID_OCTETS = 16
OURS = "<loftesbot."
NOTE = "note."
THREAD = "thread."
_MESSAGE = re.compile(r"<loftesbot\.([0-9a-f]{32})@[^<>@\s]{1,255}>")


@dataclass(frozen=True, slots=True)
class Stationery:
    """Names mails, and the ways to answer them.

    ``address`` is that of the pages. With ``links`` a reader answers without logging in. With
    ``replies`` somebody reads what comes to the sender's address, and with ``plus`` also what
    comes to ``local+anything@domain``.
    """

    sender: Sender
    address: str = ""
    links: Links | None = None
    replies: bool = False
    plus: bool = True

    def message_id(self, key: str) -> str:
        """Return the Message-ID of whatever is sent for ``key``, the first time and every other.

        Nobody without our key can work it out, so a reply that names it had the mail.
        """
        return self._id("", key)

    def thread_id(self, occurrence: str, reader: str) -> str:
        """Return what all mails to ``reader`` about ``occurrence`` refer to; no mail bears it."""
        return self._id(THREAD, f"{occurrence}\n{reader}")

    def note_id(self, answered: str) -> str:
        """Return the Message-ID of our one answer to the mail with the id ``answered``."""
        return self._id(NOTE, answered)

    def reply_to(self, message_id: str, reader: str) -> str:
        """Return the address for replies of ``reader`` to a message: one of its own if we can."""
        named, local = _MESSAGE.fullmatch(message_id), self.sender.address.rpartition("@")[0]
        if not (self.plus and self.links and named):
            return self.sender.address
        content = bytes.fromhex(named[1])
        mine = tag(self.links.key, Purpose.REPLY, content, reader.casefold())
        own = f"{local}+{mine}@{self.sender.domain}"
        fits = len(local) + 1 + len(mine) <= LONGEST_LOCAL and len(own) <= LONGEST_ADDRESS
        return own if fits else self.sender.address

    def organizer(self, occurrence: str, reader: str) -> str:
        """Return the address that answers of ``reader`` to invitations go to, always the same."""
        return self.reply_to(self.invitation_id(occurrence, reader), reader)

    def invitation_id(self, occurrence: str, reader: str, number: int = 0) -> str:
        """Return the Message-ID of an invitation of ``reader``; the first names all of them.

        Whoever may open the reader's calendar can work the first one out.
        """
        return self.message_id(key_of(occurrence, f"mail:{reader}", number))

    def tag_in(self, address: str) -> str:
        """Return what an address has added to the sender's; nothing where it is another's."""
        local, _, domain = address.casefold().rpartition("@")
        own, _, ours = self.sender.address.casefold().rpartition("@")
        added = local.removeprefix(f"{own}+")
        return added if domain == ours and added != local else ""

    def replied_to(self, found: str, reader: str) -> str:
        """Return the Message-ID that a tag of ``reader`` stands for, or raise ``BadTokenError``."""
        if self.links is None:
            raise BadTokenError
        content = untagged(self.links.key, Purpose.REPLY, found, reader.casefold())
        return f"{OURS}{content.hex()}@{self.sender.domain}>"

    def page(self, occurrence: str, reader: str) -> str:
        """Return the address of the page where ``reader`` answers; nothing where there is none."""
        if self.links:
            return self.links.to(Invited(occurrence, reader))
        return f"{self.address}/occurrences/{quote(occurrence)}" if self.address else ""

    def calendar(self, occurrence: str, reader: str) -> str:
        """Return the address of the occurrence's calendar file; nothing without links."""
        return self.links.file(Invited(occurrence, reader)) if self.links else ""

    def _id(self, kind: str, text: str) -> str:
        digest = _digest(self.links.key if self.links else None, f"{kind}\n{text}")
        return f"{OURS}{kind}{digest[:ID_OCTETS].hex()}@{self.sender.domain}>"


def _digest(key: Key | None, text: str) -> bytes:
    content = text.encode(errors="backslashreplace")
    return key.seal(Purpose.MESSAGE, content) if key else hashlib.sha256(content).digest()
