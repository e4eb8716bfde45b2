"""Arrivals: whether a message that comes twice may do so."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.message import Message
from tests.simulation.faults import Breach
from tests.simulation.products import Copy, Product, Sort
from tests.simulation.world import World


@dataclass(slots=True)
class Arrivals:
    """Judges each copy that arrives; one that may be there twice is counted as a repeat.

    ``seen`` hears of each occurrence that people read of.
    """

    world: World
    seen: Callable[[str], object]

    def judge(self, product: Product, copy: Copy) -> None:
        """Raise a ``Breach`` where the message is there already, and could be known to be."""
        key = copy.attempt.key
        self.world.trace.note(product.name, f"has {key}, attempt {copy.attempt.number}")
        self.world.counts["arrivals"] += 1
        for other in product.copies.get(key, []):
            if other.attempt.address == copy.attempt.address:
                self._twice(product, *sorted((other, copy), key=_attempt))
                self.world.counts["repeats"] += 1
        if isinstance(copy.content, Message):
            self.seen(copy.content.occurrence)

    def _twice(self, product: Product, older: Copy, newer: Copy) -> None:
        key, now = older.attempt.key, self.world.now
        if product.sort is Sort.KEYED or older.attempt.number == newer.attempt.number:
            raise Breach("one attempt posted twice", key)
        if product.sort is Sort.MARKED:
            if not newer.marked:
                raise Breach("sent again without a mark", key)
            return
        searched = newer.attempt.searched
        if searched is None:
            raise Breach("sent again without a look", key)
        if older.visible <= searched:
            raise Breach("sent again though it could be found", key)
        if not (older.late or older.attempt.disturbed(now)):
            raise Breach("sent again too soon to know", key)


def _attempt(copy: Copy) -> int:
    return copy.attempt.number
