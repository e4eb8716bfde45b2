"""Copying a whole database into an empty one, of whichever kind, and verifying every row."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    String,
    Table,
    collate,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import DatabaseError
from bot.storage.database import Database
from bot.storage.tables import keys, metadata
from bot.storage.trouble import trouble

AT_ONCE = 1_000
UNHURRIED = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


@dataclass(frozen=True, slots=True)
class Copied:
    """A table that was copied, and how many rows it has."""

    table: str
    rows: int


def copy_database(source: Database, target: Database) -> list[Copied]:
    """Copy every table of ``source`` into ``target``, which must be empty, or change nothing.

    Both are at the newest tables, as ``open_database`` leaves them. All of it is one snapshot
    of the source, and one transaction of the target, which is kept only when every row was
    read back from it as it was. The keys that the target was born with give way to those of the
    source. Nobody should write to the source any more: what comes later stays there.
    """
    with source.read() as origin, target.write() as copy:
        for connection in (origin, copy):
            _take_time(connection)
        _be_the_only_writer(copy)
        _refuse_what_is_not_empty(copy)
        copy.execute(delete(keys))
        found = [_copy(table, origin, copy) for table in metadata.sorted_tables]
        for table in metadata.sorted_tables:
            _go_on_counting(table, origin, copy)
        return found


def _take_time(connection: Connection) -> None:
    for limit in UNHURRIED if connection.dialect.name == "postgresql" else ():
        connection.exec_driver_sql(f"SET LOCAL {limit} = 0")


def _be_the_only_writer(copy: Connection) -> None:
    if copy.dialect.name == "postgresql":
        names = ", ".join(metadata.tables)
        copy.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def _refuse_what_is_not_empty(copy: Connection) -> None:
    tables = [each for each in metadata.sorted_tables if each is not keys]
    full = [each.name for each in tables if copy.execute(select(each).limit(1)).first()]
    if full:
        raise DatabaseError(
            f"Databasen att kopiera till är inte tom ({', '.join(full)}). "
            "Ange en tom. Ingenting har ändrats."
        )


def _copy(table: Table, origin: Connection, copy: Connection) -> Copied:
    with _told(table):
        rows, digest = 0, hashlib.sha256()
        for batch in _batches(table, origin):
            copy.execute(insert(table), [dict(row) for row in batch])
            rows += len(batch)
            _add(digest, batch)
        read_back, again = 0, hashlib.sha256()
        for batch in _batches(table, copy):
            read_back += len(batch)
            _add(again, batch)
    if (rows, digest.digest()) != (read_back, again.digest()):
        raise DatabaseError(
            f"Tabellen {table.name} blev inte likadan i kopian ({rows} rader lästa, {read_back} "
            "i kopian). Ingenting har sparats."
        )
    return Copied(table.name, rows)


def _batches(table: Table, connection: Connection) -> Iterator[Sequence[RowMapping]]:
    """All rows in the order of the key, which is the same in every database."""
    key = [_ordered(each, connection) for each in table.primary_key.columns]
    chosen = select(table).order_by(*key).execution_options(yield_per=AT_ONCE)
    with connection.execute(chosen) as result:
        yield from result.mappings().partitions()


def _ordered(column: Column[Any], connection: Connection) -> ColumnElement[Any]:
    """Letters by their code and not by a language, as SQLite has them."""
    spoken = isinstance(column.type, String) and connection.dialect.name == "postgresql"
    return collate(column, "C") if spoken else column


def _add(digest: "hashlib._Hash", batch: Sequence[RowMapping]) -> None:
    for row in batch:
        digest.update(repr(tuple(row.values())).encode("utf-8", "surrogatepass"))


def _go_on_counting(table: Table, origin: Connection, copy: Connection) -> None:
    """Let the next row get the number that it would have got in the source."""
    counted = table.autoincrement_column
    if counted is None:
        return
    last = max(_last_number(table, origin), copy.execute(select(func.max(counted))).scalar() or 0)
    if not last:
        return
    if copy.dialect.name == "postgresql":
        sequence = select(func.pg_get_serial_sequence(table.name, counted.name)).scalar_subquery()
        copy.execute(select(func.setval(sequence, last)))
    else:
        named = {"name": table.name, "last": last}
        copy.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), named)
        copy.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), named)


def _last_number(table: Table, origin: Connection) -> int:
    """The highest number that was ever given, as far as the source knows."""
    if origin.dialect.name == "postgresql":
        name = f"{table.name}_{table.autoincrement_column.name}_seq"  # type: ignore[union-attr]
        known = text("SELECT last_value FROM pg_sequences WHERE sequencename = :name")
    else:
        name = table.name
        known = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return int(origin.execute(known, {"name": name}).scalar() or 0)


@contextmanager
def _told(table: Table) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise DatabaseError(
            f"Kopieringen avbröts i tabellen {table.name}. {trouble(error)} Ingenting har sparats."
        ) from error
