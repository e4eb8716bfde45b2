"""Opening a database: SQLite with WAL, one writer at a time, always at the newest tables."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.domain.errors import DatabaseError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MILLISECONDS = 10_000


@dataclass(frozen=True, slots=True)
class Database:
    """A database that is open; ``read`` and ``write`` are its two kinds of transaction."""

    engine: Engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read from one unchanging snapshot; never waits for a writer."""
        with self.engine.connect().execution_options(readonly=True) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Read and write alone; all of it is kept, or nothing when an exception passes."""
        with self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give the connections back; the database can be opened again."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the database at ``url``, making it or its newer tables where they are missing.

    A database that a newer version made, or that cannot be opened, is refused with a
    ``DatabaseError`` before anything is changed.
    """
    engine = create_engine(sqlite_url(url))
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        _upgrade(Database(engine), url)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, DBAPIError):
            raise DatabaseError(f"Databasen {url} går inte att öppna: {error.orig}.") from error
        raise
    return Database(engine)


def sqlite_url(url: str) -> URL:
    """Return the address of a SQLite file; ``DatabaseError`` for any other."""
    try:
        found = make_url(url)
    except ArgumentError as error:
        raise DatabaseError(
            f"Databasens adress {url!r} går inte att tolka. Exempel: sqlite:///loftesbot.db"
        ) from error
    if found.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise DatabaseError(f"Databasen {url!r} stöds inte; ange sqlite:///sökväg.")
    return found


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # SQLAlchemy's begin event writes BEGIN; the driver must not write its own.
    connection.isolation_level = None
    try:
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MILLISECONDS}",
            "journal_mode=WAL",
            "synchronous=FULL",
        ):
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        # The pool never learns of a connection that could not be prepared.
        connection.close()
        raise


def _begin(connection: Connection) -> None:
    readonly = connection.get_execution_options().get("readonly", False)
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    return config


def _upgrade(database: Database, url: str) -> None:
    """Bring the tables up to date; where they are, nobody who writes is kept waiting."""
    with database.read() as connection:
        script = ScriptDirectory.from_config(_config(connection))
        current = MigrationContext.configure(connection).get_current_revision()
    if current == script.get_current_head():
        return
    if current and current not in {each.revision for each in script.walk_revisions()}:
        raise DatabaseError(
            f"Databasen {url} är gjord av en nyare version av loftesbot (tabellversion {current}). "
            "Uppgradera loftesbot, eller ange en annan databas. Ingenting har ändrats."
        )
    with database.write() as connection:
        command.upgrade(_config(connection), "head")
