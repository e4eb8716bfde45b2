"""Mail addresses: checked before they come near a header or a command."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import SettingsError

LONGEST_LOCAL = 64
LONGEST_ADDRESS = 254
LONGEST_SHOWN = 80
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom mails come from; ``address`` is as it goes over the wire."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """The part after the @."""
        return self.address.rpartition("@")[2]


def parse_sender(text: str) -> Sender:
    """Read ``bot@exempel.se`` or ``Namn <bot@exempel.se>``; ``SettingsError`` for what is none."""
    named = _NAMED.fullmatch(text.strip())
    if named is None:
        return Sender(wire_address(text.strip()))
    name = "".join(each for each in named["name"] if each.isprintable())
    return Sender(wire_address(named["address"].strip()), name.strip(' "'))


def wire_address(text: str) -> str:
    """Return one address with its domain in ASCII; ``SettingsError`` for what is none.

    The part before the @ must be ASCII: anything else needs SMTPUTF8 (RFC 6531) all the way to
    the reader. The lengths are those of RFC 5321 §4.5.3.1.
    """
    local, _, domain = text.rpartition("@")
    wire = f"{local}@{_ascii(domain)}"
    short = len(local) <= LONGEST_LOCAL and len(wire) <= LONGEST_ADDRESS
    if short and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(_ascii(domain)):
        return wire
    shown = "".join(each for each in text[:LONGEST_SHOWN] if each.isprintable())
    raise SettingsError(
        f"”{shown}” är ingen e-postadress som går att skicka till eller från. "
        "Skriv en adress, till exempel samverkan@exempel.se, utan å, ä, ö före @."
    )


def readers(texts: Sequence[str]) -> tuple[str, ...]:
    """Return whom mails go to, each once in the one form of an address: in small letters.

    A server may tell capitals from small letters before the @ (RFC 5321 §2.4), but hardly any does.
    """
    return tuple(dict.fromkeys(wire_address(each).casefold() for each in texts))


def _ascii(domain: str) -> str:
    """The domain as DNS knows it: ``gävle.se`` becomes ``xn--gvle-loa.se``."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
