"""Addresses of calendars: whole, without secrets, and such that a service can ask for them."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from bot.domain.hosts import dns_name
from bot.planfile.phrases import shown

ADDRESS = "^https?://[^\\s/?#@]+([/?][^\\s#]*)?$"
LONGEST = 500
EXAMPLE = "https://example.se/bra.ics"

_NAME = re.compile(r"(?!-)[\w-]{1,63}(?<!-)(\.(?!-)[\w-]{1,63}(?<!-))*\.?")
_SECRETS = frozenset({
    "access_token", "api_key", "apikey", "auth", "code", "jwt", "key", "passwd", "password", "pwd",
    "secret", "sig", "signature", "token",
})  # fmt: skip
# How Google, Outlook and Nextcloud begin what only those may know who were given it.
_NOT_FOR_ALL = ("/private-", "/owa/calendar/", "/public-calendars/", "/apps/calendar/p/")


def address(value: object) -> str:
    """Return the address as it stands; what is wrong is said without repeating a secret."""
    if not isinstance(value, str):
        wrong = f"ska vara en adress som {EXAMPLE}, inte {shown(value)}."
        raise ValueError(wrong)  # noqa: TRY004 - pydantic tells a ValueError as a fault
    if len(value) > LONGEST or not value.isprintable() or re.search(r"[\s\\]", value):
        raise ValueError(f"ska vara en adress som {EXAMPLE}, högst {LONGEST} tecken i ett stycke.")
    parts = _split(value)
    if parts.scheme in {"webcal", "webcals"}:
        raise ValueError(f"skriv https:// i stället för {parts.scheme}://.")
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"ska börja med https:// eller http://, som {EXAMPLE}.")
    if "@" in parts.netloc:
        raise ValueError("har en användare i adressen; en plan får inte innehålla hemligheter.")
    if not _is_host(parts.hostname or ""):
        raise ValueError(f"saknar ett värdnamn; skriv hela adressen, som {EXAMPLE}.")
    if not _is_in_dns(parts.hostname or ""):
        raise ValueError(
            "har ett värdnamn som inte kan finnas på nätet; varje del av det får ha högst 63 "
            f"bokstäver (färre med å, ä och ö), siffror och bindestreck, som {EXAMPLE}."
        )
    if parts.fragment or value.endswith("#"):
        raise ValueError("har ett # i adressen; ta bort det och allt efter det.")
    if _is_secret(parts):
        raise ValueError(
            "ser ut att innehålla en hemlighet; en plan får inte ha några. Ange en öppen adress."
        )
    return value


def _split(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError(f"går inte att läsa som en adress; skriv den som {EXAMPLE}.") from None
    return parts


def _is_host(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return bool(_NAME.fullmatch(name)) and len(name) <= 253
    return True


def _is_in_dns(name: str) -> bool:
    try:
        dns_name(name)
    except ValueError:
        return False
    return True


def _is_secret(parts: SplitResult) -> bool:
    names = {name.casefold() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    path = unquote(parts.path).casefold()
    return bool(names & _SECRETS) or any(each in path for each in _NOT_FOR_ALL)
