"""Who comes, by mail: answers to invitations, wired to the desk."""

from dataclasses import dataclass, replace

from bot.domain.errors import AnswerRefusedError
from bot.domain.privacy import sensitive
from bot.feeds.replies import read_reply
from bot.mail.reception import Reply
from bot.mail.stationery import Stationery
from bot.mail.unmarked import unsigned
from bot.services.attending import UNINVITED, Attending, occurrence_of
from bot.services.membership import reader as visitor_of
from bot.services.own_words import own_words

LEFT_OUT = "Svaret är noterat, men inte kommentaren: den ser ut att innehålla {what}."


@dataclass(frozen=True, slots=True)
class MailedAttendance:
    """Takes what the readers of invitations answer; ``paper`` knows which mail was one."""

    attending: Attending
    paper: Stationery

    def take_calendar(self, reply: Reply) -> str | None:
        """Take the calendar of a reply; None where it is no answer at all."""
        (calendar,) = reply.mail.calendars
        if "METHOD:REPLY" not in calendar.upper():
            return None
        found = read_reply([calendar])
        occurrence = occurrence_of(found.uid)
        ours = reply.message == self.paper.invitation_id(occurrence, reply.reader)
        if found.attendee != reply.reader.casefold() or not (
            ours or reply.occurrence == occurrence
        ):
            raise AnswerRefusedError(UNINVITED)
        comment, left_out = _own(found.comment)
        ready = replace(found, attendee=reply.reader, comment=comment)
        self.attending.take(ready, visitor_of(reply.reader))
        return left_out


def _own(comment: str) -> tuple[str, str]:
    """What somebody said beside an answer, without what they sign with; and what is left out."""
    own = unsigned(own_words(comment))
    what = sensitive(own)
    return ("", LEFT_OUT.format(what=what)) if what else (own, "")
