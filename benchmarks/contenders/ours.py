"""Ours: the delivery service as ``serve`` and ``worker`` run it, without pages and jobs.

``python -m benchmarks.contenders.ours URL API COUNT CARRIER write|pace|resume|work``
"""

import signal
import sys
import time
from threading import Event

from benchmarks.processes import say
from benchmarks.workload import due, office, set_up, settings
from bot.app.delivery import DeliveryService
from bot.app.office import Office
from bot.domain.delivery import Draft

OPEN = ("pending", "claimed", "uncertain")
LOOK_SECONDS = 0.25


def main(url: str, api: str, count: str, carrier: str, task: str) -> None:
    """Write what is due and deliver it; or deliver what there is; or work until told to end."""
    end = Event()
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    ours = office(url)
    service = DeliveryService(ours, settings(url, carrier))
    set_up(service, api, paced=task == "pace")
    service.start()
    if task == "work":
        say("ready")
        end.wait()
    else:
        found = due(ours, int(count))
        say("begun", time.monotonic())
        if task in {"write", "pace"}:
            write(ours, service, found)
        while left(ours):
            time.sleep(LOOK_SECONDS)
    service.stop()
    say("done", {"cpu": time.process_time()})
    ours.database.close()


def write(ours: Office, service: DeliveryService, found: list[Draft]) -> None:
    """Write the reminders into the ledger, as the scheduler's job does."""
    ours.deliveries.write(found, written=ours.now(), now=service.clock())
    say("added", time.monotonic())
    service.ring()


def left(ours: Office) -> int:
    """Return how many deliveries are not at their end."""
    counts = ours.deliveries.counts()
    return sum(counts.get(state, 0) for state in OPEN)


if __name__ == "__main__":
    main(*sys.argv[1:])
