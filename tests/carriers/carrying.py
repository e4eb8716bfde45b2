"""Deeds with a carrier, each in one line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine

from bot.domain.delivery import Delivery, DeliveryState, Draft
from bot.services.ports import Carrier
from tests.builders import utc

NOW = utc(2018, 1, 2)
PATIENCE_SECONDS = 20.0
Deliver = Callable[[int, int], None]
Running = TypeVar("Running", bound=Carrier)


def delivery(number: int, attempt: int = 1) -> Delivery:
    draft = Draft(f"key-{number}", "gavle", "gavle/lagesbild/2018-W01", "day", "slack:C1", NOW)
    return Delivery(number, draft, DeliveryState.CLAIMED, NOW, NOW, attempt=attempt)


def hand_over(engine: Engine, carrier: Carrier, *deliveries: Delivery) -> None:
    with engine.begin() as connection:
        carrier.enlist(connection, list(deliveries))
    carrier.submit(deliveries)


@contextmanager
def running(carrier: Running) -> Iterator[Running]:
    carrier.start()
    try:
        yield carrier
    finally:
        carrier.stop()
