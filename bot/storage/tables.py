"""The tables. Answers are append-only; a delivery's row is changed, never removed."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Time,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMES)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored as UTC; a naive one is a fault of ours and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps no offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime: {value}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Hand out UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


plans = Table(
    "plans",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("adopted", Instant, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan", String(60), nullable=False, index=True),
    Column("occurrence", String(200), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("day", Date),
    Column("start", Time),
    Column("end", Time),
    Column("area", String(60)),
    Column("form", String(20)),
    Column("number", Integer),
    Column("note", Text, nullable=False),
    Column("stand_in", String(200), nullable=False),
    Column("source", String(200), unique=True),
    Column("corrects", Integer, nullable=False),
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(400), nullable=False, unique=True),
    Column("plan", String(60), nullable=False),
    Column("occurrence", String(200), nullable=False, index=True),
    Column("step", String(40), nullable=False),
    Column("target", String(120), nullable=False),
    Column("part", String(20), nullable=False),
    Column("thread", String(120), nullable=False),
    Column("due", Instant, nullable=False),
    Column("written", Instant, nullable=False),
    Column("state", String(20), nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("attempted", Instant),
    Column("lease_until", Instant),
    Column("uncertain", Boolean, nullable=False),
    Column("receipt", String(120), nullable=False),
    Column("reason", Text, nullable=False),
    Column("posted", Instant),
    Column("shown", Integer, nullable=False),
    Column("settled", Instant),
    Index(None, "state", "not_before"),
    Index(None, "target", "receipt"),
    sqlite_autoincrement=True,
)

turns = Table(
    "turns",
    metadata,
    Column("target", String(120), primary_key=True),
    Column("next_turn", Instant, nullable=False),
)

room_messages = Table(
    "room_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target", String(120), nullable=False),
    Column("key", String(400), nullable=False, unique=True),
    Column("version", Integer, nullable=False, unique=True),
    Column("posted", Instant, nullable=False),
    Column("body", JSON, nullable=False),
    sqlite_autoincrement=True,
)

clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seen", Instant, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan", String(60), nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created", Instant, nullable=False),
    Column("revoked", Instant),
    sqlite_autoincrement=True,
)
