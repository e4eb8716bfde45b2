"""The tables. Answers are append-only; a delivery's row is changed, never removed."""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
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
    literal_column,
    text,
)

from bot.storage.instants import Instant

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Where Slack would have an app post by itself; the SDK's store keeps it.
WEBHOOK = tuple(
    f"incoming_webhook_{each}" for each in ("url", "channel", "channel_id", "configuration_url")
)

metadata = MetaData(naming_convention=NAMES)

# The newest revision under migrations/versions; the tables below are what it makes.
HEAD = "0009"

# Partial indexes serve only queries that say the very same, and say it without parameters. No
# index holds every state: SQLite, which keeps no statistics, would take it for the better one.
WAITING = "state IN ('pending', 'uncertain')"
CLAIMED = "state = 'claimed'"
STALE = "state = 'sent' AND wanted > shown"
OVER = "state IN ('sent', 'failed', 'withdrawn')"
RECEIVED = "receipt <> ''"
LISTED = "part = 'item'"
UNTAKEN = "taken IS NULL"
INVITING = "part = 'invitation'"


plans = Table(
    "plans",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("adopted", Instant, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan", String, nullable=False),
    Column("occurrence", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("day", Date),
    Column("start", Time),
    Column("end", Time),
    Column("area", String),
    Column("form", String),
    Column("number", Integer),
    Column("note", Text, nullable=False),
    Column("stand_in", String, nullable=False),
    Column("source", String, unique=True),
    Column("corrects", Integer, nullable=False),
    Index(None, "plan", "id"),
    sqlite_autoincrement=True,
)


def _some(name: str, *columns: str, where: str) -> Index:
    """An index of the rows for which ``where`` holds, and of no others."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("plan", String, nullable=False),
    Column("occurrence", String, nullable=False, index=True),
    Column("step", String, nullable=False),
    Column("target", String, nullable=False),
    Column("part", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("due", Instant, nullable=False),
    Column("written", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("attempted", Instant),
    Column("lease_until", Instant),
    Column("uncertain", Boolean, nullable=False),
    Column("receipt", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("posted", Instant),
    Column("shown", Integer, nullable=False),
    Column("settled", Instant),
    Column("holder", String, nullable=False),
    Column("wanted", Integer, nullable=False),
    _some("ix_deliveries_waiting_by_time", "not_before", "target", "due", "state", where=WAITING),
    _some("ix_deliveries_waiting_by_target", "target", "not_before", where=WAITING),
    _some("ix_deliveries_claimed", "target", "lease_until", where=CLAIMED),
    _some("ix_deliveries_stale", "target", "not_before", where=STALE),
    _some("ix_deliveries_over", "state", "id", where=OVER),
    _some("ix_deliveries_received", "target", "receipt", where=RECEIVED),
    _some("ix_deliveries_listed", "thread", "id", where=LISTED),
    _some("ix_deliveries_inviting", "plan", "id", where=INVITING),
    sqlite_autoincrement=True,
)
waiting: ColumnElement[bool] = literal_column(WAITING)
claimed: ColumnElement[bool] = literal_column(CLAIMED)
stale: ColumnElement[bool] = literal_column(STALE)
over: ColumnElement[bool] = literal_column(OVER)
received: ColumnElement[bool] = literal_column(RECEIVED)
listed: ColumnElement[bool] = literal_column(LISTED)
inviting: ColumnElement[bool] = literal_column(INVITING)

turns = Table(
    "turns",
    metadata,
    Column("target", String, primary_key=True),
    Column("next_turn", Instant, nullable=False, index=True),
    Column("failures", Integer, nullable=False),
)

nodes = Table(
    "nodes",
    metadata,
    Column("name", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("started", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
)

room_messages = Table(
    "room_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target", String, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("version", Integer, nullable=False, unique=True),
    Column("posted", Instant, nullable=False),
    Column("body", JSON, nullable=False),
    sqlite_autoincrement=True,
)

log = Table(
    "log",
    metadata,
    Column("plan", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("subject", Integer, nullable=False),
    Column("digest", String, nullable=False),
    Column("link", String, nullable=False),
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
    Column("plan", String, nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created", Instant, nullable=False),
    Column("scope", String, nullable=False),
    Column("of", String, nullable=False),
    Column("discreet", Boolean, nullable=False),
    Column("ended", Instant),
    sqlite_autoincrement=True,
)

# The migrations make them; a copy of the database has those of its source.
keys = Table(
    "keys",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary(32), nullable=False),
)

# The calendars that others keep, as they were last good.
calendars = Table(
    "calendars",
    metadata,
    Column("plan", String, primary_key=True),
    Column("event", String, primary_key=True),
    *(Column(name, String, nullable=False) for name in ("url", "summary", "etag", "modified")),
    *(Column(name, Date, nullable=False) for name in ("first", "last")),
    Column("fetched", Instant),
    Column("failed_since", Instant),
    Column("revision", Integer, nullable=False),
    Column("changed", Instant),
    Column("meetings", JSON, nullable=False),
)

# What a chat product delivered; its body is kept no longer than until it has been taken.
inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("product", String, nullable=False),
    Column("source", String, nullable=False, unique=True),
    Column("received", Instant, nullable=False),
    Column("taken", Instant),
    Column("body", JSON(none_as_null=True)),
    _some("ix_inbox_waiting", "product", "received", where=UNTAKEN),
    sqlite_autoincrement=True,
)


def _installation(*own: Column[Any]) -> tuple[Column[Any], ...]:
    """The columns of the SDK's store for Slack that both its tables have, and ``own``."""
    return (
        Column("id", Integer, primary_key=True),
        Column("client_id", String, nullable=False),
        Column("app_id", String, nullable=False),
        *(Column(name, String) for name in ("enterprise_id", "team_id")),
        *(Column(name, String) for name in ("enterprise_name", "team_name", "bot_token")),
        *(Column(name, String) for name in ("bot_id", "bot_user_id")),
        Column("bot_scopes", String),
        Column("bot_refresh_token", String),
        Column("bot_token_expires_at", DateTime),
        Column("is_enterprise_install", Boolean, nullable=False),
        Column("installed_at", DateTime, nullable=False),
        *own,
    )


# Written and read by slack-sdk alone (SQLAlchemyInstallationStore, SQLAlchemyOAuthStateStore).
slack_bots = Table(
    "slack_bots",
    metadata,
    *_installation(),
    Index("slack_bots_idx", "client_id", "enterprise_id", "team_id", "installed_at"),
)
slack_installations = Table(
    "slack_installations",
    metadata,
    *_installation(
        Column("enterprise_url", String),
        Column("user_id", String, nullable=False),
        *(Column(name, String) for name in ("user_token", "user_refresh_token")),
        Column("user_scopes", String),
        Column("user_token_expires_at", DateTime),
        *(Column(name, String) for name in WEBHOOK),
        Column("token_type", String),
    ),
    Index(
        "slack_installations_idx",
        "client_id",
        "enterprise_id",
        "team_id",
        "user_id",
        "installed_at",
    ),
)
slack_oauth_states = Table(
    "slack_oauth_states",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", String, nullable=False),
    Column("expire_at", DateTime, nullable=False),
)
