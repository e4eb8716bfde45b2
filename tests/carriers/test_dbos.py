import logging
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Event, Thread
from threading import enumerate as enumerate_threads

import pytest
from dbos import DBOSClient
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

from bot.carriers import dbos
from bot.carriers.dbos import (
    LOOK_OFTEN_SECONDS,
    LOOK_SELDOM_SECONDS,
    MOST_WAITING,
    PARCEL_SIZE,
    WORKERS,
    DbosCarrier,
    Parcel,
)
from bot.domain.errors import DatabaseTroubleError, SettingsError
from tests.builders import utc
from tests.carriers.carrying import PATIENCE_SECONDS, delivery, hand_over, running
from tests.waiting import until

ROOT = Path(__file__).parents[2]
MANY = 400
SHORT_SECONDS, FOR_EVER_SECONDS = 0.05, 3600.0
SOON_SECONDS, LONGER_THAN_GRACE_SECONDS = 0.5, 3.0
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
LONG_AGO, FAR_AHEAD = utc(2000, 1, 1), utc(2100, 1, 1)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal"
    path.touch()
    return path


@pytest.fixture
def enlister(engine: Engine) -> Iterator[DbosCarrier]:
    """A carrier that executes nothing itself."""

    def refuse(number: int, attempt: int) -> None:
        raise AssertionError(f"{number}-{attempt} was executed by a process that only enlists")

    with running(DbosCarrier(engine, "enlister", refuse, executes=False)) as carrier:
        yield carrier


def ignore(number: int, attempt: int) -> None:
    """Deliver nothing."""


