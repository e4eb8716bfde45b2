"""Racing: one contender does all the work once, undisturbed or killed midway."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.processes import PATIENCE_SECONDS, Running, Stuck, running
from benchmarks.product import Product, Taken

KILLED_AT = 0.4
LOOK_SECONDS = 0.2

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One run: from the first thing done until the product has taken the last message.

    ``adding`` is the part of it before which nothing may be sent, ``cpu`` what the contender's
    own processes used, ``count`` how many messages there should be.
    """

    count: int
    seconds: float
    adding: float
    cpu: float
    taken: Taken

    @property
    def lost(self) -> int:
        """How many messages never came."""
        return self.count - self.taken.different


@dataclass(frozen=True, slots=True)
class Team:
    """Workers, what gives them work, and what tells how much of it is left."""

    workers: Sequence[Command]
    give: Callable[[], None]
    left: Callable[[], int]


def alone(product: Product, command: Command, count: int, *, adds: bool = True) -> Run:
    """Let one process do everything."""
    product.forget()
    with running(*command) as process:
        begun = float(process.hear("begun"))
        added = float(process.hear("added")) if adds else begun
        cpu = float(process.facts()["cpu"])
        taken = product.taken()
    return Run(count, taken.last - begun, added - begun, cpu, taken)


def alone_and_killed(product: Product, first: Command, again: Command, count: int) -> Run:
    """Kill the process when it has done two fifths, and start it again at once."""
    product.forget()
    with running(*first) as process:
        begun = float(process.hear("begun"))
        product.until(int(KILLED_AT * count))
        process.kill()
    with running(*again) as process:
        cpu = float(process.facts()["cpu"])
        taken = product.taken()
    return Run(count, taken.last - begun, 0.0, cpu, taken)


def together(product: Product, team: Team, count: int) -> Run:
    """Let the workers share the work."""
    return _shared(product, team, count, kills=False)


def together_and_killed(product: Product, team: Team, count: int) -> Run:
    """Kill the first worker when two fifths are done, and start it again at once."""
    return _shared(product, team, count, kills=True)


def _shared(product: Product, team: Team, count: int, *, kills: bool) -> Run:
    product.forget()
    with ExitStack() as stack:
        workers = [_ready(stack, each) for each in team.workers]
        begun = time.monotonic()
        team.give()
        added = time.monotonic()
        if kills:
            product.until(int(KILLED_AT * count))
            workers[0].kill()
            workers[0] = _ready(stack, team.workers[0])
        _until_none_is_left(team)
        taken = product.taken()
        cpu = sum(float(each.end()["cpu"]) for each in workers)
    return Run(count, taken.last - begun, added - begun, cpu, taken)


def _ready(stack: ExitStack, command: Command) -> Running:
    process = stack.enter_context(running(*command))
    process.hear("ready")
    return process


def _until_none_is_left(team: Team) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while left := team.left():
        if time.monotonic() > end:
            raise Stuck(f"{left} were left after {PATIENCE_SECONDS} s")
        time.sleep(LOOK_SECONDS)
