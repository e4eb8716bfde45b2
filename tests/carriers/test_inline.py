from threading import Event

import pytest

from bot.carriers.inline import InlineCarrier, Pump
from bot.domain.delivery import Delivery, DeliveryState, Draft, Outcome, Refused
from tests.builders import utc

PATIENCE_SECONDS = 10.0
NOW = utc(2018, 1, 2)
DRAFT = Draft("key", "gavle", "gavle/lagesbild/2018-W01", "day", "slack:C1", NOW)
DELIVERY = Delivery(1, DRAFT, DeliveryState.CLAIMED, NOW, NOW)


def test_a_work_that_is_slow_holds_up_no_other() -> None:
    release, worked = Event(), Event()

    def slow() -> int:
        release.wait(PATIENCE_SECONDS)
        return 0

    def quick() -> int:
        worked.set()
        return 0

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

    def work() -> int:
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


def test_what_is_refused_for_good_is_told_once_and_the_next_is_asked_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done = Event()

    def deliver(_delivery: Delivery) -> Outcome:
        return Refused("is_archived")

    carrier = InlineCarrier(deliver, done.set)
    carrier.submit([DELIVERY])
    assert done.wait(PATIENCE_SECONDS)
    carrier.stop()
    assert caplog.text.count("refused for good: is_archived") == 1
