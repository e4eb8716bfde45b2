"""Feed links: only the hash of a token is kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from bot.storage.database import Database
from bot.storage.tables import feeds


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A link that was handed out for a plan's feed; ``revoked`` when it no longer serves."""

    id: int
    plan: str
    created: datetime
    revoked: datetime | None


@dataclass(frozen=True, slots=True)
class SqlFeeds:
    """Keeps feed links by the SHA-256 of their tokens."""

    database: Database

    def add(self, token: str, *, plan: str, now: datetime) -> int:
        """Keep a new link and return its number."""
        values = {"token_hash": _hash(token), "plan": plan, "created": now}
        with self.database.write() as connection:
            added = insert(feeds).values(values).returning(feeds.c.id)
            return int(connection.execute(added).scalar_one())

    def plan_of(self, token: str) -> tuple[str, bool] | None:
        """Return the plan that ``token`` opens and whether it is revoked; None when unknown."""
        chosen = select(feeds.c.plan, feeds.c.revoked).where(feeds.c.token_hash == _hash(token))
        with self.database.read() as connection:
            row = connection.execute(chosen).first()
        return (row.plan, row.revoked is not None) if row else None

    def every(self) -> list[FeedLink]:
        """Return all links, the oldest first."""
        with self.database.read() as connection:
            rows = connection.execute(select(feeds).order_by(feeds.c.id)).mappings().all()
        return [FeedLink(r["id"], r["plan"], r["created"], r["revoked"]) for r in rows]

    def revoke(self, link: int, *, now: datetime) -> bool:
        """End a link; false when there is none of that number that still serves."""
        ended = update(feeds).where(feeds.c.id == link, feeds.c.revoked.is_(None))
        with self.database.write() as connection:
            return connection.execute(ended.values(revoked=now)).rowcount == 1


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
