"""Opening a database: made where it is missing, refused where it is not ours, else quick."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, insert, inspect, select, text

from bot.domain.errors import AlreadyRunningError, DatabaseError, DatabaseTroubleError
from bot.storage import database as opening
from bot.storage.addresses import parsed
from bot.storage.database import Database, open_database
from bot.storage.engines import OLDEST_POSTGRESQL, make_engine
from bot.storage.lock import sole_service
from bot.storage.migrating import MIGRATIONS, migrate
from bot.storage.tables import HEAD, metadata, turns
from tests.postgres import Postgres
from tests.storage.ledger import NOW, at_once

FAILING = '''"""A migration that fails midway."""
from alembic import op
revision, down_revision = "9999", "%s"
def upgrade() -> None:
    op.execute("CREATE TABLE half (id INTEGER)")
    op.execute("DROP TABLE feeds")
    op.execute("INSERT INTO nowhere VALUES (1)")
'''


def run(url: str, *statements: str) -> None:
    """Do to a database what no program of ours does."""
    engine = make_engine(parsed(url))
    with engine.begin() as connection:
        for each in statements:
            connection.exec_driver_sql(each)
    engine.dispose()


def content(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every table and all its rows."""
    engine = make_engine(parsed(url))
    with engine.connect() as connection:
        names = sorted(inspect(connection).get_table_names())
        found = {
            each: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{each}"'))]
            for each in names
        }
    engine.dispose()
    return found


def test_the_migrations_make_just_the_tables_that_the_code_knows(empty_url: str) -> None:
    database = open_database(empty_url)
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


def test_both_kinds_have_the_same_indexes(database: Database) -> None:
    with database.read() as connection:
        inspector = inspect(connection)
        for table in metadata.sorted_tables:
            found = {
                (each["name"], tuple(each["column_names"]))
                for each in inspector.get_indexes(table.name)
                if not each.get("duplicates_constraint")
            }
            ours = {(each.name, tuple(c.name for c in each.columns)) for each in table.indexes}
            assert found == ours
            partial = {
                str(each["name"])
                for each in inspector.get_indexes(table.name)
                if any(key.endswith("_where") for key in each.get("dialect_options", {}))
            }
            said = {
                str(each.name)
                for each in table.indexes
                if each.dialect_options["sqlite"]["where"] is not None
            }
            assert partial == said


def test_the_code_knows_the_newest_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_what_is_up_to_date_is_opened_without_alembic(database_url: str) -> None:
    script = (
        "import sys; from bot.storage.database import open_database; "
        "open_database(sys.argv[1]).close(); sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, database_url], check=True)


def test_many_who_open_an_empty_database_at_once_all_find_it_ready(empty_url: str) -> None:
    def work(_thread: int) -> bool:
        database = open_database(empty_url)
        with database.read() as connection:
            ready = inspect(connection).has_table("deliveries")
        database.close()
        return ready

    assert at_once(work) == [True] * 8


def test_a_database_from_a_newer_version_is_refused_and_left_alone(database_url: str) -> None:
    run(database_url, "UPDATE alembic_version SET version_num = '9999'")
    before = content(database_url)
    with pytest.raises(DatabaseError, match=r"nyare version av loftesbot \(tabellversion 9999\)"):
        open_database(database_url)
    assert content(database_url) == before


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE customers (id INTEGER)"],
        ["CREATE TABLE plans (id INTEGER)", "CREATE TABLE customers (id INTEGER)"],
        [
            "CREATE TABLE customers (id INTEGER)",
            "CREATE TABLE alembic_version (version_num VARCHAR(32))",
            "INSERT INTO alembic_version VALUES ('abc123')",
        ],
    ],
)
def test_a_database_of_another_program_is_refused_and_left_alone(
    empty_url: str, statements: list[str]
) -> None:
    run(empty_url, *statements)
    before = content(empty_url)
    with pytest.raises(DatabaseError, match=r"ett annat program \(customers\)"):
        open_database(empty_url)
    assert content(empty_url) == before


@pytest.mark.parametrize("statement", ["DROP TABLE alembic_version", "DELETE FROM alembic_version"])
def test_tables_of_ours_without_their_version_are_refused_and_left_alone(
    database_url: str, statement: str
) -> None:
    run(database_url, statement)
    before = content(database_url)
    with pytest.raises(DatabaseError, match="inte uppgiften om deras version"):
        open_database(database_url)
    assert content(database_url) == before


