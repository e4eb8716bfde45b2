"""Phrases that faults are built of: quoted values, choices, suggestions."""

from collections.abc import Iterable
from difflib import get_close_matches

from bot.domain.privacy import sensitive

LONGEST_QUOTE = 40


def quoted(text: str) -> str:
    """Return ``text`` for a fault: short, harmless to a terminal, without personal data."""
    if sensitive(text):
        return "”…”"
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[: LONGEST_QUOTE + 1])
    return f"”{plain[:LONGEST_QUOTE]}…”" if len(plain) > LONGEST_QUOTE else f"”{plain}”"


def shown(value: object) -> str:
    """Return any value of a plan file in words: ``talet 5``, ``texten ”fem”``, ``en lista``."""
    match value:
        case None:
            return "tomt"
        case bool():
            return "true" if value else "false"
        case int():
            return "ett tal" if sensitive(str(value)) else f"talet {value}"
        case str():
            return f"texten {quoted(value)}"
        case list():
            return "en lista"
        case _:
            return "en grupp av nycklar"


def choices(known: Iterable[str]) -> str:
    """Return ``a, b eller c``."""
    names = list(dict.fromkeys(known))
    return " eller ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def closest(wrong: str, known: Iterable[str]) -> str:
    """Return what is spelt most like ``wrong``, or nothing when all is too far away."""
    names = {each.casefold(): each for each in known}
    near = get_close_matches(wrong.casefold(), sorted(names), n=1)
    return names[near[0]] if near else ""


def guidance(wrong: str, known: Iterable[str]) -> str:
    """Return ``menade du ”x”?`` when something known is close to ``wrong``, else what is known."""
    names = list(known)
    if meant := closest(wrong, names):
        return f"menade du {quoted(meant)}?"
    return f"det ska vara {choices(names)}." if names else "det finns inget att välja på."
