"""The room, as the contract sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Self

from bot.chat.room.room import Room
from bot.chat.room.transport import RoomTransport
from bot.domain.message import Message, Posted
from bot.storage.database import Database
from bot.storage.room import SqlRoom
from tests.builders import utc
from tests.transports.rig import Arrived, Rig, Trouble


class RoomRig(Rig):
    """The embedded product: a table of ours."""

    product = "room"
    address = "samverkan"
    never: ClassVar = {
        Trouble.REFUSES: "a row has room for every message",
        Trouble.BUSY: "a writer waits for its turn inside the call",
        Trouble.LOSES_THE_ANSWER: "a repeated key is the same message, with the same receipt",
        Trouble.LOSES_THE_MESSAGE: "a transaction that was not committed left nothing",
        Trouble.HANGS: "there is no network in between",
        Trouble.DOWN: "without its database there is no delivery to make either",
    }

    def __init__(self, database: Database) -> None:
        self.store = SqlRoom(database)
        self.transport = RoomTransport(Room(self.store), lambda: utc(2018, 1, 16))

    @classmethod
    @contextmanager
    def opened(cls, database: Database) -> Iterator[Self]:
        yield cls(database)

    def meet(self, trouble: Trouble) -> None:
        raise AssertionError(self.never[trouble])

    @property
    def arrived(self) -> list[Arrived]:
        return [
            Arrived(each.message.title, each.message.text, each.message.key, str(each.id))
            for each in self._posted()
        ]

    def mark(self, key: str) -> str:
        return key

    def liberties(self, message: Message) -> list[str]:
        return [f"{each}" for each in self._posted() if each.message != message]

    def _posted(self) -> list[Posted]:
        return list(self.store.newest(limit=100))