def test_a_migration_that_fails_midway_leaves_what_was(database_url: str, tmp_path: Path) -> None:
    scripts = tmp_path / "migrations"
    (scripts / "versions").mkdir(parents=True)
    (scripts / "env.py").write_text((MIGRATIONS / "env.py").read_text())
    for each in (MIGRATIONS / "versions").glob("0*.py"):
        (scripts / "versions" / each.name).write_text(each.read_text())
    (scripts / "versions/9999_failing.py").write_text(FAILING % HEAD)
    database = open_database(database_url)
    before = content(database_url)
    with pytest.raises(DatabaseTroubleError), database.write() as connection:
        migrate(connection, database_url, scripts=scripts)
    assert content(database_url) == before
    database.close()
    open_database(database_url).close()


def test_a_first_migration_that_fails_leaves_nothing(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(connection: Connection, name: str) -> None:
        migrate(connection, name)
        raise KeyboardInterrupt

    monkeypatch.setattr("bot.storage.migrating.migrate", fails)
    with pytest.raises(KeyboardInterrupt):
        open_database(empty_url)
    assert content(empty_url) == {}


def test_the_ledger_survives_a_power_cut(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.read() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous")
        ]
    assert pragmas == ["wal", 2]
    database.close()


def test_a_file_that_is_no_database_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "loftesbot.db").write_bytes(b"this is no database at all" * 200)
    with pytest.raises(DatabaseError, match=r"går inte att öppna. Databasen är skadad"):
        open_database(sqlite_url)


def test_a_file_in_no_folder_is_refused() -> None:
    with pytest.raises(DatabaseError, match=r"går inte att öppna. Filen går inte att öppna"):
        open_database("sqlite:////nowhere/at/all/x.db")


def test_postgresql_without_its_driver_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DatabaseError, match=r"pip install 'loftesbot\[scale\]'"):
        open_database("postgresql://u:hemligt@localhost/db")


def test_a_postgresql_that_is_too_old_is_refused(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.engines.OLDEST_POSTGRESQL", 99)
    with pytest.raises(DatabaseError, match="loftesbot behöver 99 eller nyare"):
        open_database(postgres_url)
    assert OLDEST_POSTGRESQL == 15


def test_a_database_that_cannot_hold_every_letter_is_refused(postgres: Postgres) -> None:
    postgres.run(
        "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' STRATEGY FILE_COPY"
    )
    with pytest.raises(DatabaseError, match="teckenkodningen LATIN1"):
        open_database(postgres.url("latin"))
    postgres.drop("latin")


def test_what_is_read_at_once_is_of_one_moment(database: Database) -> None:
    count = "SELECT count(*) FROM turns"
    with database.read() as connection:
        before = connection.exec_driver_sql(count).scalar()
        with database.write() as other:
            other.exec_driver_sql("INSERT INTO turns VALUES ('x', '2018-01-01', 0)")
        assert connection.exec_driver_sql(count).scalar() == before
    with database.read() as connection:
        assert connection.exec_driver_sql(count).scalar() == 1


def test_what_is_opened_to_be_read_is_not_written(postgres_url: str) -> None:
    database = open_database(postgres_url)
    with pytest.raises(DatabaseTroubleError, match="bara att läsa"), database.read() as connection:
        connection.exec_driver_sql("DELETE FROM turns")
    database.close()


def test_a_statement_that_stands_alone_is_kept_and_seen(database: Database) -> None:
    row = {"target": "slack:C1", "next_turn": NOW, "failures": 2}
    with database.write(single=True) as connection:
        connection.execute(insert(turns), row)
    with database.read(single=True) as connection:
        assert connection.execute(select(turns.c.failures)).scalars().all() == [2]
    # The connection goes back as it came: what follows is a transaction again.
    with suppress(OSError), database.write() as connection:
        connection.execute(delete(turns))
        raise OSError("the disk is full")
    with database.read() as connection:
        assert connection.execute(select(turns.c.failures)).scalars().all() == [2]


def test_who_is_alone_under_one_name_waits_for_no_other(postgres_url: str) -> None:
    database = open_database(postgres_url)
    with database.write(alone="a"), database.write(alone="b"), database.write():
        locked = pytest.raises(DatabaseTroubleError, match="låst av något annat")
        with locked, database.write() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            opening.be_alone(connection, "a")
    database.close()


def test_all_who_share_a_database_share_its_clock(database: Database) -> None:
    shown = database.server_time()
    assert (shown is not None) == database.shared
    if shown:
        assert shown.tzinfo
        later = database.server_time()
        assert later
        assert later > shown


def test_a_second_service_on_one_file_is_refused(sqlite_url: str) -> None:
    with sole_service(sqlite_url):
        with pytest.raises(AlreadyRunningError, match="kör redan"), sole_service(sqlite_url):
            pass
    with sole_service(sqlite_url):
        pass


def test_any_number_of_services_may_share_a_postgresql() -> None:
    url = "postgresql://u@h/db"
    with sole_service(url), sole_service(url):
        pass
