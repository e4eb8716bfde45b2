"""Virtual time: what it really is, and what the clocks of a machine make of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

NO_TIME = timedelta()
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(slots=True)
class Time:
    """What the time really is; products and people live by it. It never goes back."""

    now: datetime

    def forward(self, to: datetime) -> None:
        """Let it be ``to``, unless it is later already."""
        self.now = max(self.now, to)


@dataclass(slots=True)
class Machine:
    """A computer: its wall clock may be set, and its other clock stands still while it sleeps.

    ``own_leases`` says that the clock of leases follows the one on the wall, and not that of a
    server; then ``settings`` counts how often it leapt.
    """

    name: str
    time: Time
    began: datetime
    own_leases: bool
    ahead: timedelta = NO_TIME
    slept: timedelta = NO_TIME
    settings: int = 0

    def wall(self) -> datetime:
        """Return what the clock on its wall shows."""
        return self.time.now + self.ahead

    def elapsed(self) -> float:
        """Return the seconds for which it has been awake."""
        return (self.time.now - self.began - self.slept).total_seconds()

    def since_boot(self) -> float:
        """Return the seconds since it was started, those of its sleep too."""
        return (self.time.now - self.began).total_seconds()

    def true(self, wall: datetime) -> datetime:
        """Return when its wall clock shows ``wall``, if nobody sets it before."""
        return wall - self.ahead

    def set(self, ahead: timedelta) -> None:
        """Set its wall clock, so that it is ``ahead`` of the true time."""
        self.ahead = ahead
        self.settings += self.own_leases

    def sleep(self, span: timedelta) -> None:
        """Note that it slept: the wall's clock knows of it, the other does not."""
        self.slept += span
        self.settings += self.own_leases
