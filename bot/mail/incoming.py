"""Reading a mail that came in: from its bytes to the few things that count, or a refusal."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from enum import StrEnum

from bot.domain.errors import BotError, SettingsError
from bot.mail.addresses import wire_address
from bot.mail.unmarked import flowed, legible, unmarked, unsigned
from bot.services.own_words import own_words
from bot.services.understanding import LONGEST_READ

LARGEST_MAIL_OCTETS = 5_000_000
LARGEST_TEXT_OCTETS = 300_000
LARGEST_CALENDAR = 200_000
MOST_CALENDARS = 5
MOST_PARTS = 100
MOST_NESTED = 30
MOST_IDS = 20
MOST_RECIPIENTS = 500
LONGEST_SUBJECT = 200
# What the library raises for mails that are not as they should be.
BROKEN = (AssertionError, AttributeError, HeaderParseError, LookupError, TypeError, ValueError)
ICS = "application/ics"
_ID = re.compile(r"<[!-;=?-~]{3,250}>")
_ADDRESS = re.compile(r"[!-~]{1,200}@[!-~]{1,250}")
_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_NESTING = re.compile(rb"boundary\s*=|message/rfc822", re.IGNORECASE)
_ABSENT = re.compile(
    r"(?:autosvar|automatiskt svar|frånvar\w*|auto(?:matic)?[ -]?reply|out of (?:the )?office)\b",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """Who wrote a mail: a person, or one of those whose words answer nothing."""

    PERSON = "person"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    LIST = "list"


class UnreadableMailError(BotError):
    """A mail that cannot be read safely; ``reason`` says why, and repeats nothing of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Ett mejl gick inte att läsa: {reason}.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Incoming:
    """What counts of a mail.

    ``references`` are the ids of the mails that it answers, the nearest first. ``text`` is what
    its writer says, without what is quoted or signed. ``calendars`` are its calendars, each once.
    ``written`` is the instant (UTC, ISO 8601) that it bears, empty where it bears none.
    """

    id: str
    sender: str
    recipients: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    text: str
    calendars: tuple[str, ...] = ()
    kind: Kind = Kind.PERSON
    written: str = ""

    @property
    def source(self) -> str:
        """What is the same however often the mail comes, and for no other."""
        whole = f"{self.id}\n{self.sender.casefold()}"
        return f"mail:{hashlib.sha256(whole.encode()).hexdigest()[:32]}"


def read(raw: bytes) -> Incoming:
    """Return what a mail says, or raise ``UnreadableMailError``."""
    _refuse_bombs(raw)
    try:
        mail = message_from_bytes(raw)
        return _incoming(mail, raw)
    except RecursionError:
        raise UnreadableMailError("delarna ligger för djupt i varandra") from None
    except BROKEN as error:
        raise UnreadableMailError(f"det är trasigt ({type(error).__name__})") from error


def _refuse_bombs(raw: bytes) -> None:
    if len(raw) > LARGEST_MAIL_OCTETS:
        raise UnreadableMailError("det är större än 5 MB")
    if sum(1 for _ in _NESTING.finditer(raw)) > MOST_NESTED:
        raise UnreadableMailError("det har för många delar i varandra")


def _incoming(mail: Message, raw: bytes) -> Incoming:
    parts = list(_parts(mail))
    sender = _sender(mail)
    named = _ids(mail, "Message-ID")
    return Incoming(
        id=named[0] if named else f"<{hashlib.sha256(raw).hexdigest()}@utan-id>",
        sender=sender,
        recipients=_recipients(mail),
        references=(*_ids(mail, "In-Reply-To"), *reversed(_ids(mail, "References"))),
        subject=_subject(mail),
        text=unsigned(own_words(_text(parts)[:LONGEST_READ])),
        calendars=_calendars(parts),
        kind=_kind(mail, sender),
        written=_written(mail),
    )


def _parts(mail: Message) -> Iterator[Message]:
    """The parts that hold something; what is inside of a mail that is only enclosed is not it."""
    waiting, seen = [mail], 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > MOST_PARTS:
            raise UnreadableMailError("det har för många delar")
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting += reversed([each for each in inner if isinstance(each, Message)])
        elif part.get_content_maintype() == "text" or part.get_content_type() == ICS:
            yield part


