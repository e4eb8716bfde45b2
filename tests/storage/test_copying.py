"""Copying: every row of every table comes through, both ways, or nothing does."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    String,
    Table,
    Time,
    delete,
    event,
    insert,
    select,
    update,
)

from bot.domain.delivery import DeliveryState
from bot.domain.errors import DatabaseError, DatabaseTroubleError
from bot.storage import copying, engines
from bot.storage.answers import SqlAnswers
from bot.storage.copying import Copied, copy_database
from bot.storage.database import Database, open_database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.instants import Instant
from bot.storage.keys import SqlKeys
from bot.storage.tables import answers, deliveries, keys, metadata, turns
from tests.builders import utc
from tests.storage.ledger import draft, say, write

Content = dict[str, list[dict[str, Any]]]

WORDS = ["", "Gävle", "å ä ö – ”sätra”", "🚓\u2028\t\r\n'\"\\x00%s%(a)s", "a" * 40, "Ö", "z", "Z"]
MOMENTS = [
    utc(2018, 1, 2),
    datetime(2018, 3, 25, 1, 30, 0, 1, tzinfo=UTC),
    datetime(2020, 10, 25, 0, 59, 59, 999_999, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
]
JSONS = [{"b": [1, None, {"ä": True}], "a": "”"}, {}, {"z": 1.5, "y": [[]]}]


MADE: list[tuple[type[Any], Callable[[int], Any]]] = [
    (Instant, lambda number: MOMENTS[number % len(MOMENTS)]),
    (DateTime, lambda number: MOMENTS[number % len(MOMENTS)].replace(tzinfo=None)),
    (Boolean, lambda number: number % 2 == 0),
    (Integer, lambda number: number * 7 + 1),
    (Date, lambda number: date(2018, 1, 1) + timedelta(days=number)),
    (Time, lambda number: time(number % 24, 59, 59, number)),
    (LargeBinary, lambda number: bytes([0, 255, number % 256, number // 256]) * 8),
    (JSON, lambda number: JSONS[number % len(JSONS)]),
    (String, lambda number: WORDS[number % len(WORDS)]),
]


def value(column: Column[Any], number: int) -> Any:
    """One of many values of the column's type; unlike all others where it has to be."""
    if column.nullable and number % 3 == 0:
        return None
    made = next(make for kind, make in MADE if isinstance(column.type, kind))(number)
    alone = column.primary_key or column.unique
    return f"{made}{number}" if alone and isinstance(made, str) else made


def fill(database: Database, rows: int = 24) -> Content:
    """Put rows in every table that there is, with every kind of value in it."""
    content = {
        table.name: [{c.name: value(c, n) for c in table.columns} for n in range(rows)]
        for table in metadata.sorted_tables
    }
    with database.write() as connection:
        connection.execute(delete(keys))
        for table in metadata.sorted_tables:
            connection.execute(insert(table), content[table.name])
    return content


def content_of(database: Database) -> Content:
    found = {}
    with database.read() as connection:
        for table in metadata.sorted_tables:
            rows = connection.execute(select(table)).mappings()
            found[table.name] = [dict(row) for row in rows]
    return found


def ordered(content: Content) -> Content:
    return {name: sorted(rows, key=repr) for name, rows in content.items()}


@pytest.fixture(params=["to postgresql", "to sqlite"])
def pair(
    request: pytest.FixtureRequest, sqlite_url: str, postgres_url: str
) -> Iterator[tuple[Database, Database]]:
    """A source and an empty target of the other kind."""
    file, server = open_database(sqlite_url), open_database(postgres_url)
    yield (file, server) if request.param == "to postgresql" else (server, file)
    file.close()
    server.close()


def test_every_row_of_every_table_comes_through(
    pair: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "AT_ONCE", 5)
    source, target = pair
    content = fill(source)
    copied = copy_database(source, target)
    assert {each.table for each in copied} == set(metadata.tables)
    assert {each.rows for each in copied} == {24}
    assert ordered(content_of(target)) == ordered(content)
    assert ordered(content_of(source)) == ordered(content)


def test_an_empty_database_is_copied_too(pair: tuple[Database, Database]) -> None:
    assert copy_database(*pair)[0] == Copied("answers", 0)


def test_the_service_goes_on_where_it_was(pair: tuple[Database, Database]) -> None:
    source, target = pair
    write(SqlDeliveries(source), draft())
    said = say(SqlAnswers(source))
    copy_database(source, target)
    assert say(SqlAnswers(target)).id > said.id
    assert write(SqlDeliveries(target), draft(), draft("ask")) == 1
    pending = SqlDeliveries(target).listed([DeliveryState.PENDING], limit=9)
    assert [each.id for each in pending] == [2]
    with pytest.raises(Exception, match="append-only"), target.write() as connection:
        connection.execute(update(answers).values(note="x"))


