"""Posting to the room: a row in our own database, so nothing is ever unclear."""

from dataclasses import dataclass
from datetime import timedelta

from bot.chat.room.room import Room
from bot.domain.delivery import Absent, Found, Outcome, Refused, Sent, Sought
from bot.domain.message import Enclosure, Message
from bot.services.ports import Clock


@dataclass(frozen=True, slots=True)
class RoomTransport:
    """Posts to the room; ``address`` is a target of the plan. ``clock`` is the plan's."""

    room: Room
    clock: Clock
    pace: timedelta = timedelta()
    encloses: bool = False
    retells: bool = False

    def post(self, message: Message, *, address: str) -> Outcome:
        """Show ``message``; a key that is there already is that message."""
        number = self.room.store.put(message, address=address, posted=self.clock())
        self.room.ring()
        return Sent(str(number))

    def enclose(self, enclosure: Enclosure, *, address: str) -> Outcome:  # noqa: ARG002
        """Refuse: a message in the room carries a link to the calendar file instead."""
        return Refused("rummet länkar till kalenderfilen")

    def find(self, sought: Sought, *, address: str) -> Found:  # noqa: ARG002
        """Say that it has to be posted: posting again is harmless here."""
        return Absent()

    def update(self, message: Message, *, address: str, receipt: str) -> Outcome:  # noqa: ARG002
        """Show other words in the place of the message with that receipt."""
        if not self.room.store.replace(int(receipt), message):
            return Refused("meddelandet finns inte i rummet")
        self.room.ring()
        return Sent(receipt)
