"""The embedded carrier: deliveries are done by a few threads of this very process."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from bot.domain.delivery import Delivery, Outcome, Refused, TryAgain, Uncertain

log = logging.getLogger(__name__)

WORKERS = 16
# Claimed ahead of the threads, so that none waits for the next look at the ledger; a lease has
# room for a queue this long even where every product hangs.
QUEUED = 16


class InlineCarrier:
    """Hands deliveries to a pool of threads; ``done`` is called after each.

    What has not begun when it is stopped is handed to ``give_back``.
    """

    def __init__(
        self,
        deliver: Callable[[Delivery], Outcome | None],
        done: Callable[[], None],
        give_back: Callable[[Sequence[Delivery]], None],
    ) -> None:
        self._deliver, self._done, self._give_back = deliver, done, give_back
        self._asked: dict[Future[None], Delivery] = {}
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="deliver")
        self._held, self._lock = 0, Lock()

    @property
    def free(self) -> int:
        """How many more to claim: none before the queue is short, then enough to fill it.

        Claiming many at a time costs little more than claiming one.
        """
        return QUEUED + WORKERS - self._held if self._held <= WORKERS + QUEUED // 2 else 0

    def enlist(self, connection: object, deliveries: Sequence[Delivery]) -> None:
        """Do nothing: what is claimed is done by this process, or else its lease runs out."""

    def submit(self, deliveries: Sequence[Delivery]) -> None:
        """See to it that each is delivered; returns at once."""
        with self._lock:
            self._held += len(deliveries)
            self._asked = {job: each for job, each in self._asked.items() if not job.done()}
            self._asked |= {self._pool.submit(self._run, each): each for each in deliveries}

    def start(self) -> None:
        """Do nothing; the threads come with the first delivery."""

    def stop(self) -> None:
        """Finish what has begun, and give back at once what has not."""
        with self._lock:
            waiting = [each for job, each in self._asked.items() if job.cancel()]
        if waiting:
            self._give_back(waiting)
        self._pool.shutdown()

    def _run(self, delivery: Delivery) -> None:
        try:
            tell(delivery, self._deliver(delivery))
        except Exception as error:  # noqa: BLE001 - the lease runs out, and it is looked up
            log.error("delivery %s stopped midway: %s", delivery.draft.key, error)  # noqa: TRY400
        finally:
            with self._lock:
                self._held -= 1
            self._done()


def tell(delivery: Delivery, outcome: Outcome | None) -> None:
    """Say in one line what an operator should know of; what is in order is silent."""
    key = delivery.draft.key
    if isinstance(outcome, Refused):
        log.error("delivery %s was refused for good: %s", key, outcome.reason)
    elif isinstance(outcome, TryAgain | Uncertain):
        log.warning("delivery %s will be tried again: %s", key, outcome.reason)
