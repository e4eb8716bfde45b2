"""A message of the room as a page shows it: an article with its buttons and forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.message import Ask, Message, Posted, Tone
from bot.web.forms import Fields
from bot.web.pages import Pages

TEMPLATE = "article.html"
LONGEST_HEAD = 2
BADGES = {
    Tone.ASKING: ("?", "Svar önskas"),
    Tone.URGENT: ("!", "Brådskande"),
    Tone.SETTLED: ("✓", "Besvarad"),
}


class Part(StrEnum):
    """A form of an article: one for each ask, and those that a page can offer besides."""

    ACKNOWLEDGE = "acknowledge"
    DONE = "done"
    BOOK = "book"
    POSTPONE = "postpone"
    NO_NEED = "no_need"
    SNOOZE = "snooze"
    SNOOZE_UNTIL = "snooze_until"
    CANNOT = "cannot"
    CORRECT = "correct"
    ATTENDING = "attending"
    TENTATIVE = "tentative"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was refused: which one, what was entered, and what there is to mend."""

    text: str
    fields: Fields = field(default_factory=dict)

    def of(self, message: int, part: str) -> Fields:
        """Return what was entered in ``part`` of that message; empty for every other form."""
        mine = self.fields.get("message") == str(message) and self.fields.get("part") == part
        return self.fields if mine else {}


NOTHING_KEPT = Kept("")


@dataclass(frozen=True, slots=True)
class Way:
    """Where the forms go, and the token that has to come with them when who answers is given.

    ``file`` is where the calendar file is, when it is not at the occurrence's own address.
    """

    action: str = "/answers"
    button: str = ""
    file: str = ""


ROOM = Way()


@dataclass(frozen=True, slots=True)
class Articles:
    """Renders messages, with forms that go ``way``."""

    pages: Pages
    way: Way = ROOM

    def render(self, posted: Posted) -> str:
        """Return the article of one message, with empty forms."""
        return self.pages.fragment(TEMPLATE, self.context(posted))

    def context(self, posted: Posted, kept: Kept = NOTHING_KEPT) -> Mapping[str, object]:
        """Return what the template needs to show one message."""
        message = posted.message
        return {
            "posted": posted,
            "message": message,
            "place": self._place(posted),
            "time": self.pages.moment_text(posted.posted),
            "badge": BADGES.get(message.tone),
            "parts": parts(message),
            "lines": [_halves(line) for line in message.lines],
            "today": self.pages.today.isoformat(),
            "kept": kept,
            "way": self.way,
        }

    def _place(self, posted: Posted) -> str:
        """The name that a plan gives the place where the message was posted."""
        named = (each.targets.get(posted.address) for each in self.pages.plans)
        return next(filter(None, named), posted.address)


def parts(message: Message) -> Sequence[Part]:
    """Return the forms of a message in the order of its asks."""
    found: list[Part] = []
    for ask in message.asks:
        found.append(Part(ask.value))
        if ask is Ask.SNOOZE:
            found.append(Part.SNOOZE_UNTIL)
    return [*found, Part.CORRECT] if message.tone is Tone.SETTLED else found


def _halves(line: str) -> tuple[str, str]:
    """``När: tisdag`` in two, for a reader's eye; a line that is a sentence stays whole."""
    head, colon, rest = line.partition(": ")
    return (head, rest) if colon and len(head.split()) <= LONGEST_HEAD else ("", line)
