"""The room: messages that a page shows as they come, and a way to wait for the next."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Condition
from typing import Protocol

from bot.domain.message import Message, Posted


class RoomStore(Protocol):
    """Where the room's messages are kept."""

    def put(self, message: Message, *, address: str, posted: datetime) -> int:
        """Keep a message and return its id; the same key again is the same message."""

    def replace(self, message_id: int, message: Message) -> bool:
        """Show other words under an id; false when there is no such message."""

    def newest(self, *, limit: int, before: int | None = None) -> Sequence[Posted]:
        """Return the newest messages, the oldest of them first; only ids below ``before``."""

    def after(self, version: int, *, limit: int) -> Sequence[Posted]:
        """Return what is new or changed since ``version``, in the order of the versions."""


@dataclass(frozen=True, slots=True)
class Room:
    """The messages, and the bell that rings when there is a new one."""

    store: RoomStore
    bell: Condition = field(default_factory=Condition)

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self.bell:
            self.bell.notify_all()

    def news(self, version: int, *, limit: int, seconds: float) -> Sequence[Posted]:
        """Return what came after ``version``, waiting up to ``seconds`` when nothing has."""
        with self.bell:
            found = self.store.after(version, limit=limit)
            if found:
                return found
            self.bell.wait(seconds)
        return self.store.after(version, limit=limit)
