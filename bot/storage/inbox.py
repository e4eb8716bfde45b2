"""What chat products deliver, kept until it has been taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, null, select, update

from bot.storage.database import Database
from bot.storage.inserting import insert_into
from bot.storage.tables import inbox


@dataclass(frozen=True, slots=True)
class SqlInbox:
    """Keeps what ``product`` delivers; implements ``Inbox``."""

    database: Database
    product: str

    def keep(self, source: str, body: Mapping[str, Any], *, now: datetime) -> bool:
        """Keep what came from ``source``; false when that has been taken before."""
        values = {"product": self.product, "source": source, "received": now, "body": dict(body)}
        taken = select(inbox.c.taken).where(inbox.c.source == source)
        with self.database.write() as connection:
            added = insert_into(connection, inbox).values(values).on_conflict_do_nothing()
            if connection.execute(added).rowcount == 1:
                return True
            return connection.execute(taken).scalar() is None

    def take(self, source: str, *, now: datetime) -> None:
        """Note that it was taken; what it said is kept no longer."""
        done = update(inbox).where(inbox.c.source == source)
        with self.database.write(single=True) as connection:
            connection.execute(done.values(taken=now, body=null()))

    def waiting(self, *, before: datetime, limit: int) -> list[Mapping[str, Any]]:
        """Return what came before ``before`` and was not taken, the oldest first."""
        chosen = select(inbox.c.body).where(
            inbox.c.product == self.product, inbox.c.taken.is_(None), inbox.c.received < before
        )
        with self.database.read(single=True) as connection:
            return list(connection.execute(chosen.order_by(inbox.c.id).limit(limit)).scalars())

    def forget(self, *, before: datetime) -> int:
        """Let go of all that came before ``before``; return how much of it was never taken."""
        mine = inbox.c.product == self.product, inbox.c.received < before
        with self.database.write() as connection:
            lost = connection.execute(delete(inbox).where(*mine, inbox.c.taken.is_(None))).rowcount
            connection.execute(delete(inbox).where(*mine))
            return lost
