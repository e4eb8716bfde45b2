"""The engines: how SQLite and PostgreSQL are connected to, and what each connection keeps to."""

import sqlite3

from sqlalchemy import URL, Connection, Engine, create_engine, event

from bot.domain.errors import DatabaseError

BUSY_TIMEOUT_MILLISECONDS = 10_000
SWITCHES_AT_ONCE = 20
OLDEST_POSTGRESQL = 15
# Eight deliver, the scheduler and the pages take their part; six processes fit in the
# hundred connections that PostgreSQL allows unless it is told otherwise.
POOL = {"pool_size": 6, "max_overflow": 10, "pool_timeout": 15, "pool_pre_ping": True}
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
    return engine


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
