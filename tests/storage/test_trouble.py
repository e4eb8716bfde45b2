"""A database that is full, locked, read-only or gone: a clear line, and nothing is lost."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from bot.domain.delivery import Sent
from bot.domain.errors import DatabaseError, DatabaseTroubleError
from bot.storage import engines, trouble
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database, open_database
from bot.storage.deliveries import SqlDeliveries
from tests.disks import or_skipped, small_disk
from tests.postgres import STRANGER, Postgres
from tests.storage.ledger import LATER, MEETING, SECOND, claim, draft, say, settle, write


@contextmanager
def failing(says: str) -> Iterator[None]:
    """Expect trouble that is told in these words."""
    with pytest.raises(DatabaseTroubleError) as caught:
        yield
    assert str(caught.value).startswith(says)


def fill(deliveries: SqlDeliveries) -> int:
    """Write until the disk is full; how many went in before."""
    number = 0
    with failing(trouble.FULL):
        for number in range(100_000):
            write(deliveries, draft(occurrence=f"gavle/lagesbild/{number}"))
    return number


def test_what_is_saved_survives_a_full_database_and_more_goes_in_when_there_is_room(
    sqlite_url: str,
) -> None:
    database = open_database(sqlite_url)
    deliveries, answers = SqlDeliveries(database), SqlAnswers(database)

    def limit(connection: object, _record: object, *, pages: int) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    full = partial(limit, pages=70)
    event.listen(database.engine, "connect", full)
    database.engine.dispose()
    written = fill(deliveries)
    with failing(trouble.FULL):
        for _ in range(1_000):
            say(answers)
    said = len(answers.standings("gavle").get(MEETING, answers.standing(MEETING)).answers)
    assert deliveries.counts() == {"pending": written}
    event.remove(database.engine, "connect", full)
    event.listen(database.engine, "connect", partial(limit, pages=10_000))
    database.engine.dispose()
    write(deliveries, draft(occurrence=f"gavle/lagesbild/{written}"))
    say(answers)
    assert deliveries.counts() == {"pending": written + 1}
    assert len(answers.standings("gavle")[MEETING].answers) == said + 1
    database.close()


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    with or_skipped(small_disk(tmp_path, kilobytes=512)):
        database = open_database(f"sqlite:///{tmp_path}/loftesbot.db")
        ballast = tmp_path / "ballast"
        ballast.write_bytes(b"x" * 65_536)
        written = fill(SqlDeliveries(database))
        with pytest.raises(DatabaseError, match=r"går inte att öppna. Disken är full"):
            open_database(f"sqlite:///{tmp_path}/another.db")
        database.close()
        ballast.unlink()
        again = open_database(f"sqlite:///{tmp_path}/loftesbot.db")
        assert SqlDeliveries(again).counts() == {"pending": written}
        write(SqlDeliveries(again), draft("one more"))
        again.close()


def test_a_file_that_can_only_be_read_is_read(sqlite_url: str) -> None:
    with closing(open_database(sqlite_url)) as database:
        write(SqlDeliveries(database), draft())
    path = sqlite_url.removeprefix("sqlite:///")
    with closing(open_database(f"sqlite:///file:{path}?mode=ro&uri=true")) as database:
        assert SqlDeliveries(database).counts() == {"pending": 1}
        with failing(trouble.READ_ONLY):
            write(SqlDeliveries(database), draft("ask"))
        with failing(trouble.READ_ONLY):
            claim(SqlDeliveries(database))
    with closing(open_database(sqlite_url)) as database:
        assert len(claim(SqlDeliveries(database))) == 1


def test_a_disk_that_can_only_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    with or_skipped(small_disk(tmp_path, kilobytes=1024)):
        url = f"sqlite:///{tmp_path}/loftesbot.db"
        open_database(url).close()
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path)], check=True)
        with pytest.raises(DatabaseError, match="ska få läsa och skriva i den"):
            open_database(url)


def test_a_locked_file_is_waited_for_and_then_said_to_be_locked(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MILLISECONDS", 50)
    database, other = open_database(sqlite_url), open_database(sqlite_url)
    write(SqlDeliveries(database), draft())
    with other.write():
        with failing(trouble.LOCKED):
            claim(SqlDeliveries(database))
        assert SqlDeliveries(database).counts() == {"pending": 1}
    assert len(claim(SqlDeliveries(database))) == 1
    database.close()
    other.close()


DEEDS: list[Callable[[Database], object]] = [
    lambda database: SqlDeliveries(database).counts(),
    lambda database: claim(SqlDeliveries(database)),
    lambda database: write(SqlDeliveries(database), draft("ask")),
    lambda database: say(SqlAnswers(database)),
    lambda database: SqlAnswers(database).standings("gavle"),
    lambda database: database.server_time(),
]


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_goes_away_and_comes_back_is_found_again(
    postgres: Postgres, postgres_url: str, mode: str
) -> None:
    database = open_database(postgres_url)
    deliveries, answers = SqlDeliveries(database), SqlAnswers(database)
    write(deliveries, draft(), draft(occurrence=LATER))
    (held,) = claim(deliveries)
    said = say(answers, LATER)
    postgres.stop(mode)
    try:
        for deed in DEEDS:
            with failing(trouble.GONE):
                deed(database)
        with failing(trouble.GONE):
            settle(deliveries, held, Sent("1"))
        with pytest.raises(DatabaseError, match=r"går inte att öppna. Databasen svarar inte"):
            open_database(postgres_url)
    finally:
        postgres.start()
    assert deliveries.counts() == {"claimed": 1, "pending": 1}
    assert answers.standings("gavle")[LATER].answers == (said,)
    assert deliveries.holds(held)
    assert settle(deliveries, held, Sent("1"))
    assert len(claim(deliveries, after=SECOND)) == 1
    database.close()


def test_a_server_that_was_restarted_meanwhile_is_not_even_noticed(
    postgres: Postgres, postgres_url: str
) -> None:
    database = open_database(postgres_url)
    write(SqlDeliveries(database), draft())
    postgres.stop()
    postgres.start()
    for deed in DEEDS:
        deed(database)
    database.close()


def test_a_server_that_is_killed_within_a_transaction_keeps_nothing_of_it(
    postgres: Postgres, postgres_url: str
) -> None:
    database = open_database(postgres_url)
    deliveries = SqlDeliveries(database)
    try:
        with failing(trouble.GONE), database.write() as connection:
            connection.exec_driver_sql("INSERT INTO plans VALUES ('a', 1, 'a', 'a', now())")
            postgres.stop("immediate")
            connection.exec_driver_sql("INSERT INTO plans VALUES ('b', 1, 'b', 'b', now())")
    finally:
        postgres.start()
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM plans").scalar() == 0
    assert write(deliveries, draft()) == 1
    database.close()


def test_a_stuck_server_becomes_an_error(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(engines.SESSION, "statement_timeout", "100ms")
    monkeypatch.setitem(engines.SESSION, "lock_timeout", "50ms")
    database, other = open_database(postgres_url), open_database(postgres_url)
    with failing(trouble.SLOW), database.read() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(10)")
    with other.write() as connection:
        connection.exec_driver_sql("LOCK TABLE deliveries")
        with failing(trouble.LOCKED):
            write(SqlDeliveries(database), draft())
    assert write(SqlDeliveries(database), draft()) == 1
    database.close()
    other.close()


def test_a_wrong_password_is_said_and_not_shown(postgres: Postgres, postgres_url: str) -> None:
    url = postgres_url.replace("postgres@", f"{STRANGER}:hemligt@")
    with pytest.raises(DatabaseError) as refused:
        open_database(url)
    assert trouble.WRONG_LOGIN in str(refused.value)
    assert "hemligt" not in str(refused.value)


def test_a_user_without_rights_is_told_so(postgres_url: str) -> None:
    url = postgres_url.replace("postgres@", f"{STRANGER}:right@")
    with pytest.raises(DatabaseError) as refused:
        open_database(url)
    assert trouble.FORBIDDEN in str(refused.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("postgres@/", "nobody@/"), trouble.WRONG_LOGIN),
        (("postgres@/", "postgres@/not_"), trouble.NO_DATABASE),
        (("?host=", "?host=/nowhere"), trouble.GONE),
        (("?host=", "?nonsense=1&host="), "Databasen svarar inte som den ska"),
    ],
)
def test_whatever_cannot_be_connected_to_is_one_line(
    postgres_url: str, change: tuple[str, str], says: str
) -> None:
    with pytest.raises(DatabaseError) as refused:
        open_database(postgres_url.replace(*change))
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[Errno -2] Name or service not known", trouble.UNKNOWN_HOST),
        ("failed to resolve host 'x': [Errno -3]", trouble.UNKNOWN_HOST),
        ("FATAL:  sorry, too many clients already", trouble.CROWDED),
        ("could not write: No space left on device", trouble.FULL),
        ("connection timeout expired", trouble.GONE),
    ],
)
def test_words_without_a_code_are_understood(text: str, says: str) -> None:
    error = DBAPIError("SELECT", {}, psycopg.OperationalError(text))
    assert trouble.trouble(error).startswith(says)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (psycopg.errors.DiskFull, trouble.FULL),
        (psycopg.errors.ReadOnlySqlTransaction, trouble.READ_ONLY),
        (psycopg.errors.DeadlockDetected, trouble.LOCKED),
        (psycopg.errors.AdminShutdown, trouble.GONE),
        (psycopg.errors.CannotConnectNow, trouble.GONE),
        (psycopg.errors.TooManyConnections, trouble.CROWDED),
        (psycopg.errors.DataCorrupted, trouble.DAMAGED),
        (psycopg.errors.UndefinedTable, "Databasen svarar inte som den ska: x."),
    ],
)
def test_codes_of_postgresql_are_understood(kind: type[psycopg.Error], says: str) -> None:
    assert trouble.trouble(DBAPIError("SELECT", {}, kind("x\ny"))) == says
