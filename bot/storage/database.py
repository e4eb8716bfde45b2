"""Opening a database, SQLite or PostgreSQL, always at the newest tables; its transactions."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import Any

from sqlalchemy import Connection, Engine, func, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFreeError

from bot.domain.errors import DatabaseError, DatabaseTroubleError
from bot.storage.addresses import parsed, shown
from bot.storage.engines import make_engine, refuse_unfit
from bot.storage.instants import Instant
from bot.storage.tables import HEAD
from bot.storage.trouble import SLOW, trouble

READING: dict[str, dict[str, Any]] = {
    "sqlite": {"readonly": True},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
# A statement that stands alone needs no transaction around it: PostgreSQL makes one by itself.
SINGLE: dict[str, dict[str, Any]] = {
    "sqlite": {},
    "postgresql": {"isolation_level": "AUTOCOMMIT"},
}
VERSION = "SELECT version_num FROM alembic_version"


@dataclass(frozen=True, slots=True)
class Database:
    """A database that is open; ``read`` and ``write`` are its two kinds of transaction.

    Both raise ``DatabaseTroubleError`` where the database does not do its part.

    ``turn`` is held by whoever writes, so that threads of one process wait for one another
    here, and not in SQLite, which would let them sleep; PostgreSQL needs none.
    """

    engine: Engine
    turn: AbstractContextManager[object]

    @property
    def shared(self) -> bool:
        """Whether other processes may work on it at the same time."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def read(self, *, single: bool = False) -> Iterator[Connection]:
        """Read from one unchanging snapshot; never waits for a writer.

        One that is ``single`` is one statement only, and costs a third of the round trips.
        """
        kind = self.engine.dialect.name
        options = READING[kind] | (SINGLE[kind] if single else {})
        with in_words(), self.engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def write(self, *, alone: str = "", single: bool = False) -> Iterator[Connection]:
        """Read and write; all of it is kept, or nothing when an exception passes.

        SQLite has one writer at a time. On PostgreSQL there are many, and what they read may
        be changed at once by others; those that are ``alone`` under the same name come one
        after another, in the order in which they commit. One that is ``single`` is one
        statement only, and costs a third of the round trips.
        """
        options = SINGLE[self.engine.dialect.name] if single else {}
        with in_words(), self.turn, self.engine.connect() as connection:
            with connection.execution_options(**options).begin():
                if alone:
                    be_alone(connection, alone)
                yield connection

    @contextmanager
    def lent(self, *, alone: str = "") -> Iterator[Engine]:
        """Lend the engine to a library that opens connections of its own.

        With ``alone`` nobody else has it lent under that name, in this process or another.
        """
        if alone and self.shared:
            with self.write(alone=alone):
                yield self.engine
            return
        with in_words(), self.turn if alone else nullcontext():
            yield self.engine

    def server_time(self) -> datetime | None:
        """Return what the clock shows that all who share the database share; None without one."""
        if not self.shared:
            return None
        with self.read() as connection:
            asked = select(func.clock_timestamp(type_=Instant))
            return connection.execute(asked).scalar_one()

    def close(self) -> None:
        """Give the connections back; the database can be opened again."""
        self.engine.dispose()


@contextmanager
def in_words() -> Iterator[None]:
    """Say of whatever is wrong with a database what it is, and what would be right."""
    try:
        yield
    except DBAPIError as error:
        raise DatabaseTroubleError(trouble(error)) from error
    except NoneFreeError as error:
        raise DatabaseTroubleError(SLOW) from error


def be_alone(connection: Connection, name: str) -> None:
    """Wait until nobody else is alone under ``name``; it lasts until the transaction ends."""
    if connection.dialect.name == "postgresql":
        digest = hashlib.blake2b(f"loftesbot:{name}".encode(), digest_size=8).digest()
        number = int.from_bytes(digest, signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def open_database(url: str) -> Database:
    """Open the database at ``url``, making it or its newer tables where they are missing.

    A database that a newer version or another program made, or that cannot be opened, is
    refused with a ``DatabaseError`` before anything is changed.
    """
    return _opened(url, _bring_up_to_date)


def open_unchanged(url: str) -> Database:
    """Open the database at ``url`` to read it; one with older or no tables is refused."""
    return _opened(url, _refuse_older)


def _opened(url: str, prepare: Callable[[Database, str], None]) -> Database:
    engine = make_engine(parsed(url))
    turn = nullcontext() if engine.dialect.name == "postgresql" else RLock()
    database = Database(engine, turn)
    try:
        prepare(database, shown(url))
    except BaseException as error:
        engine.dispose()
        if isinstance(error, DatabaseTroubleError):
            raise DatabaseError(f"Databasen {shown(url)} går inte att öppna. {error}") from error
        raise
    return database


def _is_up_to_date(database: Database) -> bool:
    with database.read() as connection:
        refuse_unfit(connection)
        versioned = inspect(connection).has_table("alembic_version")
        return versioned and connection.exec_driver_sql(VERSION).scalars().all() == [HEAD]


def _refuse_older(database: Database, name: str) -> None:
    if not _is_up_to_date(database):
        raise DatabaseError(f"Databasen {name} har äldre tabeller; kör loftesbot db upgrade.")


def _bring_up_to_date(database: Database, name: str) -> None:
    """Bring the tables up to date; where they are, nobody who writes is kept waiting."""
    if _is_up_to_date(database):
        return
    # Alembic takes a quarter of a second to import, and is seldom needed.
    from bot.storage.migrating import migrate

    with database.write(alone="migrating") as connection:
        migrate(connection, name)
