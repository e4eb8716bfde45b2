"""The room: messages that a page shows as they come, and a way to wait for the next."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Condition

from bot.domain.message import Posted
from bot.services.ports import RoomStore


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
