"""The room's messages, kept in the same database as everything else."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update
from sqlalchemy.engine import RowMapping

from bot.domain.message import Ask, Choice, Entry, Message, Posted, Tone
from bot.storage.database import Database
from bot.storage.tables import room_messages


@dataclass(frozen=True, slots=True)
class SqlRoom:
    """Keeps the room's messages; implements ``RoomStore``.

    Writers come one after another, so versions become visible in their order.
    """

    database: Database

    def put(self, message: Message, *, address: str, posted: datetime) -> int:
        """Keep a message and return its id; the same key again is the same message."""
        by_key = select(room_messages.c.id).where(room_messages.c.key == message.key)
        with self.database.write(alone="room") as connection:
            known = connection.execute(by_key).scalar()
            if known is not None:
                return int(known)
            row = {"target": address, "key": message.key, "posted": posted}
            row |= {"body": asdict(message), "version": _next_version(connection)}
            added = insert(room_messages).values(row).returning(room_messages.c.id)
            return int(connection.execute(added).scalar_one())

    def replace(self, message_id: int, message: Message) -> bool:
        """Show other words under an id; false when there is no such message."""
        with self.database.write(alone="room") as connection:
            changed = update(room_messages).where(room_messages.c.id == message_id)
            values = {"body": asdict(message), "version": _next_version(connection)}
            return connection.execute(changed.values(values)).rowcount == 1

    def newest(self, *, limit: int, before: int | None = None) -> Sequence[Posted]:
        """Return the newest messages, the oldest of them first; only ids below ``before``."""
        chosen = select(room_messages).order_by(room_messages.c.id.desc()).limit(limit)
        if before is not None:
            chosen = chosen.where(room_messages.c.id < before)
        return self._read(chosen)[::-1]

    def after(self, version: int, *, limit: int) -> Sequence[Posted]:
        """Return what is new or changed since ``version``, in the order of the versions."""
        chosen = select(room_messages).where(room_messages.c.version > version)
        return self._read(chosen.order_by(room_messages.c.version).limit(limit))

    def _read(self, chosen: Select[Any]) -> list[Posted]:
        with self.database.read() as connection:
            return [_posted(row) for row in connection.execute(chosen).mappings()]


def _next_version(connection: Connection) -> int:
    return int(connection.execute(select(func.max(room_messages.c.version))).scalar() or 0) + 1


def _posted(row: RowMapping) -> Posted:
    return Posted(row["id"], row["version"], row["target"], row["posted"], _message(row["body"]))


def _message(body: dict[str, Any]) -> Message:
    known = {
        "lines": tuple(body["lines"]),
        "tone": Tone(body["tone"]),
        "history": tuple(body["history"]),
        "asks": tuple(Ask(each) for each in body["asks"]),
        "areas": tuple(Choice(**each) for each in body["areas"]),
        # Messages of earlier versions know of none.
        "entries": tuple(_entry(each) for each in body.get("entries", ())),
    }
    return Message(**body | known)


def _entry(body: dict[str, Any]) -> Entry:
    return Entry(**body | {"asks": tuple(Ask(each) for each in body["asks"])})
