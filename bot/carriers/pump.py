"""The pump: keeps what has to be done again and again going, each work in its own thread."""

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

log = logging.getLogger(__name__)

# Whatever a work says, it is asked again after this long: a clock may have been set meanwhile.
LONGEST_REST = timedelta(seconds=60)
REST_AFTER_FAULT = timedelta(seconds=1)

Work = Callable[[], timedelta]


def attempted(work: Work) -> timedelta:
    """Do one round; after one that fails there is another, a little later."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - the ledger holds the work; try again soon
        log.error("could not work on deliveries, will try again: %s", error)  # noqa: TRY400
        return REST_AFTER_FAULT


class Pump:
    """Keeps each of ``works`` going; each says how long it may rest, nothing meaning at once.

    None waits for another, so a product that is slow to show an answer holds up no delivery.
    ``attempt`` does one round, whatever the work raises.
    """

    def __init__(self, *works: Work, attempt: Callable[[Work], timedelta] = attempted) -> None:
        self._attempt, self._closing = attempt, Event()
        self._bells = {each: Event() for each in works}
        pairs = self._bells.items()
        self._threads = [Thread(target=self._run, args=each, daemon=True) for each in pairs]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def ring(self, *works: Work) -> None:
        """End the rest of ``works`` early; there may be something to do."""
        for each in works:
            self._bells[each].set()

    def stop(self) -> None:
        """End after the rounds that run."""
        self._closing.set()
        self.ring(*self._bells)
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _run(self, work: Work, bell: Event) -> None:
        while not self._closing.is_set():
            bell.clear()
            if rest := min(self._attempt(work), LONGEST_REST):
                bell.wait(rest.total_seconds())
