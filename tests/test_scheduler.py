from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from bot.app.clocks import wall_now
from bot.domain.errors import DatabaseTroubleError
from bot.scheduler import NEVER, NeedTrigger, Scheduler

PATIENCE_SECONDS = 10.0


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    found = Scheduler(wall_now)
    found.start()
    yield found
    found.stop()


def test_a_job_runs_at_the_instant_that_its_commitment_names(scheduler: Scheduler) -> None:
    soon, ran = wall_now() + timedelta(milliseconds=50), Event()
    instants: list[datetime] = []

    def run() -> None:
        instants.append(wall_now())
        ran.set()

    scheduler.add("a", "A", lambda after: soon if after < soon else None, run)
    assert ran.wait(PATIENCE_SECONDS)
    assert instants[0] >= soon


def test_a_job_with_nothing_left_to_do_stays_and_can_be_woken(scheduler: Scheduler) -> None:
    wanted: list[datetime] = []
    ran = Event()
    scheduler.add("a", "A", lambda after: next((w for w in wanted if w > after), None), ran.set)
    assert [each.next_run for each in scheduler.jobs()] == [None]
    wanted.append(wall_now() + timedelta(milliseconds=50))
    scheduler.refresh("a")
    assert ran.wait(PATIENCE_SECONDS)


def test_a_job_that_fails_says_so_in_a_line_and_runs_again(
    scheduler: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    twice = [Event(), Event()]

    def run() -> None:
        next(each for each in twice if not each.is_set()).set()
        raise ValueError("the disk is full")

    scheduler.every("sweep", "Sopning", run, seconds=0.05)
    assert all(each.wait(PATIENCE_SECONDS) for each in twice)
    assert "the disk is full" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_job_whose_next_time_cannot_be_known_is_looked_at_again_and_stops_no_other(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.scheduler.LOOK_AGAIN", timedelta(milliseconds=50))
    soon, again, other = wall_now() + timedelta(milliseconds=50), Event(), Event()

    def next_instant(after: datetime) -> datetime:
        if after < soon:
            return soon
        if not other.is_set():
            raise DatabaseTroubleError("Databasen svarar inte.")
        again.set()
        return after + timedelta(hours=1)

    scheduler.add("a", "A", next_instant, lambda: None)
    later = soon + timedelta(milliseconds=200)
    scheduler.add("b", "B", lambda after: later if after < later else None, other.set)
    assert other.wait(PATIENCE_SECONDS)
    assert again.wait(PATIENCE_SECONDS)


def test_a_trigger_never_names_an_instant_that_has_been() -> None:
    now = datetime(2018, 1, 1, tzinfo=UTC)
    asked: list[datetime] = []

    def next_instant(after: datetime) -> datetime | None:
        asked.append(after)
        return None

    late = now - timedelta(days=3)
    assert NeedTrigger(next_instant).get_next_fire_time(late, now) == NEVER
    assert asked == [now]


def test_stopping_waits_for_a_job_that_refreshes_another() -> None:
    scheduler, running, stopping = Scheduler(wall_now), Event(), Event()
    done: list[bool] = []

    def run() -> None:
        running.set()
        stopping.wait(0.2)
        scheduler.refresh("b")
        done.append(True)

    scheduler.every("a", "A", run, seconds=60)
    scheduler.add("b", "B", lambda _after: None, run)
    scheduler.start()
    assert running.wait(PATIENCE_SECONDS)
    scheduler.stop()
    assert done == [True]
