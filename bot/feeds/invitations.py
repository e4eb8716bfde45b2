"""An invitation, a change of it or its end, as iMIP wants them (RFC 6047, RFC 5546)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import vCalAddress, vText

from bot.feeds.events import Told, clean, event
from bot.feeds.rendering import beginning
from bot.feeds.zone import STOCKHOLM, stockholm
from bot.services.attending import uid_of


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is invited, and the address that their answer goes to, which is theirs alone."""

    address: str
    name: str
    organizer: str
    organizer_name: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Which invitation in a row it is, since when it is so, and whether it ends them."""

    sequence: int
    since: datetime
    cancelled: bool


def invitation(told: Told, guest: Guest, turn: Turn) -> bytes:
    """Return the calendar part of a mail that invites ``guest``; the same call, the same bytes."""
    calendar = beginning("CANCEL" if turn.cancelled else "REQUEST")
    if told.plan.zone.key == STOCKHOLM:
        calendar.add_component(stockholm())
    found = event(told, uid=uid_of(told.occurrence.id))
    since = turn.since.astimezone(UTC).replace(microsecond=0)
    for name, value in (
        ("dtstamp", since),
        ("last-modified", since),
        ("sequence", turn.sequence),
        ("status", "CANCELLED" if turn.cancelled else "CONFIRMED"),
    ):
        found.pop(name)
        found.add(name, value)
    found.add("organizer", _address(guest.organizer, guest.organizer_name))
    attendee = _address(guest.address, guest.name)
    attendee.params |= {"ROLE": "REQ-PARTICIPANT"}
    if not turn.cancelled:
        attendee.params |= {"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    found.add("attendee", attendee)
    calendar.add_component(found)
    return bytes(calendar.to_ical())


def _address(address: str, name: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    if shown := clean(name).replace('"', "'").replace("\n", " "):
        found.params["CN"] = vText(shown)
    return found
