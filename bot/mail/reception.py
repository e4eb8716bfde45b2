"""Taking what a mail says to the desk, and telling its writer what came of it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import assert_never

from bot.domain.answer import Answer
from bot.domain.delivery import Outcome, Refused, Sent, TryAgain, Uncertain
from bot.domain.errors import BadTokenError, BotError, DatabaseError
from bot.mail.incoming import Incoming, Kind
from bot.mail.letter import note
from bot.mail.stationery import NOTE, OURS, Stationery
from bot.mail.wire import Letter
from bot.services.answering import LONGEST_NAME
from bot.services.desk import Desk
from bot.services.membership import reader as visitor_of
from bot.services.ports import Clock
from bot.services.understanding import Understood, Unsure

OF_MANY = ""
NOTES = f"{OURS}{NOTE}"
LISTED = (
    "Mejlet du svarar på gäller flera tillfällen, så det syns inte vilket svaret gäller. Svara med "
    "tillfällets egen länk i mejlet."
)
NO_ANSWER = (
    "Det gick inte att läsa ett svar i ditt mejl, så ingenting har ändrats. Skriv först vad som "
    "blev av det, till exempel ”klart, 12 deltagare” eller ”inställt pga sjukdom”."
)

log = logging.getLogger(__name__)


class UntoldError(BotError):
    """The writer of a mail could not be told what came of it yet; it is tried again."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Ett besked om ett svar kom inte iväg med e-post: {reason}.")


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail whose writer is known to have had our message with the id ``message``.

    ``reader`` is the address that it went to, ``occurrence`` what it spoke of; empty where it
    was a list of several.
    """

    mail: Incoming
    reader: str
    message: str
    occurrence: str


# Takes the calendars of a reply, and returns a line for its writer, or nothing to say. None says
# that they answer nothing, so that the words count; a ``BotError`` refuses with its text.
TakeCalendars = Callable[[Reply], str | None]


def no_calendars(_reply: Reply) -> None:
    """Leave calendars alone; nobody takes them yet."""


class NotOursError(Exception):
    """A mail that answers nothing of ours, or that cannot be who it says that it is."""


@dataclass(frozen=True, slots=True)
class Reception:
    """Takes mails; ``readers`` are those who get ours, and ``send`` hands a letter over.

    Who answers is known by two things that have to agree: the address or the id that only they
    were given, and the one that they write from. ``clock`` is the machine's.
    """

    desk: Desk
    stationery: Stationery
    readers: Sequence[str]
    send: Callable[[Letter], Outcome]
    clock: Clock
    take_calendars: TakeCalendars = no_calendars

    def take(self, mail: Incoming) -> None:
        """Take a mail once or again: what changes nothing leaves one line in the log.

        What the database could not store, and ``UntoldError``, is raised: take it again later.
        """
        try:
            reply = self._reply(mail)
        except NotOursError as reason:
            log.warning("Mejlet %s ändrar ingenting: %s.", mail.id, reason)
            return
        words = self._came_of(reply)
        if words and mail.kind is Kind.PERSON:
            self._tell(reply, words)

    def _reply(self, mail: Incoming) -> Reply:
        """What the mail answers, and for whom; ``NotOursError`` says why it answers nothing."""
        self._refuse_machines(mail)
        writer = mail.sender.casefold()
        reader = next((each for each in self.readers if each.casefold() == writer), None)
        if reader is None:
            raise NotOursError("avsändaren får inga påminnelser")
        target = f"mail:{reader}"
        ours = (each for each in dict.fromkeys(mail.references) if each.startswith(OURS))
        known = ((each, self.desk.occurrence_at(target, each)) for each in ours)
        named = next(((each, found) for each, found in known if found is not None), None)
        tags = {tag for each in mail.recipients if (tag := self.stationery.tag_in(each))}
        if not tags:
            if named is None:
                raise NotOursError("det svarar inte på något som avsändaren har fått")
            return Reply(mail, reader, *named)
        message = self._tagged(tags, reader)
        occurrence = self.desk.occurrence_at(target, message)
        if occurrence is None and mail.calendars:
            # A later invitation has the address of the first, which may never have left.
            return Reply(mail, reader, message, named[1] if named else OF_MANY)
        if occurrence is None:
            raise NotOursError("svarsadressen hör inte till något som har skickats")
        if named and named[1] != occurrence:
            raise NotOursError("svarsadressen hör till ett annat tillfälle än mejlet som besvaras")
        return Reply(mail, reader, message, occurrence)

    def _refuse_machines(self, mail: Incoming) -> None:
        if mail.id.startswith(OURS) or mail.sender == self.stationery.sender.address:
            raise NotOursError("det är vårt eget")
        if mail.kind is Kind.BOUNCE:
            raise NotOursError("det är en studs eller en rapport")
        if mail.kind is Kind.LIST:
            raise NotOursError("det kommer från en e-postlista")
        if mail.kind is Kind.AUTOMATIC and not mail.calendars:
            raise NotOursError("det är ett autosvar")

    def _tagged(self, tags: set[str], reader: str) -> str:
        """The id of the message whose own address the mail went to."""
        try:
            (tag,) = tags
            return self.stationery.replied_to(tag, reader)
        except (BadTokenError, ValueError):
            wrong = "svarsadressen är inte avsändarens egen, eller inte hel"
            raise NotOursError(wrong) from None

    def _came_of(self, reply: Reply) -> str:
        """What there is to say to the writer."""
        try:
            if len(reply.mail.calendars) > 1:
                log.warning("Mejlet %s ändrar ingenting: det har två kalendrar.", reply.mail.id)
                return ""
            told = self.take_calendars(reply) if reply.mail.calendars else None
            if told is not None or reply.mail.kind is not Kind.PERSON:
                return told or ""
            return self._answered(reply)
        except DatabaseError:
            raise
        except BotError as refused:
            log.warning("Mejlet %s ändrar ingenting: %s", reply.mail.id, refused)
            return str(refused)

    def _answered(self, reply: Reply) -> str:
        """Give the desk what the mail says; a line that tells how it was taken, or asks."""
        text = reply.mail.text
        if reply.occurrence == OF_MANY:
            return LISTED
        meant = self.desk.understood(reply.occurrence, text)
        if isinstance(meant, Unsure):
            return meant.question
        if meant is None:
            # Whoever thanks us for a note needs no other; nor does a machine that looks like one.
            to_a_note = reply.mail.references[:1] and reply.mail.references[0].startswith(NOTES)
            return "" if to_a_note else NO_ANSWER
        visitor = visitor_of(reply.reader)
        self.desk.refuse(reply.occurrence, visitor)
        given = self.desk.give(self._answer(reply, meant))
        return self.desk.confirmation(given)

    def _answer(self, reply: Reply, meant: Understood) -> Answer:
        by = self.desk.membership.name_of(visitor_of(reply.reader))[:LONGEST_NAME]
        return Answer(
            reply.occurrence, meant.kind, by, self.desk.now(), day=meant.day, start=meant.start,
            end=meant.end, form=meant.form, number=meant.number, note=meant.note,
            stand_in=meant.stand_in, source=reply.mail.source,
        )  # fmt: skip

    def _tell(self, reply: Reply, words: str) -> None:
        """Answer a mail, once; our answers bear the same id however often they are sent."""
        where = self.stationery.page(reply.occurrence, reply.reader) if reply.occurrence else ""
        text = f"{words}\n\nDu kan ändra eller svara här: {where}" if where else words
        ready = note(text, reply.mail, reply.message, self.stationery, written=self.clock())
        outcome = self.send(ready)
        match outcome:
            case Sent():
                return
            case TryAgain():
                raise UntoldError(outcome.reason)
            case Refused() | Uncertain():
                log.warning("Ett besked om svaret %s: %s", reply.mail.id, outcome.reason)
            case _:
                assert_never(outcome)
