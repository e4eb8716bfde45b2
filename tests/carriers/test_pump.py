from datetime import timedelta
from threading import Event

import pytest

from bot.carriers.pump import Pump
from tests.waiting import until

PATIENCE_SECONDS = 10.0
MINUTE = timedelta(minutes=1)


def test_a_work_that_is_slow_holds_up_no_other() -> None:
    release, worked = Event(), Event()

    def slow() -> timedelta:
        release.wait(PATIENCE_SECONDS)
        return MINUTE

    def quick() -> timedelta:
        worked.set()
        return MINUTE

    pump = Pump(slow, quick)
    pump.start()
    try:
        assert worked.wait(PATIENCE_SECONDS)
    finally:
        release.set()
        pump.stop()


def test_a_work_that_fails_says_so_in_a_line_and_is_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    again = Event()
    rounds: list[int] = []

    def work() -> timedelta:
        rounds.append(1)
        if len(rounds) > 1:
            again.set()
        raise OSError("the disk is full")

    pump = Pump(work)
    pump.start()
    try:
        assert again.wait(PATIENCE_SECONDS)
    finally:
        pump.stop()
    assert "the disk is full" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_ring_ends_the_rest_of_the_work_that_it_is_for() -> None:
    rounds = [Event(), Event()]
    others: list[int] = []

    def work() -> timedelta:
        next(each for each in rounds if not each.is_set()).set()
        return MINUTE

    def other() -> timedelta:
        others.append(1)
        return MINUTE

    pump = Pump(work, other)
    pump.start()
    try:
        assert rounds[0].wait(PATIENCE_SECONDS)
        until(lambda: others)
        pump.ring(work)
        assert rounds[1].wait(PATIENCE_SECONDS)
    finally:
        pump.stop()
    assert others == [1]
