"""Links by which a reader of a mail answers on a page, without an account anywhere."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.errors import BadTokenError
from bot.domain.signing import Key, Purpose, opened, signed
from bot.services.ports import Clock

PATH = "/svar"
FILE = "kalender.ics"
LINK_LASTS = timedelta(days=120)
BUTTON_LASTS = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Invited:
    """One reader, asked about one occurrence."""

    occurrence: str
    reader: str


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links and knows them again; ``clock`` is the machine's.

    A link shows a page, and changes nothing. The button on that page has a token of its own,
    which whoever only follows links never sees.
    """

    key: Key
    address: str
    clock: Clock

    def to(self, invited: Invited) -> str:
        """Return the address of the page on which ``invited`` is answered."""
        expires = self.clock() + LINK_LASTS
        token = signed(self.key, Purpose.LINK, _subject(invited), expires=expires)
        return f"{self.address}{PATH}/{token}"

    def file(self, invited: Invited) -> str:
        """Return the address of the file that puts the occurrence into a calendar."""
        return f"{self.to(invited)}/{FILE}"

    def invited(self, token: str) -> Invited:
        """Return whom a link was made for, and about what; ``BadTokenError`` if it holds not."""
        return _invited(opened(self.key, Purpose.LINK, token, now=self.clock()))

    def button(self, invited: Invited) -> str:
        """Return the token of a button that answers for ``invited``."""
        expires = self.clock() + BUTTON_LASTS
        return signed(self.key, Purpose.BUTTON, _subject(invited), expires=expires)

    def pressed(self, button: str, invited: Invited) -> bool:
        """Whether ``button`` stood on a page of ``invited`` not too long ago."""
        try:
            found = opened(self.key, Purpose.BUTTON, button, now=self.clock())
        except BadTokenError:
            return False
        return _invited(found) == invited


def _subject(invited: Invited) -> str:
    return f"{invited.occurrence}\n{invited.reader}"


def _invited(subject: str) -> Invited:
    occurrence, _, reader = subject.partition("\n")
    return Invited(occurrence, reader)
