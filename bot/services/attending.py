"""Attending: taking what people's calendars answer to invitations."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.answer import MISSING, Answer, AnswerKind
from bot.domain.attendance import Reply
from bot.domain.errors import AnswerRefusedError
from bot.services.answering import Given
from bot.services.desk import Desk
from bot.services.inviting import Guests, InvitationLedger
from bot.services.membership import Visitor

UID_DOMAIN = "invitation.loftesbot"
DECLINED = "Avböjde inbjudan"
UNINVITED = "Svaret kommer från någon som inte är inbjuden till tillfället."
OUTDATED = "Svaret gäller en äldre inbjudan. Svara på den senaste."
NOT_OURS = "Svaret gäller ingen inbjudan härifrån."
LATE = "Ett senare svar från samma person gäller redan."


@dataclass(frozen=True, slots=True)
class Attending:
    """Takes replies to the desk; where nobody is left who comes, a deputy is asked for.

    ``guests`` gives the targets that a commitment's people are, ``name_of`` the name of the
    reader of one.
    """

    desk: Desk
    invited: InvitationLedger
    guests: Guests
    name_of: Callable[[str], str]

    def take(self, reply: Reply, visitor: Visitor) -> Given:
        """Take ``reply``, or raise a ``BotError``; what is late or answers another is refused.

        It counts by its UID, then its SEQUENCE, then its DTSTAMP (RFC 5546, section 2.1.5).
        """
        occurrence, source = occurrence_of(reply.uid), _source(reply)
        self._refuse_late(occurrence, reply)
        self.desk.refuse(occurrence, visitor)
        by, kind, note = self.name_of(reply.attendee), reply.kind, reply.comment
        if kind is AnswerKind.ABSENT and self._is_the_last(occurrence, reply.attendee):
            kind, note = AnswerKind.CANNOT, f"{DECLINED}: {note}" if note else DECLINED
        now = self.desk.now()
        return self.desk.give(Answer(occurrence, kind, by, now, note=note, source=source))

    def _refuse_late(self, occurrence: str, reply: Reply) -> None:
        self.desk.agenda_of(occurrence)
        told = self.invited.told_of(occurrence, f"mail:{reply.attendee}")
        if told.mark is None:
            raise AnswerRefusedError(UNINVITED)
        if told.sequence != reply.sequence:
            raise AnswerRefusedError(OUTDATED)
        earlier = self.desk.said(occurrence, _source(reply).rpartition(":")[0])
        if any(each.source > _source(reply) for each in earlier):
            raise AnswerRefusedError(LATE)

    def _is_the_last(self, occurrence: str, attendee: str) -> bool:
        """Whether everybody else who is invited has said that they can't come, or nobody is."""
        agenda = self.desk.agenda_of(occurrence)
        guests = self.guests(agenda.plan, agenda.by_id[occurrence].commitment)
        others = {self.name_of(each.partition(":")[2]) for each in guests}
        standing = self.desk.standing(occurrence)
        absent = {each.by for each in standing.attendance if each.kind in MISSING}
        return others - {self.name_of(attendee)} <= absent


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
    """What is the same for the same reply, and sorts by its time among those of one person."""
    stamp = reply.stamp.strftime("%Y%m%dT%H%M%SZ")
    return f"mail:rsvp:{reply.attendee}:{reply.sequence}:{stamp}"
