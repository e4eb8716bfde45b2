"""The door of a process: each step that it takes out of it may be its last."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NoReturn

from bot.services.planning import Agenda
from tests.simulation.clock import NO_TIME, SECOND, Machine
from tests.simulation.faults import Crash, Fault
from tests.simulation.world import Frame, Reading, World

LONGEST_PAUSE_SECONDS = 400.0
STATEMENTS = 6


class Door:
    """Where one process meets the outside: time passes here, others come first, or it dies.

    ``meddle`` is what others do at the worst moment; ``wrote`` hears of each commit;
    ``plans`` are those in force in the process.
    """

    def __init__(self, world: World, machine: Machine, name: str) -> None:
        self.world, self.machine, self.name = world, machine, name
        self.alive, self.paused_until = True, world.now
        self.on_death: Callable[[], object] = _nothing
        self.on_commit: Callable[[], object] = _nothing
        self.meddle: Callable[[], object] = _nothing
        self.plans: Mapping[str, Agenda] = {}

    @property
    def frame(self) -> Frame:
        """The work under way, which is this process's own."""
        return self.world.frames[-1]

    def step(self, port: str, what: str) -> Fault | None:
        """Take a step; return the fault that it meets, if it is one for the port itself."""
        self.check()
        fault = self.world.fate(port)
        if fault is None:
            return None
        self.world.trace.note(self.frame.key, f"{what}: {fault}")
        if fault is Fault.CRASH:
            self.die()
        if fault in {Fault.PAUSE, Fault.OTHERS}:
            self._let_others(fault)
            return None
        self.frame.hurt |= port in {"read", "write"}
        return fault

    def pass_time(self, span: timedelta) -> None:
        """Wait for an answer; what it takes beyond that, while others are at work, is a stall."""
        self.frame.stalled += self.world.pass_time(span)
        self.check()

    def check(self) -> None:
        """Go no further when the process was killed in the meantime."""
        if not self.alive:
            raise Crash

    def die(self) -> NoReturn:
        """End the process here and now."""
        self.kill()
        raise Crash

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        self.alive = False
        self.world.counts["crashes"] += 1
        self.on_death()

    def pause(self, span: timedelta) -> None:
        """Stop the whole process for a while."""
        self.paused_until = max(self.paused_until, self.world.now + span)

    def reads(self) -> None:
        """Note what it can know from now on."""
        frame, known = self.frame, len(self.world.known.every)
        reading = Reading(known, self.world.now, self._holds(frame), self.machine.settings)
        frame.reads.append(reading)
        frame.stalled = NO_TIME

    def plan_clock(self) -> datetime:
        """Let the work under way look at the plan's clock."""
        shown = self.machine.wall()
        if self.world.frames:
            self.frame.clock, self.frame.plans = shown, dict(self.plans)
        return shown

    def wrote(self) -> None:
        """Note that a transaction was committed."""
        self.on_commit()

    def which_statement(self) -> int:
        """Choose the statement of a transaction at which it breaks."""
        return self.world.rng.randrange(1, STATEMENTS)

    def lease_left(self, clock: datetime) -> timedelta | None:
        """Return how long the work's delivery is still its own, by the clock of leases."""
        delivery = self.frame.delivery
        ends = delivery.lease_until if delivery else None
        return ends - clock if ends else None

    def _holds(self, frame: Frame) -> bool:
        if frame.delivery is None:
            return True
        row = self.world.ledger.rows[frame.delivery.id]
        return row.state == "claimed" and row.attempt == frame.delivery.attempt

    def _let_others(self, fault: Fault) -> None:
        before = self.world.now
        if fault is Fault.PAUSE:
            span = self.world.rng.random() * LONGEST_PAUSE_SECONDS * SECOND
            self.pause(span)
            self.world.pass_time(span)
        else:
            self.meddle()
        self.frame.stalled += self.world.now - before
        self.check()


def _nothing() -> None:
    pass
