"""A reminder as a mail: headers that no text can add to, and a body of plain text."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.quoprimime import body_encode
from email.utils import format_datetime, quote

from bot.domain.message import Message
from bot.mail.addresses import Sender

LONGEST_SUBJECT = 200
LONGEST_LINE = 76
LONGEST_PLAIN = 60
NAMELESS = "Påminnelse"
CRLF = "\r\n"
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
# Direction overrides can make a text read as something else than it is.
_MISLEADING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is handed over: the envelope's two addresses, and the mail's bytes with CRLF."""

    id: str
    sender: str
    recipient: str
    content: bytes


def letter(message: Message, *, sender: Sender, recipient: str, written: datetime) -> Letter:
    """Return ``message`` as a mail; its texts are plain text wherever they come to stand.

    Everything is ASCII in short lines, so any server can take it as it is (RFC 5321
    §4.5.3.1.6). Mail programs are told that no person sent it (RFC 3834 §5).
    """
    identity = message_id(message.key, sender)
    headers = {
        "From": _from(sender),
        "To": recipient,
        "Subject": _words("Subject", subject(message.title)),
        "Date": format_datetime(written),
        "Message-ID": identity,
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
    }
    head = "".join(f"{name}: {value}{CRLF}" for name, value in headers.items())
    octets = body(message).encode().decode("latin-1")
    text = body_encode(octets, maxlinelen=LONGEST_LINE, eol=CRLF)
    content = f"{head}{CRLF}{text}".encode("ascii")
    return Letter(identity, sender.address, recipient, content)


def message_id(key: str, sender: Sender) -> str:
    """Return the Message-ID of whatever is sent for ``key``, the first time and every other."""
    digest = hashlib.sha256(key.encode(errors="backslashreplace")).hexdigest()
    return f"<loftesbot.{digest[:32]}@{sender.domain}>"


def subject(title: str) -> str:
    """Return ``title`` as one line; the body repeats it whole."""
    line = " ".join(filter(None, map(clean, title.split()))) or NAMELESS
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1].rstrip()}…"


def body(message: Message) -> str:
    """Return the text to read, one line for each of the message's."""
    lines = message.text.splitlines() or [NAMELESS]
    return "".join(f"{clean(line).rstrip()}\n" for line in lines)


def clean(text: str) -> str:
    """Return ``text`` without control characters, direction overrides and half characters."""
    return "".join(_harmless(each) for each in text.replace("\t", " "))


def _from(sender: Sender) -> str:
    if not sender.name:
        return sender.address
    words = _words("From", clean(sender.name))
    name = words if words.startswith("=?") else f'"{quote(words)}"'
    return f"{name}{CRLF} <{sender.address}>"


def _words(header: str, text: str) -> str:
    """Return one line of text as a header's value (RFC 2047).

    Short ASCII stays as it is, unless it looks like an encoded word: that would be decoded.
    """
    if text.isascii() and "=?" not in text and len(text) <= LONGEST_PLAIN:
        return text
    return Header(text, "utf-8", LONGEST_LINE, header).encode(linesep=CRLF)


def _harmless(each: str) -> str:
    category = unicodedata.category(each)
    if category == "Cs":
        return UNREADABLE
    return "" if category in {"Cc", "Zl", "Zp"} or each in _MISLEADING else each
