"""Mail servers' addresses: read from settings, with what is wrong said without its secrets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import SplitResult, unquote, urlsplit

from bot.domain.errors import SettingsError

SETTING = "LOFTESBOT_MAIL__SMTP_URL"
IMAP_SETTING = "LOFTESBOT_MAIL__IMAP_URL"
USUAL_FOLDER = "INBOX"
_HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+", re.IGNORECASE)
_UNWANTED = re.compile(r"[\s\x00-\x1f\x7f]")


class Security(StrEnum):
    """How the way to a server is encrypted; the values are the schemes of SMTP."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mails from us, or keeps ours; without a user nobody logs in."""

    host: str
    port: int
    security: Security
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class MailFolder:
    """Where mails to us are kept."""

    server: MailServer
    name: str = USUAL_FOLDER


@dataclass(frozen=True, slots=True)
class _Kind:
    """A setting with an address: its schemes, each with its usual port, and its right forms."""

    setting: str
    schemes: Mapping[str, tuple[Security, int]]
    forms: str
    has_folder: bool = False


SMTP = _Kind(
    SETTING,
    {
        "smtp": (Security.NONE, 25),
        "smtp+starttls": (Security.STARTTLS, 587),
        "smtps": (Security.TLS, 465),
    },
    "smtp://värd:25 (utan lösenord), smtp+starttls://användare:lösenord@värd:587 "
    "eller smtps://användare:lösenord@värd:465",
)
IMAP = _Kind(
    IMAP_SETTING,
    {"imaps": (Security.TLS, 993), "imap+starttls": (Security.STARTTLS, 143)},
    "imaps://användare:lösenord@värd:993/INBOX "
    "eller imap+starttls://användare:lösenord@värd:143/INBOX",
    has_folder=True,
)


def parse_smtp_url(url: str) -> MailServer:
    """Read the setting; ``SettingsError`` says what is wrong, and never repeats any part of it.

    A password with an odd character can make a piece of itself pass for the host or the port,
    so nothing that was written is ever shown.
    """
    return _parsed(url, SMTP).server


def parse_imap_url(url: str) -> MailFolder:
    """Read the setting of the mailbox to read, just so; there is no reading without logging in."""
    found = _parsed(url, IMAP)
    if not found.server.user:
        raise _wrong(IMAP, "användare och lösenord saknas")
    return replace(found, name=found.name or USUAL_FOLDER)


def _parsed(url: str, kind: _Kind) -> MailFolder:
    split = _split(url, kind)
    if split.scheme not in kind.schemes:
        raise _wrong(kind, "början är ingen av dem")
    security, usual_port = kind.schemes[split.scheme]
    try:
        port = split.port
    except ValueError:
        raise _wrong(kind, "porten går inte att läsa") from None
    host = split.hostname or ""
    user, password = unquote(split.username or ""), unquote(split.password or "")
    if fault := _fault(split, security, kind):
        raise _wrong(kind, fault)
    port = usual_port if port is None else port
    server = MailServer(host, port, security, user, password)
    return MailFolder(server, unquote(split.path.strip("/")))


def _split(url: str, kind: _Kind) -> SplitResult:
    if _UNWANTED.search(url):
        raise _wrong(kind, "den innehåller mellanslag eller radbrytning")
    try:
        return urlsplit(url)
    except ValueError:
        raise _wrong(kind, "den går inte att tolka") from None


def _fault(split: SplitResult, security: Security, kind: _Kind) -> str:
    if split.query or split.fragment or (split.path.strip("/") and not kind.has_folder):
        return "något står efter värd och port"
    if not _HOST.fullmatch(split.hostname or ""):
        return "värden saknas eller har fel form"
    if split.port == 0:
        return "porten kan inte vara 0"
    if bool(split.username) != bool(split.password):
        return "ange både användare och lösenord, eller ingetdera"
    if split.username and security is Security.NONE:
        return "ett lösenord skickas aldrig okrypterat; börja med smtps:// eller smtp+starttls://"
    return "" if unquote(split.path).isprintable() else "mappens namn har ett styrtecken"


def _wrong(kind: _Kind, what: str) -> SettingsError:
    return SettingsError(
        f"Inställningen {kind.setting} är fel: {what}. Skriv {kind.forms}. "
        "Tecknen / ? # @ : % i ett lösenord skrivs %2F %3F %23 %40 %3A %25."
    )
