"""What can go wrong, one class for each; every text is meant for a person."""

from collections.abc import Sequence
from dataclasses import dataclass


class BotError(Exception):
    """The base of all our errors; ``str()`` is one clear Swedish line or more."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a file, where it stands; lines and columns count from 1."""

    line: int
    column: int
    text: str


class PlanFileError(BotError):
    """A plan or its rehearsed answers were refused; ``faults`` holds every fault, in order."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.name, self.faults = name, tuple(sorted(set(faults)))
        super().__init__("\n".join(f"{name}:{f.line}:{f.column}: {f.text}" for f in self.faults))


class SettingsError(BotError):
    """A setting is wrong; the line names it and says what would be right."""


class UnknownOccurrenceError(BotError):
    """An id that no occurrence of the plan bears."""

    def __init__(self, occurrence: str) -> None:
        super().__init__(f"Det finns inget tillfälle med id ”{occurrence}” i planen.")
        self.occurrence = occurrence


class AnswerRefusedError(BotError):
    """An answer that cannot be taken as it is; nothing was changed."""


class SensitiveTextError(AnswerRefusedError):
    """Free text that looks like personal data about somebody; it is not stored."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Texten ser ut att innehålla {what}. Skriv inga personuppgifter här; "
            "ta bort uppgiften och försök igen."
        )


class BadTokenError(BotError):
    """A link, a button or an address that is not ours as it was, or no longer holds."""

    def __init__(self) -> None:
        super().__init__(
            "Länken är för gammal eller har inte kommit fram hel, så ingenting har ändrats. "
            "Öppna den ur det senaste mejlet, eller svara på webbsidan."
        )


class DatabaseError(BotError):
    """The database cannot be used; the line says why and what to do."""


class DatabaseTroubleError(DatabaseError):
    """The database does not work right now; nothing of what was asked is kept, try again."""


class AlreadyRunningError(BotError):
    """Another process serves the same database file."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"En annan loftesbot kör redan mot {path}. "
            "Stoppa den först, eller ange en annan databas."
        )


class PortTakenError(BotError):
    """The web port cannot be opened."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"Porten {host}:{port} är upptagen. Välj en annan med --port eller LOFTESBOT_WEB__PORT."
        )


class UnknownFeedError(BotError):
    """There is nothing in the plan that such a feed could show; ``known`` is what there is."""

    def __init__(self, plan: str, what: str, of: str, known: Sequence[str]) -> None:
        there = f"Välj bland: {', '.join(known)}." if known else "Där finns inget att välja."
        asked = f"”{of}”" if of else "ett tomt namn"
        super().__init__(f"{plan} har inget som heter {asked} bland {what}. {there}")
        self.plan, self.of, self.known = plan, of, tuple(known)


class FeedRefusedError(BotError):
    """Somebody asked for a calendar that is not theirs to read, or to change."""


class UnknownLinkError(BotError):
    """No link of that number serves."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Det finns ingen kalenderlänk med nummer {number} som gäller.")
        self.number = number


class PlanAwayError(BotError):
    """A calendar of a plan that this service has not; whoever has it may keep it."""

    def __init__(self, plan: str) -> None:
        super().__init__("Planen finns inte i tjänsten just nu, så kalendern går inte att hämta.")
        self.plan = plan


class SourceError(BotError):
    """A calendar that others keep was not there or cannot be trusted; what is known stands."""