def _sender(mail: Message) -> str:
    """The one address that the mail is from."""
    found = [each for _, each in getaddresses([str(h) for h in mail.get_all("From", [])]) if each]
    if len(found) != 1:
        raise UnreadableMailError("det har inte en avsändare utan flera, eller ingen")
    try:
        return wire_address(found[0])
    except SettingsError:
        raise UnreadableMailError("avsändaren är ingen vanlig adress") from None


def _recipients(mail: Message) -> tuple[str, ...]:
    headers = [str(each) for name in _TO for each in mail.get_all(name, [])]
    found = dict.fromkeys(each for _, each in getaddresses(headers) if _ADDRESS.fullmatch(each))
    return tuple(found)[:MOST_RECIPIENTS]


def _ids(mail: Message, header: str) -> list[str]:
    return _ID.findall(_header(mail, header))[-MOST_IDS:]


def _written(mail: Message) -> str:
    try:
        return parsedate_to_datetime(_header(mail, "Date")).astimezone(UTC).isoformat()
    except (ValueError, TypeError, OverflowError):
        return ""


def _header(mail: Message, name: str) -> str:
    return str(mail.get(name, ""))


def _text(parts: list[Message]) -> str:
    """The plain text; of a mail that has none, the text of its page."""
    shown = [each for each in parts if each.get_content_disposition() != "attachment"]
    plain = [_plain(each) for each in shown if each.get_content_subtype() == "plain"]
    if any(each.strip() for each in plain):
        return "\n".join(plain)
    pages = [_decoded(each) for each in shown if each.get_content_subtype() == "html"]
    return unmarked(pages[0]) if pages else ""


def _plain(part: Message) -> str:
    text = _decoded(part)
    return flowed(text) if str(part.get_param("format", "")).lower() == "flowed" else text


def _calendars(parts: list[Message]) -> tuple[str, ...]:
    """The ``text/calendar`` parts; only of a mail that has none, the files that are calendars."""
    own = [each for each in parts if each.get_content_subtype() == "calendar"]
    files = [each for each in parts if each.get_content_type() == ICS]
    found = [text for each in own or files if (text := _decoded(each).strip())]
    if len(found) > MOST_CALENDARS or any(len(each) > LARGEST_CALENDAR for each in found):
        raise UnreadableMailError("kalendern i det är för stor")
    return tuple(dict.fromkeys(found))


def _decoded(part: Message) -> str:
    """The text of a part, whatever it says of its letters; what is no letter becomes U+FFFD."""
    whole = part.get_payload(decode=True)
    octets = whole[:LARGEST_TEXT_OCTETS] if isinstance(whole, bytes) else b""
    for charset in (str(part.get_content_charset() or "utf-8"), "utf-8"):
        try:
            return legible(octets.decode(charset))
        except (LookupError, ValueError):
            continue
    return legible(octets.decode("latin-1"))


def _kind(mail: Message, sender: str) -> Kind:
    local = sender.partition("@")[0].lower()
    report = mail.get_content_type() == "multipart/report" or "X-Failed-Recipients" in mail
    nobody = _header(mail, "Return-Path").strip() == "<>"
    if report or nobody or local in {"mailer-daemon", "postmaster"}:
        return Kind.BOUNCE
    precedence = _header(mail, "Precedence").strip().lower()
    if precedence == "list" or any(h in mail for h in ("List-Id", "List-Post", "List-Unsubscribe")):
        return Kind.LIST
    submitted = _header(mail, "Auto-Submitted").strip().lower()
    said = submitted and submitted.partition(";")[0].strip() != "no"
    marks = ("X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-Autoresponse")
    if said or precedence in {"bulk", "junk", "auto_reply"} or any(h in mail for h in marks):
        return Kind.AUTOMATIC
    return Kind.AUTOMATIC if _ABSENT.match(_subject(mail)) else Kind.PERSON


def _subject(mail: Message) -> str:
    """The subject in letters, on one line."""
    words = decode_header(_header(mail, "Subject"))
    pieces = [_letters(each, charset) for each, charset in words]
    return " ".join(legible("".join(pieces)).split())[:LONGEST_SUBJECT]


def _letters(octets: bytes | str, charset: str | None) -> str:
    if isinstance(octets, str):
        return octets
    try:
        return octets.decode(charset or "utf-8", "replace")
    except LookupError:
        return octets.decode("latin-1")
