"""Who comes, by mail: answers to invitations, wired to the desk."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.attendance import Reply as Attended
from bot.domain.errors import AnswerRefusedError, SettingsError
from bot.domain.privacy import sensitive
from bot.feeds.replies import read_reply
from bot.mail.addresses import wire_address
from bot.mail.incoming import Kind
from bot.mail.reception import Reply
from bot.mail.stationery import Stationery
from bot.mail.unmarked import unsigned
from bot.services.attending import UNINVITED, Attending, occurrence_of, uid_of
from bot.services.coming_words import coming_said
from bot.services.membership import reader as visitor_of
from bot.services.own_words import own_words

PROPOSED = (
    "Ett förslag om en ny tid flyttar inte tillfället. Skjut upp det på webbsidan, så får alla som "
    "är inbjudna en ändring."
)
LEFT_OUT = "Svaret är noterat, men inte kommentaren: den ser ut att innehålla {what}."


@dataclass(frozen=True, slots=True)
class MailedAttendance:
    """Takes what the readers of invitations answer; ``paper`` knows which mail was one."""

    attending: Attending
    paper: Stationery

    def take(self, reply: Reply) -> str | None:
        """Take the calendar of a reply, or its words; None where neither says who comes."""
        told = self._calendar(reply) if reply.mail.calendars else None
        if told is None and reply.invited and reply.mail.kind is Kind.PERSON:
            return self._words(reply)
        return told

    def _calendar(self, reply: Reply) -> str | None:
        (calendar,) = reply.mail.calendars
        if "METHOD:COUNTER" in calendar.upper():
            raise AnswerRefusedError(PROPOSED)
        if "METHOD:REPLY" not in calendar.upper():
            return None
        found = read_reply([calendar])
        occurrence = occurrence_of(found.uid)
        ours = reply.message == self.paper.invitation_id(occurrence, reply.reader)
        theirs = _wire(found.attendee) == reply.reader.casefold()
        if not theirs or not (ours or reply.occurrence == occurrence):
            raise AnswerRefusedError(UNINVITED)
        comment, left_out = _own(found.comment)
        ready = replace(found, attendee=reply.reader, comment=comment)
        self.attending.take(ready, visitor_of(reply.reader))
        return left_out

    def _words(self, reply: Reply) -> str | None:
        said = coming_said(reply.mail.text) if reply.occurrence else None
        if said is None:
            return None
        desk, written = self.attending.desk, reply.mail.written
        stamp = datetime.fromisoformat(written) if written else desk.now()
        uid, number = uid_of(reply.occurrence), self._number(reply)
        ready = Attended(uid, reply.reader, said.kind, number, stamp, said.note)
        return desk.confirmation(self.attending.take(ready, visitor_of(reply.reader)))

    def _number(self, reply: Reply) -> int:
        """Which invitation in a row is answered; the first where that has been lost on the way."""
        told = self.attending.invited.told_of(reply.occurrence, f"mail:{reply.reader}")
        every = range(told.sequence + 1)
        ids = {self.paper.invitation_id(reply.occurrence, reply.reader, n): n for n in every}
        return next((ids[each] for each in reply.mail.references if each in ids), 0)


def _wire(address: str) -> str:
    """The address as it goes over the wire; one that cannot go there stays as it is."""
    try:
        return wire_address(address).casefold()
    except SettingsError:
        return address


def _own(comment: str) -> tuple[str, str]:
    """What somebody said beside an answer, without what they sign with; and what is left out."""
    own = unsigned(own_words(comment))
    what = sensitive(own)
    return ("", LEFT_OUT.format(what=what)) if what else (own, "")
