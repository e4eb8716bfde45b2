"""Feed links: only the hash of a token is kept."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from bot.domain.feed import Feed, FeedLink, FeedScope
from bot.storage.database import Database
from bot.storage.tables import feeds

# Made once, since to make a statement costs more than to run it.
OF_TOKEN = select(feeds).where(feeds.c.token_hash == bindparam("hashed"))
ADDED = insert(feeds).returning(feeds.c.id)
ENDED = (
    update(feeds)
    .where(feeds.c.id == bindparam("number"), feeds.c.ended.is_(None))
    .values(ended=bindparam("now"))
    .returning(feeds)
)


@dataclass(frozen=True, slots=True)
class SqlFeeds:
    """Keeps feed links by the SHA-256 of their tokens."""

    database: Database

    def add(self, token: str, feed: Feed, *, now: datetime) -> int:
        """Keep a new link to ``feed`` and return its number."""
        with self.database.write() as connection:
            return _add(connection, token, feed, now)

    def find(self, token: str) -> FeedLink | None:
        """Return the link that ``token`` is the key of, also one that has ended."""
        hashed = _hash(token)
        with self.database.read(single=True) as connection:
            row = connection.execute(OF_TOKEN, {"hashed": hashed}).mappings().first()
        if row is None or not hmac.compare_digest(row["token_hash"], hashed):
            return None
        return _link(row)

    def every(self) -> list[FeedLink]:
        """Return all links, the oldest first."""
        with self.database.read() as connection:
            rows = connection.execute(select(feeds).order_by(feeds.c.id)).mappings()
            return [_link(row) for row in rows]

    def rotate(self, number: int, token: str, *, now: datetime) -> FeedLink | None:
        """End a link and keep ``token`` for a new one to the same feed; return the one that ended.

        None, and nothing is changed, when none of that number serves.
        """
        with self.database.write() as connection:
            ended = _end(connection, number, now)
            if ended:
                _add(connection, token, ended.feed, now)
            return ended

    def revoke(self, number: int, *, now: datetime) -> bool:
        """End a link; false when there is none of that number that still serves."""
        with self.database.write() as connection:
            return _end(connection, number, now) is not None


def _add(connection: Connection, token: str, feed: Feed, now: datetime) -> int:
    values = {
        "token_hash": _hash(token),
        "plan": feed.plan,
        "scope": feed.scope,
        "of": feed.of,
        "discreet": feed.discreet,
        "created": now,
    }
    return int(connection.execute(ADDED, values).scalar_one())


def _end(connection: Connection, number: int, now: datetime) -> FeedLink | None:
    row = connection.execute(ENDED, {"number": number, "now": now}).mappings().first()
    return _link(row) if row else None


def _link(row: RowMapping) -> FeedLink:
    feed = Feed(row["plan"], FeedScope(row["scope"]), row["of"], row["discreet"])
    return FeedLink(row["id"], feed, row["created"], row["ended"])


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
