"""More conversations than a service writes to: the same reminders, channel after channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Self

from bot.app.clocks import shared_clock
from bot.app.office import Office
from bot.domain.errors import DatabaseTroubleError
from bot.services.ports import Clock
from bot.services.timetable import Timetable
from bot.services.upkeep import Upkeep
from tests.chaos.plan import PLAN

ROUND_SECONDS = 60.0


@dataclass
class Feeding:
    """Writes what the plan owes to one channel after the other, each about once a minute.

    The service itself writes to one channel of Slack only. So that deliveries come all the
    time and to many targets at once, the very same code writes for ``channels`` here.
    """

    office: Office
    channels: Sequence[str]
    round_seconds: float = ROUND_SECONDS
    over: Event = field(default_factory=Event)
    faults: list[str] = field(default_factory=list)
    _thread: Thread | None = None

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._run, name="feeding")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        if self._thread:
            self._thread.join()

    def catch_up(self) -> None:
        """Write to every channel what is owed to it by now."""
        clock = shared_clock(self.office.database)
        for channel in self.channels:
            self._feed(channel, clock)

    def _run(self) -> None:
        clock = shared_clock(self.office.database)
        number, rest = 0, self.round_seconds / max(1, len(self.channels))
        while not self.over.wait(rest):
            if not self.channels:
                continue
            try:
                self._feed(self.channels[number % len(self.channels)], clock)
            except DatabaseTroubleError:
                # It is away; this channel's turn comes again when it is back.
                continue
            except Exception as error:  # noqa: BLE001 - it is a fault of the run, and told
                self.faults.append(f"feeding: {error!r}")
            number += 1

    def _feed(self, channel: str, clock: Clock) -> None:
        self.office.reread()
        upkeep = Upkeep(
            self._fresh(),
            self.office.answers,
            self.office.deliveries,
            lambda _plan, _target: [f"slack:{channel}"],
            clock,
            self.office.now,
            # The verdict counts every message by itself.
            gather=None,
        )
        upkeep.remind(PLAN)

    def _fresh(self) -> Mapping[str, Timetable]:
        """Timetables that know of nothing handed over: the ledger must know it by itself."""
        known = self.office.timetables.items()
        return {plan: Timetable(each.agenda, each.since) for plan, each in known}
