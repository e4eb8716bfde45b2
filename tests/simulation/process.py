"""A process: the real services over the one database, wired as the program wires them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.app.clocks import SteadyClock, following
from bot.domain.answer import Standing
from bot.domain.delivery import Delivery, Node
from bot.domain.occurrence import Occurrence
from bot.services.delivering import Delivering
from bot.services.desk import Desk
from bot.services.planning import Agenda, asked_since
from bot.services.ports import Transport
from bot.services.timetable import Timetable
from bot.services.upkeep import Upkeep
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.plans import SqlPlans
from bot.storage.receipts import SqlReceipts
from tests.simulation.chain import KEY
from tests.simulation.clock import SECOND, Machine
from tests.simulation.disk import watched
from tests.simulation.door import Door
from tests.simulation.judge import Judge, View
from tests.simulation.plans import agenda_of
from tests.simulation.world import World

AT_ONCE = 6

Wires = Callable[[Door, View, Database], Mapping[str, Transport]]


@dataclass(frozen=True, slots=True)
class Setting:
    """What the processes of a run share: the world, its judge, and where messages go."""

    world: World
    judge: Judge
    wires: Wires
    operator: str
    shared: bool


@dataclass(slots=True)
class Queue:
    """The carrier: what was claimed waits here for a thread."""

    world: World
    waiting: list[tuple[datetime, datetime, Delivery]] = field(default_factory=list)
    held: int = 0

    @property
    def free(self) -> int:
        """How many more it takes."""
        return AT_ONCE - self.held

    def enlist(self, connection: object, deliveries: Sequence[Delivery]) -> None:
        """Do nothing, as the carrier of a single process does."""

    def submit(self, deliveries: Sequence[Delivery]) -> None:
        """Take what was claimed; a thread begins with it in a moment."""
        for each in deliveries:
            self.held += 1
            begins = self.world.now + self.world.rng.random() * 0.05 * SECOND
            self.waiting.append((begins, self.world.now, each))

    def start(self) -> None:
        """Do nothing: the process itself takes what waits."""

    def stop(self) -> None:
        """Do nothing: a process here is killed, and never ends in good order."""


class Process:
    """One run of the program on ``machine``; once dead it does nothing any more."""

    def __init__(self, setting: Setting, machine: Machine, name: str) -> None:
        self.setting, self.machine, self.name = setting, machine, name
        self.world = setting.world
        self.door = Door(self.world, machine, name)
        self.steady = SteadyClock(machine.wall, machine.elapsed)
        if setting.shared:
            self.steady = following(self.world.now, machine.since_boot)
        self.node = Node(name, "serve", self.steady())
        self.database = watched(self.world.disk.opened(machine.name), self.door)
        self.answers = SqlAnswers(self.database, KEY)
        self.deliveries = SqlDeliveries(self.database)
        self.agendas: dict[str, Agenda] = {}
        self.door.plans = self.agendas
        self.timetables: dict[str, Timetable] = {}
        self.versions: dict[str, int] = {}
        self._adopted: dict[str, list[tuple[Agenda, datetime]]] = {}
        self.queue = Queue(self.world)
        self.delivering = Delivering(
            self.agendas, self.answers, self.deliveries,
            setting.wires(self.door, self, self.database), _render,
            self.steady, self.door.plan_clock, self.world.rng.random, setting.operator, name,
        )  # fmt: skip
        self.upkeep = Upkeep(
            self.timetables, self.answers, self.deliveries,
            lambda _plan, target: setting.judge.places[target], self.steady, self.door.plan_clock,
            # The judge counts every message by itself.
            gather=None,
        )  # fmt: skip

    @property
    def alive(self) -> bool:
        """Whether it was not killed yet."""
        return self.door.alive

    def desk(self, changed: Callable[[Occurrence], None]) -> Desk:
        """Return the desk that takes answers here."""
        receipts = SqlReceipts(self.database)
        return Desk(self.agendas, self.answers, receipts, self.machine.wall, changed)

    def plan_now(self) -> datetime:
        """Return what the plan's clock shows."""
        return self.machine.wall()

    def lease_now(self) -> datetime:
        """Return what the clock of leases shows."""
        return self.steady()

    def since(self, plan: str, occurrence: str) -> datetime:
        """Return when the plan began to ask for an occurrence: the first text that had it."""
        return min(at for agenda, at in self._adopted[plan] if occurrence in agenda.by_id)

    def always_in(self, plan: str, occurrence: str) -> bool:
        """Whether every version of the plan has an occurrence, from the first that had it on."""
        had = [occurrence in agenda.by_id for agenda, _at in self._adopted[plan]]
        return any(had) and all(had[had.index(True) :])

    def take_in(self) -> list[str]:
        """Put in force what was adopted since; return the plans that changed."""
        kept = SqlPlans(self.database)
        newer = [p for p, n in kept.newest().items() if n > self.versions.get(p, 0)]
        for plan, every in kept.versions().items() if newer else ():
            if plan in newer:
                read = [(agenda_of(each.text), each.adopted) for each in every]
                self.timetables[plan] = Timetable(read[-1][0], asked_since(read))
                self.versions[plan] = every[-1].version
                self.agendas[plan] = read[-1][0]
                self._adopted[plan] = read
        return newer


def _render(occurrence: Occurrence, standing: Standing) -> bytes:
    return f"{occurrence.day} {standing.sequence}".encode()
