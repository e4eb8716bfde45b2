"""Faults of calendars, and how foreign text is quoted in them."""

from bot.domain.errors import SourceError

LONGEST_QUOTE = 120
NO_CALENDAR = "Svaret är ingen kalender (iCalendar)"
UNREADABLE = "Kalendern har en post som inte går att läsa."


class TooLargeError(SourceError):
    """A calendar is larger than is ever read."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"Kalendern är större än {limit_bytes // 1_000_000} MB.")
        self.limit_bytes = limit_bytes


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
