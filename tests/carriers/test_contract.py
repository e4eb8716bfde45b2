"""What holds for every carrier, whatever carries."""

from collections.abc import Callable
from threading import Event, Thread

import pytest
from sqlalchemy import Engine

from bot.carriers.dbos import DbosCarrier
from bot.carriers.inline import InlineCarrier
from bot.domain.delivery import Delivery
from bot.services.ports import Carrier
from tests.carriers.carrying import (
    PATIENCE_SECONDS,
    Deliver,
    delivery,
    hand_over,
    running,
)
from tests.waiting import until

Make = Callable[[Deliver], Carrier]
SOON_SECONDS = 0.5


@pytest.fixture(params=["inline", "dbos"])
def make(request: pytest.FixtureRequest, engine: Engine) -> Make:
    def make_one(deliver: Deliver) -> Carrier:
        if request.param == "inline":
            return InlineCarrier(
                lambda each: deliver(each.id, each.attempt), lambda: None, lambda _each: None
            )
        return DbosCarrier(engine, "this", deliver)

    return make_one


def test_what_a_committed_transaction_enlists_is_delivered_once(make: Make, engine: Engine) -> None:
    journal: list[tuple[int, int]] = []
    with running(make(lambda *each: journal.append(each))) as carrier:
        assert carrier.free > 0
        hand_over(engine, carrier, *(delivery(number) for number in range(20)))
        hand_over(engine, carrier, delivery(20, attempt=3))
        until(lambda: len(journal) >= 21)
    assert sorted(journal) == [*((number, 1) for number in range(20)), (20, 3)]


def test_what_a_transaction_enlists_that_is_undone_is_not_delivered(
    make: Make, engine: Engine
) -> None:
    journal: list[int] = []
    with running(make(lambda number, _attempt: journal.append(number))) as carrier:
        with pytest.raises(OSError, match="the disk is full"):
            undo(engine, carrier, delivery(1))
        hand_over(engine, carrier, delivery(2))
        until(lambda: journal)
    assert journal == [2]


def test_one_that_fails_says_so_in_a_line_and_harms_no_other(
    make: Make, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    journal: list[int] = []

    def deliver(number: int, attempt: int) -> None:
        if number == 1:
            raise OSError("the disk is full\nand has been for long")
        journal.append(number)

    with running(make(deliver)) as carrier:
        hand_over(engine, carrier, delivery(1), delivery(2))
        until(lambda: journal and "the disk is full" in caplog.text)
        hand_over(engine, carrier, delivery(3))
        until(lambda: len(journal) == 2)
    assert journal == [2, 3]
    assert "Traceback" not in caplog.text


def test_one_that_takes_long_holds_up_no_other(make: Make, engine: Engine) -> None:
    journal: list[int] = []
    other = Event()

    def deliver(number: int, attempt: int) -> None:
        if number == 1 and not other.wait(PATIENCE_SECONDS):
            raise AssertionError("the other one waited")
        other.set()
        journal.append(number)

    with running(make(deliver)) as carrier:
        hand_over(engine, carrier, delivery(1), delivery(2))
        until(lambda: len(journal) == 2)
    assert journal == [2, 1]


def test_stop_finishes_what_has_begun(make: Make, engine: Engine) -> None:
    journal: list[int] = []
    begun, release = Event(), Event()

    def deliver(number: int, attempt: int) -> None:
        begun.set()
        release.wait(PATIENCE_SECONDS)
        journal.append(number)

    carrier = make(deliver)
    carrier.start()
    hand_over(engine, carrier, delivery(1))
    assert begun.wait(PATIENCE_SECONDS)
    stopping = Thread(target=carrier.stop)
    stopping.start()
    stopping.join(SOON_SECONDS)
    assert stopping.is_alive()
    assert not journal
    release.set()
    stopping.join(PATIENCE_SECONDS)
    assert journal == [1]


def undo(engine: Engine, carrier: Carrier, *deliveries: Delivery) -> None:
    """Claim, and fail before the commit: nobody submits what was not committed."""
    with engine.begin() as connection:
        carrier.enlist(connection, list(deliveries))
        raise OSError("the disk is full")