def test_a_number_that_was_given_once_is_never_given_again(
    pair: tuple[Database, Database],
) -> None:
    source, target = pair
    write(SqlDeliveries(source), draft(), draft("ask"), draft("nag-1"))
    with source.write() as connection:
        connection.execute(deliveries.delete().where(deliveries.c.id > 1))
    copy_database(source, target)
    write(SqlDeliveries(target), draft("ask"))
    newest = SqlDeliveries(target).listed([DeliveryState.PENDING], limit=1)
    assert newest[0].id == 4


def test_the_key_of_the_source_is_that_of_the_copy(sqlite_url: str, postgres_url: str) -> None:
    with closing(open_database(sqlite_url)) as file, closing(open_database(postgres_url)) as server:
        before = SqlKeys(file).veil()
        assert SqlKeys(server).veil() != before
        copy_database(file, server)
        assert SqlKeys(server).veil() == SqlKeys(file).veil() == before


@pytest.mark.parametrize(
    "table", [t for t in metadata.sorted_tables if t is not keys], ids=lambda each: each.name
)
def test_a_target_that_holds_anything_is_refused_and_left_alone(
    pair: tuple[Database, Database], table: Table
) -> None:
    source, target = pair
    fill(source, 3)
    with target.write() as connection:
        row = {each.name: value(each, 1) for each in table.columns}
        connection.execute(insert(table), [row])
    before = content_of(target)
    with pytest.raises(DatabaseError, match=rf"inte tom \({table.name}\)"):
        copy_database(source, target)
    assert content_of(target) == before


def is_empty(database: Database) -> bool:
    """Whether there is nothing in it but the keys that it was born with."""
    return [name for name, rows in content_of(database).items() if rows] == [keys.name]


def test_what_the_target_cannot_hold_leaves_it_empty(sqlite_url: str, postgres_url: str) -> None:
    with closing(open_database(sqlite_url)) as file, closing(open_database(postgres_url)) as server:
        fill(file)
        with file.write() as connection:
            connection.execute(update(turns).values(failures=2**40))
        with pytest.raises(DatabaseError, match=r"avbröts i tabellen turns.*Ingenting har sparats"):
            copy_database(file, server)
        assert is_empty(server)


def test_a_disk_that_fills_up_leaves_the_target_empty(sqlite_url: str, postgres_url: str) -> None:
    def limit(connection: Any, _record: object, *, pages: int) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}").close()

    with closing(open_database(sqlite_url)) as file, closing(open_database(postgres_url)) as server:
        fill(server, 200)
        event.listen(file.engine, "connect", partial(limit, pages=60))
        file.engine.dispose()
        with pytest.raises(DatabaseError, match=r"avbröts i tabellen .*Disken är full"):
            copy_database(server, file)
        assert is_empty(file)


ON_EACH_ROW = "CREATE TRIGGER harm BEFORE INSERT ON turns FOR EACH ROW EXECUTE FUNCTION harm()"


def test_nobody_writes_to_the_target_meanwhile(
    sqlite_url: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(engines.SESSION, "lock_timeout", "50ms")
    refused: list[bool] = []
    with closing(open_database(sqlite_url)) as file, closing(open_database(postgres_url)) as server:
        write(SqlDeliveries(file), draft())

        def meddle(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if statement.startswith("INSERT INTO deliveries") and not refused:
                refused.append(True)
                with pytest.raises(DatabaseTroubleError, match="låst"):
                    say(SqlAnswers(server))

        event.listen(server.engine, "before_cursor_execute", meddle)
        copy_database(file, server)
        assert refused
        assert SqlAnswers(server).standings("gavle") == {}


CHANGING = {
    "sqlite": [
        """
        CREATE TRIGGER harm AFTER INSERT ON turns WHEN new.failures = 8
        BEGIN UPDATE turns SET failures = 9 WHERE target = new.target; END
        """
    ],
    "postgresql": [
        """
        CREATE FUNCTION harm() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF new.failures = 8 THEN new.failures = 9; END IF; RETURN new; END $$
        """,
        ON_EACH_ROW,
    ],
}
DROPPING = {
    "sqlite": [
        """
        CREATE TRIGGER harm AFTER INSERT ON turns WHEN new.failures = 8
        BEGIN DELETE FROM turns WHERE target = new.target; END
        """
    ],
    "postgresql": [
        """
        CREATE FUNCTION harm() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF new.failures = 8 THEN RETURN NULL; END IF; RETURN new; END $$
        """,
        ON_EACH_ROW,
    ],
}


@pytest.mark.parametrize("harm", [CHANGING, DROPPING], ids=["changed", "dropped"])
def test_a_copy_that_differs_in_a_single_value_is_thrown_away(
    pair: tuple[Database, Database], harm: dict[str, list[str]]
) -> None:
    source, target = pair
    fill(source)
    with target.write() as connection:
        for each in harm[target.engine.dialect.name]:
            connection.exec_driver_sql(each)
    with pytest.raises(DatabaseError, match=r"turns blev inte likadan i kopian \(24 rader"):
        copy_database(source, target)
    assert is_empty(target)
