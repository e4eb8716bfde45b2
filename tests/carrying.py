"""A carrier that hands what is claimed to the test itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.delivery import Delivery


@dataclass(frozen=True)
class ByHand:
    """Gives each batch to ``take``; what ``take`` does not deliver stays claimed."""

    take: Callable[[Sequence[Delivery]], object]
    free: int = 100

    def enlist(self, connection: object, deliveries: Sequence[Delivery]) -> None:
        pass

    def submit(self, deliveries: Sequence[Delivery]) -> None:
        self.take(deliveries)

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass
