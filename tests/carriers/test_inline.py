from collections.abc import Sequence
from dataclasses import replace
from threading import Event

import pytest

from bot.carriers.inline import QUEUED, WORKERS, InlineCarrier
from bot.domain.delivery import Delivery, DeliveryState, Draft, Outcome, Refused
from tests.builders import utc
from tests.waiting import until

PATIENCE_SECONDS = 10.0
NOW = utc(2018, 1, 2)
DRAFT = Draft("key", "gavle", "gavle/lagesbild/2018-W01", "day", "slack:C1", NOW)
DELIVERY = Delivery(1, DRAFT, DeliveryState.CLAIMED, NOW, NOW)


def test_what_is_refused_for_good_is_told_once_and_the_next_is_asked_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done = Event()

    def deliver(_delivery: Delivery) -> Outcome:
        return Refused("is_archived")

    carrier = InlineCarrier(deliver, done.set, list[Delivery]().extend)
    carrier.submit([DELIVERY])
    assert done.wait(PATIENCE_SECONDS)
    carrier.stop()
    assert caplog.text.count("refused for good: is_archived") == 1


def test_more_is_claimed_only_once_the_queue_is_short() -> None:
    release, done = Event(), Event()

    def deliver(_delivery: Delivery) -> None:
        release.wait(PATIENCE_SECONDS)

    carrier = InlineCarrier(deliver, done.set, list[Delivery]().extend)
    assert carrier.free == WORKERS + QUEUED
    carrier.submit([DELIVERY] * carrier.free)
    assert carrier.free == 0
    release.set()
    until(lambda: carrier.free == WORKERS + QUEUED)
    carrier.stop()


def test_a_delivery_that_stops_midway_says_so_and_makes_room(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done = Event()

    def deliver(_delivery: Delivery) -> None:
        raise OSError("the disk is full")

    carrier = InlineCarrier(deliver, done.set, list[Delivery]().extend)
    carrier.submit([DELIVERY])
    assert done.wait(PATIENCE_SECONDS)
    carrier.stop()
    assert carrier.free == WORKERS + QUEUED
    assert "stopped midway: the disk is full" in caplog.text
    assert "Traceback" not in caplog.text


def test_what_has_not_begun_is_given_back_before_the_rest_is_waited_for() -> None:
    release, given = Event(), list[Delivery]()
    begun = list[int]()

    def deliver(delivery: Delivery) -> None:
        begun.append(delivery.id)
        release.wait(PATIENCE_SECONDS)

    def take(deliveries: Sequence[Delivery]) -> None:
        given.extend(deliveries)
        release.set()

    carrier = InlineCarrier(deliver, Event().set, take)
    claimed = [replace(DELIVERY, id=number) for number in range(WORKERS + 3)]
    carrier.submit(claimed)
    until(lambda: len(begun) == WORKERS)
    carrier.stop()
    assert given == claimed[WORKERS:]
    assert sorted(begun) == list(range(WORKERS))
