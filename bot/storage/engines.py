"""The engines: how SQLite and PostgreSQL are connected to, and what each connection keeps to."""

import select
import sqlite3
import time
from collections.abc import Callable

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.domain.errors import DatabaseError

BUSY_TIMEOUT_MILLISECONDS = 10_000
SWITCHES_AT_ONCE = 20
OLDEST_POSTGRESQL = 15
# Up to sixteen deliver, the scheduler and the pages take their part; six processes fit in the
# hundred connections that PostgreSQL allows unless it is told otherwise. What is open stays open.
POOL = {"pool_size": 16, "max_overflow": 0, "pool_timeout": 15, "pool_use_lifo": True}
# To ask each time would be a third of what a delivery asks of the server.
TRUSTED_SECONDS = 1.0
RESTS_SINCE = "rests_since"
# A server that is stuck or gone becomes an error within half a minute, whatever the network says.
CONNECT = {
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "client_encoding": "utf8",
    "application_name": "loftesbot",
}
SESSION = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
}


def make_engine(url: URL) -> Engine:
    """Return the engine for ``url``; nothing is opened yet."""
    return _postgresql(url) if url.get_backend_name() == "postgresql" else _sqlite(url)


def refuse_unfit(connection: Connection) -> None:
    """Refuse a server that is too old, or a database that cannot hold every letter."""
    if connection.dialect.name != "postgresql":
        return
    version = int((connection.dialect.server_version_info or (0,))[0])
    if version < OLDEST_POSTGRESQL:
        raise DatabaseError(
            f"Servern kör PostgreSQL {version}; loftesbot behöver {OLDEST_POSTGRESQL} eller nyare."
        )
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise DatabaseError(
            f"Databasen har teckenkodningen {encoding}; skapa den med ENCODING 'UTF8'."
        )


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _postgresql(url: URL) -> Engine:
    session = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    asked = url.query.get("options", "")
    # Whatever stands in the address comes last, and wins.
    named = {"options": f"{session} {asked if isinstance(asked, str) else ' '.join(asked)}"}
    url = url.update_query_dict({**CONNECT, **url.query, **named})
    try:
        engine = create_engine(url, isolation_level="READ COMMITTED", **POOL)
    except ImportError:
        raise DatabaseError(
            "PostgreSQL kräver psycopg, som inte är installerat. "
            "Installera med: pip install 'loftesbot[scale]'"
        ) from None
    ask_the_rested(engine)
    return engine


def ask_the_rested(engine: Engine, elapsed: Callable[[], float] = time.monotonic) -> None:
    """Ask whether the server is still there when a connection is taken that has rested.

    So is one that the server has something to say to, which may be that it is closed. One that
    is lost makes the pool open all its connections anew.
    """

    def rest(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[RESTS_SINCE] = elapsed()

    def ask(connection: DBAPIConnection, record: ConnectionPoolEntry, _pooled: object) -> None:
        rested = elapsed() - record.info.get(RESTS_SINCE, elapsed())
        if rested < TRUSTED_SECONDS and not _has_news(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", rest)
    event.listen(engine, "checkout", ask)


def _has_news(connection: DBAPIConnection) -> bool:
    """Whether something unread has come from the server; asks nobody but the system."""
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return bool(look.poll(0))


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # SQLAlchemy's begin event writes BEGIN; the driver must not write its own.
    connection.isolation_level = None
    try:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MILLISECONDS}").close()
        _use_wal(connection)
        connection.execute("PRAGMA synchronous=FULL").close()
    except sqlite3.Error:
        # The pool never learns of a connection that could not be prepared.
        connection.close()
        raise


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL; where several do so at once SQLite does not wait, so wait for them here."""
    for _ in range(SWITCHES_AT_ONCE):
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError:
            connection.execute("BEGIN IMMEDIATE").close()
            connection.execute("ROLLBACK").close()
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL").close()


def _begin(connection: Connection) -> None:
    readonly = connection.get_execution_options().get("readonly", False)
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")
