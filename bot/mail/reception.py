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
INVITED = (
    "Mejlet du svarar på är en inbjudan, så ingenting har ändrats. Svara ”kommer”, ”kanske” eller "
    "”kommer inte”, eller med knapparna i kalendern. Det som har blivit av, eller ska få en ny "
    "dag, svarar du på webbsidan."
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
    was a list of several. Who answers something ``invited`` can say whether they come, and no
    more: its address stands in the calendar, where others may read it.
    """

    mail: Incoming
    reader: str
    message: str
    occurrence: str
    invited: bool = False


# Takes whether somebody comes, by the calendars or the words of a reply, and returns a line for its
# writer, or nothing to say. None says that it does not tell; a ``BotError`` refuses with its text.
TakeAttendance = Callable[[Reply], str | None]


def no_attendance(_reply: Reply) -> None:
    """Leave it alone: nobody is invited."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a mail: ``words`` for its writer, and why nothing was stored, if it was not."""

    words: str = ""
    why: str = ""


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
    take_attendance: TakeAttendance = no_attendance

    def take(self, mail: Incoming) -> None:
        """Take a mail once or again: what changes nothing leaves one line in the log.

        What the database could not store, and ``UntoldError``, is raised: take it again later. The
        line is written last, so that there is one however often that happens.
        """
        try:
            reply = self._reply(mail)
            came = self._came_of(reply)
            if came.words and mail.kind is Kind.PERSON:
                self._tell(reply, came.words)
        except NotOursError as reason:
            came = Came(why=f"{reason}.")
        if came.why:
            log.warning("Mejlet %s ändrar ingenting: %s", mail.id, came.why)

    def _reply(self, mail: Incoming) -> Reply:
        """What the mail answers, and for whom; ``NotOursError`` says why it answers nothing."""
        self._refuse_machines(mail)
        reader = next((each for each in self.readers if _same(each, mail.sender)), None)
        if reader is None:
            raise NotOursError("avsändaren får inga påminnelser")
        named = self._named(mail, reader)
        tags = {tag for each in mail.recipients if (tag := self.stationery.tag_in(each))}
        if tags:
            return self._by_tag(mail, reader, self._tagged(tags, reader), named)
        if named is None:
            raise NotOursError("det svarar inte på något som avsändaren har fått")
        return self._about(mail, reader, *named)

    def _named(self, mail: Incoming, reader: str) -> tuple[str, str] | None:
        """The nearest message to the reader that the mail refers to, and what that spoke of."""
        ours = (each for each in dict.fromkeys(mail.references) if each.startswith(OURS))
        known = ((each, self.desk.occurrence_at(f"mail:{reader}", each)) for each in ours)
        return next(((each, found) for each, found in known if found is not None), None)

    def _by_tag(
        self, mail: Incoming, reader: str, message: str, named: tuple[str, str] | None
    ) -> Reply:
        """What the message with the mail's tag spoke of; what the mail refers to must agree."""
        occurrence = self.desk.occurrence_at(f"mail:{reader}", message)
        if occurrence is None and named and self._is_first(message, named[1], reader):
            occurrence = named[1]
        if occurrence is None and mail.calendars:
            # A later invitation has the address of the first, which may never have left.
            return Reply(mail, reader, message, OF_MANY, invited=True)
        if occurrence is None:
            raise NotOursError("svarsadressen hör inte till något som har skickats")
        if named and named[1] != occurrence:
            raise NotOursError("svarsadressen hör till ett annat tillfälle än mejlet som besvaras")
        return self._about(mail, reader, message, occurrence)

    def _about(self, mail: Incoming, reader: str, message: str, occurrence: str) -> Reply:
        named = (message, *mail.references)
        invited = any(self._is_first(each, occurrence, reader) for each in named)
        return Reply(mail, reader, message, occurrence, invited=invited)

    def _is_first(self, message: str, occurrence: str, reader: str) -> bool:
        """Whether that is the id that names all invitations of the reader to the occurrence."""
        return message == self.stationery.invitation_id(occurrence, reader)

    def _refuse_machines(self, mail: Incoming) -> None:
        if mail.id.startswith(OURS) or _same(mail.sender, self.stationery.sender.address):
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

    def _came_of(self, reply: Reply) -> Came:
        try:
            told = self._attended(reply)
            return self._answered(reply) if told is None else Came(told)
        except DatabaseError:
            raise
        except BotError as refused:
            return Came(str(refused), str(refused))

    def _attended(self, reply: Reply) -> str | None:
        """Let it be taken whether the writer comes; None where that is not what the mail says."""
        calendars, machine = reply.mail.calendars, reply.mail.kind is not Kind.PERSON
        if len(calendars) > 1:
            raise NotOursError("det har två kalendrar")
        told = self.take_attendance(reply) if calendars or reply.invited else None
        if told is None and machine:
            raise NotOursError("kalendern i det är inget svar på en inbjudan")
        return told

    def _answered(self, reply: Reply) -> Came:
        """Give the desk what the mail says; a line that tells how it was taken, or asks."""
        if reply.occurrence == OF_MANY:
            return Came(LISTED, "det svarar på flera tillfällen.")
        if reply.invited:
            return self._unread(reply, INVITED)
        meant = self.desk.understood(reply.occurrence, reply.mail.text)
        if isinstance(meant, Unsure):
            return Came(meant.question, "något saknas i svaret, och avsändaren tillfrågas.")
        if meant is None:
            return self._unread(reply, NO_ANSWER)
        visitor = visitor_of(reply.reader)
        self.desk.refuse(reply.occurrence, visitor)
        given = self.desk.give(self._answer(reply, meant))
        return Came(self.desk.confirmation(given))

    def _unread(self, reply: Reply, example: str) -> Came:
        """Whoever thanks us for a note needs no other; nor does a machine that looks like one."""
        to_a_note = reply.mail.references[:1] and reply.mail.references[0].startswith(NOTES)
        return Came("" if to_a_note else example, "det går inte att läsa ett svar i det.")

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


def _same(one: str, other: str) -> bool:
    """Whether both are the same address, as servers see it."""
    return one.casefold() == other.casefold()
