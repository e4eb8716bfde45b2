"""A mail as it goes over the wire: ASCII in short lines, whatever its texts are."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.header import Header
from email.quoprimime import body_encode
from email.utils import quote

from bot.mail.addresses import Sender

LONGEST_SUBJECT = 200
LONGEST_LINE = 76
LONGEST_PLAIN = 60
NAMELESS = "Påminnelse"
CRLF = "\r\n"
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
# Direction overrides can make a text read as something else than it is.
_MISLEADING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Letter:
    """What is handed over: the envelope's two addresses, and the mail's bytes with CRLF."""

    id: str
    sender: str
    recipient: str
    content: bytes


def assembled(headers: Headers, texts: Mapping[str, str], boundary: str) -> bytes:
    """Return a mail with its text, or with several that say the same, the simplest first.

    ``texts`` are by their kind, such as ``plain``. Everything is ASCII in short lines, so any
    server can take it as it is (RFC 5321 §4.5.3.1.6). Quoted-printable never writes the
    ``=_`` with which ``boundary`` begins.
    """
    parts = [_part(kind, text) for kind, text in texts.items()]
    if len(parts) == 1:
        return f"{_head({**headers, 'MIME-Version': '1.0'})}{parts[0]}".encode("ascii")
    kind = f'multipart/alternative;{CRLF} boundary="=_{boundary}"'
    head = _head({**headers, "MIME-Version": "1.0", "Content-Type": kind})
    whole = "".join(f"{CRLF}--=_{boundary}{CRLF}{each}" for each in parts)
    return f"{head}{whole}{CRLF}--=_{boundary}--{CRLF}".encode("ascii")


def subject(title: str) -> str:
    """Return ``title`` as one line; the body repeats it whole."""
    line = " ".join(filter(None, map(clean, title.split()))) or NAMELESS
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1].rstrip()}…"


def clean(text: str) -> str:
    """Return ``text`` without control characters, direction overrides and half characters."""
    return "".join(_harmless(each) for each in text.replace("\t", " "))


def mailbox(header: str, sender: Sender) -> str:
    """Return an address and its name as the value of ``header``."""
    if not sender.name:
        return _whole_line(header, sender.address)
    words = encoded(header, clean(sender.name))
    name = words if words.startswith("=?") else f'"{quote(words)}"'
    return f"{name}{CRLF} <{sender.address}>"


def ids(found: Sequence[str]) -> str:
    """Return Message-IDs as a header's value, each on a line of its own."""
    return f"{CRLF} ".join(found)


def encoded(header: str, text: str) -> str:
    """Return one line of text as a header's value (RFC 2047).

    Short ASCII stays as it is, unless it looks like an encoded word: that would be decoded.
    """
    if text.isascii() and "=?" not in text and len(text) <= LONGEST_PLAIN:
        return text
    return Header(text, "utf-8", LONGEST_LINE, header).encode(linesep=CRLF)


def _part(kind: str, text: str) -> str:
    headers = {
        "Content-Type": f'text/{kind}; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
    }
    octets = text.encode().decode("latin-1")
    return f"{_head(headers)}{CRLF}{body_encode(octets, maxlinelen=LONGEST_LINE, eol=CRLF)}"


def _head(headers: Headers) -> str:
    return "".join(f"{name}: {value}{CRLF}" for name, value in headers.items())


def _whole_line(header: str, value: str) -> str:
    """What has no space to break at begins a line of its own where it is long."""
    return value if len(header) + len(value) < LONGEST_LINE else f"{CRLF} {value}"


def _harmless(each: str) -> str:
    category = unicodedata.category(each)
    if category == "Cs":
        return UNREADABLE
    return "" if category in {"Cc", "Zl", "Zp"} or each in _MISLEADING else each
