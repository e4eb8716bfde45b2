"""Faults: what can go wrong at a port, how often, and how a run stops over one of ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Protocol

from bot.domain.errors import DatabaseTroubleError

MOST_ROUGH_STEPS = 900


class Crash(BaseException):
    """The process is killed at this very point; nothing of ours may catch it."""


class Breach(BaseException):
    """A promise was broken; nothing of ours may catch it."""

    def __init__(self, rule: str, facts: str) -> None:
        super().__init__(f"{rule}: {facts}")
        self.rule, self.facts = rule, facts


class Fault(StrEnum):
    """What can happen at a step of a process, where it meets the outside."""

    # Anywhere.
    CRASH = "crash"
    PAUSE = "pause"
    OTHERS = "others"
    # Where the database is written, or read.
    LOCKED = "locked"
    BROKEN = "broken"
    FULL = "full"
    KILLED = "killed"
    UNCLEAR = "unclear"
    # Where a product is called.
    LIMITED = "limited"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    LOST = "lost"
    KEPT = "kept"
    SLOW = "slow"
    LATE = "late"
    MISSED = "missed"
    CUT = "cut"


ANYWHERE = (Fault.CRASH, Fault.PAUSE, Fault.OTHERS)
WRITING = (Fault.LOCKED, Fault.BROKEN, Fault.FULL, Fault.KILLED, Fault.UNCLEAR)
CALLING = (
    Fault.LIMITED,
    Fault.UNREACHABLE,
    Fault.REFUSED,
    Fault.LOST,
    Fault.KEPT,
    Fault.SLOW,
    Fault.LATE,
    Fault.CUT,
)
# What can happen at each kind of step.
PORTS: Mapping[str, tuple[Fault, ...]] = {
    "read": (*ANYWHERE, Fault.LOCKED),
    "write": (*ANYWHERE, *WRITING),
    "post": (*ANYWHERE, *CALLING),
    "enclose": (*ANYWHERE, *CALLING),
    "update": (*ANYWHERE, *CALLING),
    "find": (*ANYWHERE, Fault.LIMITED, Fault.UNREACHABLE, Fault.SLOW),
    "done": (Fault.CRASH, Fault.OTHERS),
}


class Fates(Protocol):
    """Decides what befalls each step that is taken."""

    def draw(self, port: str) -> Fault | None:
        """Return the fault that happens at the next step, which is one of ``port``."""


@dataclass(slots=True)
class Chance:
    """Each fault comes with its own likelihood, wherever it can happen.

    After ``steps`` the rough times are over: what faults bring about takes steps of its own,
    and a seed shall not live through them without end.
    """

    rng: Random
    odds: Mapping[Fault, float]
    steps: int = MOST_ROUGH_STEPS

    def draw(self, port: str) -> Fault | None:
        """Return the fault that happens; mostly none."""
        self.steps -= 1
        if self.steps < 0:
            return None
        left = self.rng.random()
        for fault in PORTS[port]:
            left -= self.odds.get(fault, 0.0)
            if left < 0:
                return fault
        return None


@dataclass(slots=True)
class Script:
    """Just the faults that are written down, by the numbers of the steps; ``ports`` are all."""

    faults: Mapping[int, Fault] = field(default_factory=dict)
    ports: list[str] = field(default_factory=list)

    def draw(self, port: str) -> Fault | None:
        """Return the fault of this step, and remember its port."""
        self.ports.append(port)
        return self.faults.get(len(self.ports))


class Calm:
    """Nothing goes wrong."""

    def draw(self, port: str) -> Fault | None:
        """Return no fault."""
        return None


def database_error(text: str) -> DatabaseTroubleError:
    """Return what SQLAlchemy raises when SQLite says ``text``."""
    return DatabaseTroubleError(text)
