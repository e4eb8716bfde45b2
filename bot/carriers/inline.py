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
    """A thread that keeps ``work`` going while there is work, and rests when there is none.

    ``work`` says how much it did. ``ring`` ends the rest early.
    """

    def __init__(self, work: Callable[[], int]) -> None:
        self._work = work
        self._bell, self._closing = Event(), Event()
        self._thread = Thread(target=self._run, name="pump", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ring(self) -> None:
        """Tell that there may be work."""
        self._bell.set()

    def stop(self) -> None:
        """End after the round that runs."""
        self._closing.set()
        self._bell.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._bell.clear()
            if self._round() == 0:
                self._bell.wait(LONGEST_REST_SECONDS)

    def _round(self) -> int:
        try:
            return self._work()
        except Exception as error:  # noqa: BLE001 - the ledger holds the work; try again soon
            log.error("could not hand out deliveries, will try again: %s", error)  # noqa: TRY400
            return 0
