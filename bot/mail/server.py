"""The mail server's address: read from one setting, with what is wrong said without its secrets."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, unquote, urlsplit

from bot.domain.errors import SettingsError

SETTING = "LOFTESBOT_MAIL__SMTP_URL"
FORMS = (
    "smtp://värd:25 (utan lösenord), smtp+starttls://användare:lösenord@värd:587 "
    "eller smtps://användare:lösenord@värd:465"
)
_HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+", re.IGNORECASE)
_UNWANTED = re.compile(r"[\s\x00-\x1f\x7f]")


class Security(StrEnum):
    """How the way to the server is encrypted; the values are the schemes of its address."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


USUAL_PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes mails from us; without a user nobody logs in."""

    host: str
    port: int
    security: Security
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def parse_smtp_url(url: str) -> MailServer:
    """Read the setting; ``SettingsError`` says what is wrong, and never repeats any part of it.

    A password with an odd character can make a piece of itself pass for the host or the port,
    so nothing that was written is ever shown.
    """
    split = _split(url)
    try:
        security, port = Security(split.scheme), split.port
    except ValueError:
        known = split.scheme in set(Security)
        raise _wrong("porten går inte att läsa" if known else "början är ingen av dem") from None
    host = split.hostname or ""
    user, password = unquote(split.username or ""), unquote(split.password or "")
    if fault := _fault(split, security):
        raise _wrong(fault)
    return MailServer(host, port or USUAL_PORTS[security], security, user, password)


def _split(url: str) -> SplitResult:
    if _UNWANTED.search(url):
        raise _wrong("den innehåller mellanslag eller radbrytning")
    try:
        return urlsplit(url)
    except ValueError:
        raise _wrong("den går inte att tolka") from None


def _fault(split: SplitResult, security: Security) -> str:
    if split.path.strip("/") or split.query or split.fragment:
        return "något står efter värd och port"
    if not _HOST.fullmatch(split.hostname or ""):
        return "värden saknas eller har fel form"
    if split.port == 0:
        return "porten kan inte vara 0"
    if bool(split.username) != bool(split.password):
        return "ange både användare och lösenord, eller ingetdera"
    if split.username and security is Security.NONE:
        return "ett lösenord skickas aldrig okrypterat; börja med smtps:// eller smtp+starttls://"
    return ""


def _wrong(what: str) -> SettingsError:
    return SettingsError(
        f"Inställningen {SETTING} är fel: {what}. Skriv {FORMS}. "
        "Tecknen / ? # @ : % i ett lösenord skrivs %2F %3F %23 %40 %3A %25."
    )
