"""Attending: taking what people's calendars answer to invitations."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.answer import ATTENDANCE, MISSING, Answer, AnswerKind
from bot.domain.attendance import Reply
from bot.domain.errors import AnswerRefusedError
from bot.domain.invitation import Times
from bot.services.answering import Given
from bot.services.desk import Desk
from bot.services.inviting import Guests, InvitationLedger
from bot.services.membership import Visitor
from bot.services.ports import Clock

# A calendar may count in another zone than it says; a stamp further ahead would outdo all others.
CLOCKS_DIFFER = timedelta(days=1)
UID_DOMAIN = "invitation.loftesbot"
DECLINED = "Avböjde inbjudan"
UNINVITED = "Svaret kommer från någon som inte är inbjuden till tillfället."
OUTDATED = "Svaret gäller en äldre inbjudan. Svara på den senaste."
NOT_OURS = "Svaret gäller ingen inbjudan härifrån."
AHEAD = "Svaret är daterat i framtiden. Kontrollera datorns klocka och svara igen."
LATE = "Ett senare svar från samma person gäller redan."


@dataclass(frozen=True, slots=True)
class Attending:
    """Takes replies to the desk; where nobody is left who comes, a deputy is asked for.

    ``guests`` gives the targets that a commitment's people are, ``name_of`` the name of the
    reader of one; ``clock`` is the machine's. Whoever is invited may say whether they come; that
    nobody can is for those who may answer.
    """

    desk: Desk
    invited: InvitationLedger
    guests: Guests
    name_of: Callable[[str], str]
    clock: Clock

    def take(self, reply: Reply, visitor: Visitor) -> Given:
        """Take ``reply``, or raise a ``BotError``; what is late or answers another is refused.

        It counts by its UID, then its SEQUENCE, then its DTSTAMP (RFC 5546, section 2.1.5).
        """
        occurrence = occurrence_of(reply.uid)
        times = self._asked(occurrence, reply)
        kind, note = self._meant(occurrence, reply, visitor)
        by, now = self.name_of(reply.attendee), self.desk.now()
        said = Answer(occurrence, kind, by, now, note=note, source=_source(reply))
        if kind in ATTENDANCE:
            hours = times.hours
            start, end = (hours.start, hours.end) if hours else (None, None)
            said = replace(said, day=times.day, start=start, end=end)
        return self.desk.give(said)

    def _asked(self, occurrence: str, reply: Reply) -> Times:
        """The times that the invitation named which is answered; what answers none is refused."""
        self.desk.agenda_of(occurrence)  # raises where no plan has it
        told = self.invited.told_of(occurrence, f"mail:{reply.attendee}")
        if told.mark is None:
            raise AnswerRefusedError(UNINVITED)
        if told.sequence != reply.sequence or told.mark.shown is None:
            raise AnswerRefusedError(OUTDATED)
        if reply.stamp > self.clock() + CLOCKS_DIFFER:
            raise AnswerRefusedError(AHEAD)
        series = _series(reply)
        earlier = self.desk.said(occurrence, series)
        stamps = (each.source.removeprefix(series).partition(":")[0] for each in earlier)
        if any(each > _stamp(reply) for each in stamps):
            raise AnswerRefusedError(LATE)
        return told.mark.shown

    def _meant(self, occurrence: str, reply: Reply, visitor: Visitor) -> tuple[AnswerKind, str]:
        """What a reply means: of the last who could come, and may say so, that nobody can."""
        if reply.kind is not AnswerKind.ABSENT or not self._is_the_last(occurrence, reply.attendee):
            return reply.kind, reply.comment
        try:
            self.desk.refuse(occurrence, visitor)
        except AnswerRefusedError:
            return reply.kind, reply.comment
        return AnswerKind.CANNOT, f"{DECLINED}: {reply.comment}" if reply.comment else DECLINED

    def _is_the_last(self, occurrence: str, attendee: str) -> bool:
        """Whether everybody else who is invited has said that they can't come, or nobody is."""
        agenda, standing = self.desk.agenda_of(occurrence), self.desk.standing(occurrence)
        found = agenda.find(occurrence, standing)
        guests = self.guests(agenda.plan, found.commitment)
        others = {self.name_of(each.partition(":")[2]) for each in guests}
        said = standing.attendance(found.times)
        missing = {each.by for each in said if each.kind in MISSING}
        return others - {self.name_of(attendee)} <= missing


def uid_of(occurrence: str) -> str:
    """Return the UID of the invitation to ``occurrence``; that in a feed is another one."""
    return f"{occurrence}@{UID_DOMAIN}"


def occurrence_of(uid: str) -> str:
    """Return the occurrence that an invitation of ours with that UID is to."""
    occurrence, _, domain = uid.rpartition("@")
    if domain != UID_DOMAIN:
        raise AnswerRefusedError(NOT_OURS)
    return occurrence


def _source(reply: Reply) -> str:
    """What is the same for the same reply, whenever it comes again."""
    return f"{_series(reply)}{_stamp(reply)}:{reply.kind}"


def _series(reply: Reply) -> str:
    """What the sources begin with of all that one person answers to one invitation."""
    return f"mail:rsvp:{reply.attendee}:{reply.sequence}:"


def _stamp(reply: Reply) -> str:
    """When it was answered; of two, the later sorts last."""
    return reply.stamp.strftime("%Y%m%dT%H%M%SZ")
