import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from bot.domain.answer import AnswerKind
from bot.domain.errors import AlreadyRunningError, DatabaseError
from bot.services.ports import Decision
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database, open_database
from bot.storage.lock import sole_service
from bot.storage.tables import metadata
from tests.builders import make_answer

MEETING = "gavle/lagesbild/2018-W03"


def test_the_migrations_make_just_the_tables_that_the_code_knows(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_ledger_survives_a_power_cut(database: Database) -> None:
    with database.read() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous")
        ]
    assert pragmas == ["wal", 2]


def test_a_database_from_a_newer_version_is_refused_and_left_alone(
    database_url: str, tmp_path: Path
) -> None:
    open_database(database_url).close()
    with sqlite3.connect(tmp_path / "loftesbot.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    before = (tmp_path / "loftesbot.db").read_bytes()
    with pytest.raises(DatabaseError, match="nyare version av loftesbot"):
        open_database(database_url)
    assert (tmp_path / "loftesbot.db").read_bytes() == before


@pytest.mark.parametrize(
    ("content", "says"), [(b"this is no database at all" * 200, "går inte att öppna")]
)
def test_a_file_that_is_no_database_is_refused(
    database_url: str, tmp_path: Path, content: bytes, says: str
) -> None:
    (tmp_path / "loftesbot.db").write_bytes(content)
    with pytest.raises(DatabaseError, match=says):
        open_database(database_url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "går inte att tolka"),
        ("mysql://localhost/x", "stöds inte"),
        ("sqlite:////nowhere/at/all/x.db", "går inte att öppna"),
    ],
)
def test_an_address_that_cannot_be_used_is_said_to_be_so(url: str, says: str) -> None:
    with pytest.raises(DatabaseError, match=says):
        open_database(url)


def test_answers_can_be_neither_changed_nor_removed(
    database: Database, answers: SqlAnswers
) -> None:
    stored = make_answer(MEETING, AnswerKind.DONE)
    answers.decide(MEETING, "", lambda _standing: Decision(store=stored))
    for deed in ("UPDATE answers SET note = ''", "DELETE FROM answers"):
        with pytest.raises(IntegrityError, match="append-only"), database.write() as connection:
            connection.exec_driver_sql(deed)
    assert len(answers.standing(MEETING).answers) == 1


def test_a_second_service_on_one_file_is_refused(database_url: str) -> None:
    with sole_service(database_url):
        with pytest.raises(AlreadyRunningError, match="kör redan"), sole_service(database_url):
            pass
    with sole_service(database_url):
        pass
