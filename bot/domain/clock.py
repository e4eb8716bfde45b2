"""The plan's clock: real time, or a virtual one that runs from a given instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class PlanClock:
    """Maps the machine's instants to the plan's and back.

    At the machine's ``origin`` the plan's clock shows ``start``; from there it runs
    ``speed`` times as fast, up to ``end`` if there is one.
    """

    origin: datetime
    start: datetime
    speed: float = 1.0
    end: datetime | None = None

    @property
    def virtual(self) -> bool:
        """Whether it shows anything but the real time."""
        return self.start != self.origin or self.speed != 1.0

    def plan(self, machine: datetime) -> datetime:
        """Return what the plan's clock shows at an instant of the machine's clock."""
        shown = self.start + (machine - self.origin) * self.speed
        return min(shown, self.end) if self.end else shown

    def machine(self, plan: datetime) -> datetime | None:
        """Return when the plan's clock will show ``plan``; None when it never will."""
        if self.end and plan > self.end:
            return None
        # Rounded up, so that at that instant the plan's clock is never a hair too early.
        return self.origin + (plan - self.start) / self.speed + timedelta(microseconds=1)


def real_clock(now: datetime) -> PlanClock:
    """Return the clock that shows the real time."""
    return PlanClock(now, now)
