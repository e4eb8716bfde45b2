"""Free text must not carry personal data about residents; this tells what looks like it."""

import re
from datetime import date

from bot.domain.errors import SensitiveTextError

_PERSONNUMMER = re.compile(r"(?<!\d)(?:\d{2})?(\d{2})(\d{2})(\d{2})[-+ ]?\d{4}(?!\d)")
_PHONE = re.compile(r"(?<![\d-])(?:\+46|0046|0)[\s-]?(?:\(0\))?[1-9](?:[\s-]?\d){6,9}(?!\d)")
_PLATE = re.compile(
    r"(?<![A-ZÅÄÖ0-9-])[A-HJ-PR-UW-Z]{3}[ -]?\d{2}[A-HJ-NPR-UW-Z0-9](?![A-ZÅÄÖ0-9-])"
)


def sensitive(text: str) -> str:
    """Return what ``text`` seems to hold, in Swedish with its article; nothing if it is clean."""
    if any(_is_personnummer(*found.groups()) for found in _PERSONNUMMER.finditer(text)):
        return "ett personnummer"
    if _PHONE.search(text):
        return "ett telefonnummer"
    if _PLATE.search(text):
        return "ett registreringsnummer"
    return ""


def refuse_sensitive(*texts: str) -> None:
    """Raise ``SensitiveTextError`` for the first text that looks like personal data."""
    for text in texts:
        if what := sensitive(text):
            raise SensitiveTextError(what)


def _is_personnummer(year: str, month: str, day: str) -> bool:
    # Day + 60 is a samordningsnummer. A mistyped check digit is a person's number all the same.
    number = int(day) - 60 if int(day) > 60 else int(day)
    try:
        date(2000 + int(year), int(month), number)
    except ValueError:
        return False
    return True
