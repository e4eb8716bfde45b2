"""The clocks: the wall's, and one that never goes back, for leases and rests."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

from bot.storage.database import Database

log = logging.getLogger(__name__)

# Time servers turn a clock back by less than this, and nobody need hear of it.
WORTH_TELLING = timedelta(seconds=5)


def wall_now() -> datetime:
    """Return the real time, as this machine's clock has it."""
    return datetime.now(UTC)


def since_boot() -> float:
    """Return the seconds since this machine was started, asleep or awake where it can tell."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(slots=True)
class SteadyClock:
    """A clock that follows the wall's forwards and never back; rests and leases are on it.

    When the wall's clock is set back it goes on at its own pace, says so once in the log, and
    ``set_back`` tells how far it is ahead.
    """

    wall: Callable[[], datetime] = wall_now
    elapsed: Callable[[], float] = time.monotonic
    set_back: timedelta = timedelta()
    _lock: Lock = field(default_factory=Lock)
    _shown: datetime = field(init=False)
    _read: float = field(init=False)

    def __post_init__(self) -> None:
        self._shown, self._read = self.wall(), self.elapsed()

    def __call__(self) -> datetime:
        """Return the instant that it shows; never earlier than the one before."""
        with self._lock:
            wall, read = self.wall(), self.elapsed()
            own = self._shown + timedelta(seconds=max(0.0, read - self._read))
            self._shown, self._read = max(wall, own), read
            self._tell(own - wall)
            return self._shown

    def _tell(self, ahead: timedelta) -> None:
        if ahead > self.set_back + WORTH_TELLING:
            log.warning(
                "Datorns klocka har ställts tillbaka med %s. Inget skickas två gånger; "
                "påminnelser följer den nya tiden.",
                timedelta(seconds=round((ahead - self.set_back).total_seconds())),
            )
            self.set_back = ahead
        elif ahead < self.set_back - WORTH_TELLING:
            self.set_back = max(ahead, timedelta())


def shared_clock(database: Database) -> SteadyClock:
    """Return the clock of leases: this machine's, or the server's where processes share one.

    Machines disagree about the time; those that take over from one another must not.
    """
    theirs = database.server_time()
    return SteadyClock() if theirs is None else following(theirs, since_boot)


def following(theirs: datetime, elapsed: Callable[[], float]) -> SteadyClock:
    """Return a clock that goes on from ``theirs``, whatever the wall's clock is set to.

    ``elapsed`` counts on while the machine sleeps. One whose clock was set ahead would else
    see the leases of all others run out, and send what they are sending.
    """
    began, own = elapsed(), SteadyClock()

    def shown() -> datetime:
        own()  # says so in the log when this machine's clock is set back
        return theirs + timedelta(seconds=elapsed() - began)

    return SteadyClock(shown, elapsed)
