"""What a chat product shows: a message in words that no product owns."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Tone(StrEnum):
    """How a message stands out; always said in words too."""

    PLAIN = "plain"
    ASKING = "asking"
    URGENT = "urgent"
    SETTLED = "settled"


class Ask(StrEnum):
    """A button: what a person can answer with one press."""

    ACKNOWLEDGE = "acknowledge"
    DONE = "done"
    BOOK = "book"
    SNOOZE = "snooze"
    POSTPONE = "postpone"
    CANNOT = "cannot"
    NO_NEED = "no_need"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose in a form: what is stored, and what is read."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One occurrence in a list: what is said of it, and what can be answered.

    ``outcome`` says how it was settled, once it is.
    """

    occurrence: str
    text: str
    outcome: str = ""
    asks: tuple[Ask, ...] = ()

    @property
    def line(self) -> str:
        """The entry as a line of plain text."""
        return f"✓ {self.text}. {self.outcome}" if self.outcome else f"• {self.text}"


# What a number in an answer counts, unless the promise is about a number.
PEOPLE = "Antal deltagare"


@dataclass(frozen=True, slots=True)
class Message:
    """A reminder as it is shown; all texts are plain, never markup.

    ``key`` is the delivery's unique key, carried along so that the message can be found
    again. ``lines`` say when, who, what is expected. ``repeat`` says that it may have come
    before, ``late`` how late it is. ``history`` says who answered what, oldest first. ``asks``
    are the buttons, none once it is settled. ``number`` says what a number in an answer counts.
    ``calendar`` names the occurrence's invitation: its file name, empty when there is no day yet.
    With ``entries`` it speaks of those occurrences, and of none by itself. ``thread`` is the
    receipt of the message in whose thread it stands, empty for one that stands by itself.
    """

    key: str
    occurrence: str
    title: str
    lines: tuple[str, ...]
    tone: Tone = Tone.PLAIN
    late: str = ""
    repeat: str = ""
    history: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    areas: tuple[Choice, ...] = ()
    number: str = PEOPLE
    calendar: str = ""
    entries: tuple[Entry, ...] = ()
    thread: str = ""

    @property
    def text(self) -> str:
        """Everything as plain lines: what screen readers, notifications and logs read."""
        said = [*self.lines, *(each.line for each in self.entries), *self.history]
        return "\n".join(filter(None, [self.repeat, self.late, self.title, *said]))


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A calendar file that belongs under a message already posted.

    With a ``method``, REQUEST or CANCEL (RFC 5546, section 3.2), it is an invitation by itself,
    and ``words`` says the same.
    """

    key: str
    thread: str
    name: str
    title: str
    content: bytes
    words: Message | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """A message as the room shows it; ``version`` rises with each post and change in any room."""

    id: int
    version: int
    address: str
    posted: datetime
    message: Message
