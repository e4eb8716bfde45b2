"""Reading what a calendar answers: METHOD:REPLY (RFC 5546, section 3.2.3)."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import unquote

from icalendar import Calendar, Event
from icalendar.timezone import tzp

from bot.domain.answer import AnswerKind
from bot.domain.attendance import Reply
from bot.domain.errors import BotError
from bot.feeds.events import clean

# What the library raises for calendars that are not as they should be; a zone that it asks the
# machine for may be the name of a folder, or none.
BROKEN = (ValueError, TypeError, KeyError, IndexError, RecursionError, OSError)
# A reply holds one event, and perhaps a zone with its two changes and an alarm.
LARGEST_OCTETS = 100_000
MOST_COMPONENTS = 20
LONGEST_COMMENT = 500
ANSWERS = {
    "ACCEPTED": AnswerKind.ATTENDING,
    "TENTATIVE": AnswerKind.TENTATIVE,
    "DECLINED": AnswerKind.ABSENT,
}


class UnreadableReplyError(BotError):
    """A calendar that is no answer to an invitation; ``reason`` repeats nothing of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Kalendersvaret går inte att ta emot: {reason}.")
        self.reason = reason


def read_reply(calendars: Sequence[str]) -> Reply:
    """Return the answer in the calendars of one mail, or raise ``UnreadableReplyError``."""
    if len(calendars) != 1:
        raise UnreadableReplyError("mejlet har inte en kalender utan flera")
    calendar = _parsed(calendars[0])
    if str(calendar.get("METHOD", "")).upper() != "REPLY":
        raise UnreadableReplyError("det är inget svar på en inbjudan")
    events = [each for each in calendar.subcomponents if isinstance(each, Event)]
    if len(events) != 1:
        raise UnreadableReplyError("det gäller inte ett tillfälle utan flera, eller inget")
    try:
        return _reply(events[0])
    except (*BROKEN, AttributeError, OverflowError) as error:
        raise UnreadableReplyError("det saknar något som ett svar ska ha") from error


def _parsed(text: str) -> Calendar:
    if len(text.encode(errors="replace")) > LARGEST_OCTETS:
        raise UnreadableReplyError("det är för stort")
    if text.upper().count("BEGIN:") > MOST_COMPONENTS:
        raise UnreadableReplyError("det har för många delar")
    try:
        # A zone that one calendar brings along would otherwise be known to the next.
        tzp.use_default()
        found = Calendar.from_ical(text)
    except BROKEN as error:
        raise UnreadableReplyError("det är trasigt") from error
    if not isinstance(found, Calendar):
        raise UnreadableReplyError("det är ingen kalender")
    return found


def _reply(event: Event) -> Reply:
    attendee = _one(event.get("ATTENDEE"))
    kind = ANSWERS.get(str(attendee.params.get("PARTSTAT", "")).upper())
    if kind is None:
        raise UnreadableReplyError("det säger varken ja, nej eller kanske")
    return Reply(
        uid=str(event["UID"]),
        attendee=_address(str(attendee)),
        kind=kind,
        sequence=int(event.get("SEQUENCE", 0)),
        stamp=_instant(event["DTSTAMP"]),
        comment=_comment(event.get("COMMENT", "")),
    )


def _one(value: Any) -> Any:
    """The one value of a property; a reply speaks for nobody else."""
    if value is None or isinstance(value, list):
        raise UnreadableReplyError("det ska komma från en enda person")
    return value


def _address(text: str) -> str:
    scheme, _, address = text.strip().casefold().partition(":")
    if scheme != "mailto" or "@" not in address:
        raise UnreadableReplyError("svaret har ingen e-postadress")
    return unquote(address)


def _comment(value: Any) -> str:
    """What is said beside the answer; a reply may say several things (RFC 5546, section 3.2.3)."""
    said = value if isinstance(value, list) else [value]
    return clean("\n".join(str(each) for each in said)).strip()[:LONGEST_COMMENT]


def _instant(stamp: Any) -> datetime:
    """The instant, which a reply ought to give in UTC; some give it in a zone of their own."""
    value, name = stamp.dt, str(stamp.params.get("TZID", ""))
    if not isinstance(value, datetime):
        raise UnreadableReplyError("det saknar tidpunkt")
    if value.tzinfo is None and name:
        value = value.replace(tzinfo=_zone(name))
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _zone(name: str) -> tzinfo:
    """The zone of that name; also Windows' names are known."""
    found: tzinfo | None = None if name.startswith("/") else tzp.timezone(name)
    if found is None:
        raise UnreadableReplyError("dess tidszon är okänd")
    return found
