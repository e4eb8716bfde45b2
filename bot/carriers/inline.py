"""The embedded carrier: deliveries are done by a few threads of this very process."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Thread

from bot.domain.delivery import Delivery, Outcome, Refused, TryAgain, Uncertain

log = logging.getLogger(__name__)

WORKERS = 8
LONGEST_REST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class InlineCarrier:
    """Hands deliveries to a pool of threads; ``done`` is called after each."""

    deliver: Callable[[Delivery], Outcome | None]
    done: Callable[[], None]
    pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(WORKERS, thread_name_prefix="deliver")
    )

    def submit(self, deliveries: Sequence[Delivery]) -> None:
        """See to it that each is delivered; returns at once."""
        for delivery in deliveries:
            self.pool.submit(self._deliver, delivery)

    def stop(self) -> None:
        """Finish what has begun; what has not begun stays in the ledger."""
        self.pool.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, delivery: Delivery) -> None:
        try:
            _tell(delivery, self.deliver(delivery))
        except Exception as error:  # noqa: BLE001 - the lease runs out, and it is looked up
            log.error("delivery %s stopped midway: %s", delivery.draft.key, error)  # noqa: TRY400
        finally:
            self.done()


def _tell(delivery: Delivery, outcome: Outcome | None) -> None:
    """Say in one line what an operator should know of; what is in order is silent."""
    key = delivery.draft.key
    if isinstance(outcome, Refused):
        log.error("delivery %s was refused for good: %s", key, outcome.reason)
    elif isinstance(outcome, TryAgain | Uncertain):
        log.warning("delivery %s will be tried again: %s", key, outcome.reason)


class Pump:
    """Keeps each of ``works`` going in a thread of its own while there is work, else rests.

    A work says how much it did. None waits for another, so a product that is slow to show an
    answer holds up no delivery. ``ring`` ends every rest early.
    """

    def __init__(self, *works: Callable[[], int]) -> None:
        self._closing = Event()
        self._bells = [Event() for _ in works]
        pairs = zip(works, self._bells, strict=True)
        self._threads = [Thread(target=self._run, args=each, daemon=True) for each in pairs]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def ring(self) -> None:
        """Tell that there may be work."""
        for bell in self._bells:
            bell.set()

    def stop(self) -> None:
        """End after the rounds that run."""
        self._closing.set()
        self.ring()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _run(self, work: Callable[[], int], bell: Event) -> None:
        while not self._closing.is_set():
            bell.clear()
            if _round(work) == 0:
                bell.wait(LONGEST_REST_SECONDS)


def _round(work: Callable[[], int]) -> int:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - the ledger holds the work; try again soon
        log.error("could not work on deliveries, will try again: %s", error)  # noqa: TRY400
        return 0
