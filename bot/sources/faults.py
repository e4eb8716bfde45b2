"""Faults of calendars, and how foreign text is quoted in them."""

from urllib.parse import urlsplit

from bot.domain.errors import SourceError

LONGEST_QUOTE = 120
NO_CALENDAR = "Svaret är ingen kalender (iCalendar)"
SAID = {
    401: "Servern kräver inloggning.",
    403: "Servern släpper inte in oss (403).",
    404: "Kalendern finns inte på adressen (404).",
    410: "Kalendern är borttagen (410).",
}
UNREADABLE = "Kalendern har en post som inte går att läsa."


class TooLargeError(SourceError):
    """A calendar is larger than is ever read."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"Kalendern är större än {limit_bytes // 1_000_000} MB.")
        self.limit_bytes = limit_bytes


class StatusError(SourceError):
    """A server answers a request with something else than a calendar."""

    def __init__(self, status: int) -> None:
        super().__init__(SAID.get(status, f"Servern svarar {status}."))
        self.status = status


class MovedError(SourceError):
    """A server sends whoever asks elsewhere; the address may hold a secret and is not repeated."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        place = quoted(f"{parts.scheme}://{parts.hostname or ''}")
        super().__init__(
            f"Kalendern har flyttat till en annan adress på {place}. Ändra adressen i planen."
        )
        self.address = address


class NoneMeantError(SourceError):
    """A calendar has entries, but none with what the plan wants in its summary."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"Ingen post i kalendern har ”{quoted(wanted)}” i rubriken.")
        self.wanted = wanted


class UnsupportedRuleError(SourceError):
    """An entry repeats in a way that is not followed."""

    def __init__(self, begins: str, rule: str) -> None:
        super().__init__(
            f"Posten som börjar {quoted(begins)} upprepas på ett sätt som inte stöds "
            f"({quoted(rule)}); be den som för kalendern lägga in mötena ett och ett."
        )
        self.begins, self.rule = begins, rule


def quoted(text: str) -> str:
    """Return what a message may repeat of foreign text."""
    return "".join(each for each in text[:LONGEST_QUOTE] if each.isprintable())
