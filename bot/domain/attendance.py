"""What a calendar answers to an invitation of ours."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.answer import AnswerKind


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of ``attendee``, a mail address in small letters, to one invitation.

    ``kind`` is one of ``ATTENDANCE``. ``sequence`` is that of the invitation that is answered;
    a reply never raises it. ``stamp`` is when it was given (RFC 5546, section 2.1.5).
    """

    uid: str
    attendee: str
    kind: AnswerKind
    sequence: int
    stamp: datetime
    comment: str = ""
