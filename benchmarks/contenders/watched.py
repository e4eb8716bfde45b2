"""Ours, watched: ``serve`` or ``worker`` as it is, but noting when it claimed what.

``python -m benchmarks.contenders.watched FILE API FIRST COUNT serve|worker …``

Each claim is a line of FILE. With an API it posts to that stand-in. With a COUNT it owes so
many reminders beside those of its plans, ten a second from the instant FIRST on: a job of its
scheduler writes them when they are due, and rings, as it does for every commitment.
"""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from benchmarks.claims import INTERVAL, note
from benchmarks.workload import due, set_up
from bot.app.delivery import DeliveryService
from bot.app.service import Service
from bot.cli.main import main as run
from bot.domain.delivery import Draft
from bot.storage.deliveries import SqlDeliveries

SWEEP = timedelta(seconds=2)


class Owing:
    """The job that owes reminders one after another."""

    def __init__(self, service: Service, first: datetime, count: int) -> None:
        self._service = service
        self._at = [first + INTERVAL * each for each in range(count)]
        self._drafts = due(service.office, count, now=service.office.now())
        self._written = 0

    def told(self) -> dict[str, float]:
        """When each is due, by its key."""
        return {d.key: at.timestamp() for d, at in zip(self._drafts, self._at, strict=True)}

    def next_instant(self, after: datetime) -> datetime | None:
        """When the next one is due; and once more after the last, as the sweep would."""
        return next((each for each in [*self._at, self._at[-1] + SWEEP] if each > after), None)

    def write(self) -> None:
        """Write what is due by now, and ring."""
        now = self._service.office.now()
        by_now = sum(1 for each in self._at if each <= now)
        owed: Sequence[Draft] = self._drafts[self._written : by_now]
        self._written = by_now
        ledger, clock = self._service.office.deliveries, self._service.delivery.clock
        if owed and ledger.write(owed, written=now, now=clock()):
            self._service.delivery.ring()


def main(path: str, api: str, first: str, count: str, *words: str) -> int:
    """Run the command in ``words``, watched."""
    with Path(path).open("w", encoding="utf-8", buffering=1) as file:
        _watch(file)
        if api:
            _post_to(api)
        if int(count):
            _owe(datetime.fromtimestamp(float(first), UTC), int(count), file)
        return run(words)


def _watch(file: IO[str]) -> None:
    claim = SqlDeliveries.claim

    def noted(*given: Any) -> Any:
        found = claim(*given)
        if found:
            note(file, "claimed", {each.draft.key: time.time() for each in found})
        return found

    SqlDeliveries.claim = noted  # type: ignore[method-assign,assignment]


def _post_to(api: str) -> None:
    start = DeliveryService.start

    def started(service: DeliveryService) -> None:
        set_up(service, api)
        start(service)

    DeliveryService.start = started  # type: ignore[method-assign,assignment]


def _owe(first: datetime, count: int, file: IO[str]) -> None:
    start: Callable[[Service], None] = Service.start

    def started(service: Service) -> None:
        owing = Owing(service, first, count)
        note(file, "due", owing.told())
        service.scheduler.add("owing", "owing", owing.next_instant, owing.write)
        start(service)

    Service.start = started  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