@contextmanager
def executing(
    engine: Engine, name: str, journal: Path, *, seconds: float = SHORT_SECONDS
) -> Iterator[subprocess.Popen[str]]:
    url = engine.url.render_as_string(hide_password=False)
    arguments = [url, name, str(journal), str(seconds)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.carriers.executor", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()
            process.communicate()


def begun(journal: Path) -> list[str]:
    """What was begun, as ``id-attempt``."""
    return [line.partition(" ")[0] for line in journal.read_text().splitlines()]


def statuses(engine: Engine) -> dict[str, str]:
    """What DBOS says of each parcel."""
    found = DBOSClient(system_database_engine=engine).list_workflows()
    return {each.workflow_id: each.status for each in found}


def lingering() -> list[str]:
    """The threads that would keep this process from ending."""
    return [each.name for each in enumerate_threads() if each.name.startswith("dbos-executor")]


def lose(engine: Engine) -> None:
    """Cut every connection to the database, and let nobody in any more."""
    administrator = create_engine(engine.url.set(database="postgres"))
    name = engine.url.database
    with administrator.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.exec_driver_sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
    administrator.dispose()


def look_seconds(engine: Engine) -> float:
    queue = DBOSClient(system_database_engine=engine).retrieve_queue("deliveries")
    assert queue
    return queue.polling_interval_sec


@on_postgresql
def test_two_processes_share_the_queue_and_each_delivery_is_begun_once(
    enlister: DbosCarrier, engine: Engine, journal: Path
) -> None:
    with executing(engine, "one", journal) as one, executing(engine, "two", journal) as two:
        hand_over(engine, enlister, *(delivery(number) for number in range(MANY)))
        until(lambda: len(begun(journal)) >= MANY)
        said = [each.communicate(timeout=30) for each in (one, two)]
    assert sorted(begun(journal)) == sorted(f"{number}-1" for number in range(MANY))
    assert {line.split()[1] for line in journal.read_text().splitlines()} == {"one", "two"}
    assert said == [("", ""), ("", "")]
    assert (one.returncode, two.returncode) == (0, 0)
    assert set(statuses(engine).values()) == {"SUCCESS"}


def test_what_was_begun_when_its_process_was_killed_is_not_begun_again(
    enlister: DbosCarrier, engine: Engine, journal: Path
) -> None:
    with executing(engine, "node", journal, seconds=FOR_EVER_SECONDS) as killed:
        hand_over(engine, enlister, delivery(1))
        until(lambda: begun(journal) == ["1-1"])
        killed.kill()
        killed.wait()
    # Under the same name again, so that DBOS takes up what the dead one left.
    with executing(engine, "node", journal):
        hand_over(engine, enlister, delivery(2))
        hand_over(engine, enlister, delivery(1, attempt=2))
        until(lambda: not {"PENDING", "ENQUEUED"} & {*statuses(engine).values()})
    assert sorted(begun(journal)) == ["1-1", "1-2", "2-1"]
    assert statuses(engine)["1-1"] == "MAX_RECOVERY_ATTEMPTS_EXCEEDED"


@on_postgresql
def test_what_a_dead_process_left_stays_until_it_is_reaped(
    enlister: DbosCarrier, engine: Engine, journal: Path
) -> None:
    with executing(engine, "dead", journal, seconds=FOR_EVER_SECONDS):
        hand_over(engine, enlister, delivery(1))
        until(lambda: begun(journal))
    with executing(engine, "alive", journal):
        hand_over(engine, enlister, delivery(2))
        until(lambda: statuses(engine)["2-1"] == "SUCCESS")
    hand_over(engine, enlister, delivery(3))
    assert enlister.reap(now=LONG_AGO) == 0
    assert statuses(engine) == {"1-1": "PENDING", "2-1": "SUCCESS", "3-1": "ENQUEUED"}
    assert enlister.reap(now=FAR_AHEAD) == 3
    assert statuses(engine) == {}
    assert begun(journal) == ["1-1", "2-1"]


def test_the_more_that_waits_the_less_is_asked_for(enlister: DbosCarrier, engine: Engine) -> None:
    assert enlister.free == MOST_WAITING * PARCEL_SIZE
    hand_over(engine, enlister, *(delivery(number) for number in range(PARCEL_SIZE + 2)))
    assert enlister.free == (MOST_WAITING - 2) * PARCEL_SIZE
    rest = (delivery(number) for number in range(1_000, 1_000 + MOST_WAITING * PARCEL_SIZE))
    hand_over(engine, enlister, *rest)
    assert enlister.free == 0


def test_parcels_of_another_format_take_up_no_room(
    enlister: DbosCarrier, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over(engine, enlister, delivery(1))
    monkeypatch.setattr(dbos, "FORMAT", "of tomorrow")
    assert enlister.free == MOST_WAITING * PARCEL_SIZE


def test_the_same_attempt_enlisted_again_is_carried_once(
    enlister: DbosCarrier, engine: Engine
) -> None:
    hand_over(engine, enlister, delivery(1))
    hand_over(engine, enlister, delivery(1))
    assert enlister.free == (MOST_WAITING - 1) * PARCEL_SIZE


def test_workers_look_often_while_there_is_work_and_seldom_after(
    enlister: DbosCarrier, engine: Engine
) -> None:
    assert look_seconds(engine) == LOOK_SELDOM_SECONDS
    hand_over(engine, enlister, delivery(1))
    enlister.reap(now=FAR_AHEAD)
    assert look_seconds(engine) == LOOK_OFTEN_SECONDS
    enlister.reap(now=FAR_AHEAD)
    assert look_seconds(engine) == LOOK_SELDOM_SECONDS


def test_what_dbos_says_is_one_line_and_once_a_minute(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cause = OSError("no route\nto the host")
    with running(DbosCarrier(create_engine(f"sqlite:///{tmp_path}/queue.db"), "this", ignore)):
        for _ in range(3):
            logging.getLogger("dbos").error("Lost the queue:\nall of it.", exc_info=cause)
        trace = "".join(traceback.format_exception(cause))
        logging.getLogger("dbos").error(f"Cannot poll: Traceback (most recent call last):\n{trace}")
    told = ["Lost the queue: no route", "Cannot poll: OSError: no route"]
    assert [each.getMessage() for each in caplog.records] == told
    assert "Traceback" not in caplog.text


def test_a_parcel_is_announced_before_it_is_begun_and_when_all_of_it_is_done(
    engine: Engine,
) -> None:
    told: list[object] = []

    @contextmanager
    def around(parcel: Parcel) -> Iterator[None]:
        told.append(parcel)
        yield
        told.append("done")

    def deliver(number: int, attempt: int) -> None:
        told.append(number)

    with running(DbosCarrier(engine, "this", deliver, around=around)) as carrier:
        hand_over(engine, carrier, delivery(1), delivery(2, attempt=3))
        until(lambda: "done" in told)
    assert told[0] == [(1, 1), (2, 3)]
    assert {1, 2} == {*told[1:3]}
    assert told[3:] == ["done"]


def test_a_parcel_that_cannot_be_announced_is_not_begun(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    begun: list[int] = []

    def around(parcel: Parcel) -> AbstractContextManager[object]:
        if parcel == [(1, 1)]:
            raise DatabaseTroubleError("Databasen svarar inte.")
        return nullcontext()

    def deliver(number: int, attempt: int) -> None:
        begun.append(number)

    with running(DbosCarrier(engine, "this", deliver, around=around)) as carrier:
        hand_over(engine, carrier, delivery(1))
        until(lambda: caplog.records)
        hand_over(engine, carrier, delivery(2))
        until(lambda: begun)
    assert begun == [2]
    told = ["a parcel of 1 was not begun: Databasen svarar inte."]
    assert [each.getMessage() for each in caplog.records] == told


@on_postgresql
def test_what_ends_while_stopping_is_over_and_done_with_in_the_queue_too(engine: Engine) -> None:
    begun, release = Event(), Event()

    def deliver(number: int, attempt: int) -> None:
        begun.set()
        release.wait(PATIENCE_SECONDS)

    carrier = DbosCarrier(engine, "this", deliver)
    carrier.start()
    hand_over(engine, carrier, delivery(1))
    assert begun.wait(PATIENCE_SECONDS)
    stopping = Thread(target=carrier.stop)
    stopping.start()
    stopping.join(SOON_SECONDS)
    release.set()
    stopping.join(PATIENCE_SECONDS)
    assert statuses(engine) == {"1-1": "SUCCESS"}


@on_postgresql
def test_what_takes_longer_than_stopping_may_is_finished_all_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(dbos, "GRACE_SECONDS", 1)
    release, journal, finished = Event(), list[int](), list[int]()

    def deliver(number: int, attempt: int) -> None:
        journal.append(number)
        release.wait(PATIENCE_SECONDS)
        finished.append(number)

    carrier = DbosCarrier(engine, "this", deliver)
    carrier.start()
    hand_over(engine, carrier, *(delivery(number) for number in range(WORKERS + 1)))
    until(lambda: len(journal) == WORKERS)
    stopping = Thread(target=carrier.stop)
    stopping.start()
    stopping.join(LONGER_THAN_GRACE_SECONDS)
    assert stopping.is_alive()
    release.set()
    stopping.join(PATIENCE_SECONDS)
    assert len(journal) == len(finished) == WORKERS
    assert not caplog.records
    until(lambda: not lingering())


@on_postgresql
def test_a_lost_database_keeps_no_process_from_ending(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    begun, lost = Event(), Event()

    def deliver(number: int, attempt: int) -> None:
        begun.set()
        assert lost.wait(PATIENCE_SECONDS)

    with running(DbosCarrier(engine, "this", deliver)) as carrier:
        hand_over(engine, carrier, delivery(1))
        assert begun.wait(PATIENCE_SECONDS)
        lose(engine)
        lost.set()
    until(lambda: not lingering())
    assert "Traceback" not in caplog.text


def test_a_database_that_does_not_answer_is_told_in_a_line() -> None:
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    carrier = DbosCarrier(engine, "this", ignore)
    with pytest.raises(DatabaseTroubleError, match="DBOS kan inte använda databasen") as caught:
        carrier.start()
    carrier.stop()
    assert "\n" not in str(caught.value)


def test_a_database_that_goes_away_is_told_in_a_line(
    enlister: DbosCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **_more: object) -> None:
        raise OperationalError("SELECT 1", {}, OSError("no route\nto the host"))

    monkeypatch.setattr("dbos.DBOSClient.list_queued_workflows", gone)
    with pytest.raises(DatabaseTroubleError, match="DBOS kan inte använda databasen") as told:
        enlister.reap(now=FAR_AHEAD)
    assert "\n" not in str(told.value)
    with pytest.raises(DatabaseTroubleError):
        assert enlister.free


def test_without_dbos_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dbos", None)
    with pytest.raises(SettingsError, match=r"pip install 'loftesbot\[scale\]'"):
        DbosCarrier(create_engine("sqlite://"), "this", ignore)


def test_who_makes_no_such_carrier_does_not_pay_for_dbos() -> None:
    asked = "import sys, bot.carriers.dbos; print('dbos' in sys.modules)"
    said = subprocess.check_output([sys.executable, "-c", asked], cwd=ROOT, text=True)
    assert said == "False\n"
