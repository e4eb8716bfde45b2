"""Filling a ledger with deliveries that rest, faster than the service would ever write them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy import Connection, insert

from bot.domain.delivery import Draft
from bot.storage import turns
from bot.storage.database import Database
from bot.storage.rows import as_row
from bot.storage.tables import deliveries

Row = dict[str, Any]

# A transaction of this many ends well before the service's own limit for a statement.
AT_ONCE = 50_000
# So much as the plans of a large country would owe in three years, spread evenly.
FIRST, OVER = timedelta(hours=6), timedelta(days=3 * 365)


def fill(database: Database, drafts: Sequence[Draft], count: int, *, now: datetime) -> None:
    """Add ``count`` deliveries made of ``drafts``, which rest from hours to years."""
    rows = _resting(drafts, count, now)
    with database.write() as connection:
        turns.know(connection, {each.target for each in drafts}, now=now)
    while part := list(islice(rows, AT_ONCE)):
        with database.write() as connection:
            _add(connection, part)
    _settle(database)


def put(database: Database, drafts: Sequence[Draft], at: Sequence[datetime]) -> None:
    """Add ``drafts``, each of which rests until its own instant."""
    rows = [as_row(each, written=when, now=when) for each, when in zip(drafts, at, strict=True)]
    with database.write() as connection:
        turns.know(connection, {each.target for each in drafts}, now=min(at))
        connection.execute(insert(deliveries), rows)


def _resting(drafts: Sequence[Draft], count: int, now: datetime) -> Iterator[Row]:
    for number in range(count):
        draft, until = drafts[number % len(drafts)], now + FIRST + OVER * (number / count)
        resting = replace(draft, key=f"{draft.key}~{number}", due=until)
        yield as_row(resting, written=now, now=until)


def _add(connection: Connection, rows: Sequence[Row]) -> None:
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        connection.execute(insert(deliveries), rows)
        return
    names = list(rows[0])
    with raw.cursor() as cursor:
        columns = ", ".join(f'"{each}"' for each in names)
        with cursor.copy(f"COPY deliveries ({columns}) FROM STDIN".encode()) as copy:
            for each in rows:
                copy.write_row([each[name] for name in names])


def _settle(database: Database) -> None:
    """Let the database do at once what it would do in the next minutes, and disturb nobody."""
    if not database.shared:
        with database.engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for each in ("SET statement_timeout = 0", "VACUUM ANALYZE deliveries", "CHECKPOINT"):
            connection.exec_driver_sql(each)
