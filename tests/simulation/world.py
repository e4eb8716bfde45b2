"""The world: its time, what is going to happen in it, and whose turn it is."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Protocol

from bot.domain.answer import Answer
from bot.domain.delivery import Delivery
from bot.domain.errors import DatabaseTroubleError
from bot.services.planning import Agenda
from tests.simulation.clock import NO_TIME, Time
from tests.simulation.disk import Disk
from tests.simulation.faults import Breach, Calm, Crash, Fates, Fault
from tests.simulation.ledger import Ledger
from tests.simulation.trace import Trace

# How many works may be under way at once, one waiting within the other.
DEEPEST = 4
MOST_EVENTS = 400_000


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something to do at an instant, under a name that says whose work it is."""

    at: datetime
    number: int
    key: str
    act: Callable[[], object] = field(compare=False)
    worker: "Worker | None" = field(default=None, compare=False)


class Worker(Protocol):
    """A process, as the world sees it."""

    name: str
    busy: set[str]

    @property
    def alive(self) -> bool:
        """Whether it was not killed yet."""

    def events(self) -> Iterator[Event]:
        """Return what it will do next, and when."""

    def stop(self) -> None:
        """Let go of the database."""

    def failed(self, key: str) -> None:
        """Hear that a work of its own was broken off by an error."""


@dataclass(slots=True)
class Frame:
    """A work under way, and the delivery that it is about.

    ``reads`` tells what it knew at each look at the database, and when; ``clock`` what the
    plan's clock showed when it last looked there, ``plans`` which plans were in force then.
    ``stalled`` is for how long it has stood still, against its will, since the last of them.
    ``posting`` is what it is handing to the room, ``hurt`` that the database failed it,
    ``died`` that its process was killed.
    """

    key: str
    worker: Worker | None
    begun: datetime
    delivery: Delivery | None = None
    reads: list["Reading"] = field(default_factory=list)
    clock: datetime | None = None
    plans: Mapping[str, Agenda] = field(default_factory=dict)
    stalled: timedelta = NO_TIME
    searched: datetime | None = None
    posting: object = None
    hurt: bool = False
    died: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A look at the database: how many answers were in it, and if the delivery was still ours."""

    answers: int
    at: datetime
    held: bool
    settings: int


@dataclass(slots=True)
class Known:
    """The answers that are committed, in the order in which that happened."""

    every: list[Answer] = field(default_factory=list)
    about: dict[str, list[tuple[int, Answer]]] = field(default_factory=dict)

    def add(self, answer: Answer) -> None:
        """Take in one that was committed."""
        self.every.append(answer)
        self.about.setdefault(answer.occurrence, []).append((len(self.every), answer))

    def of(self, occurrence: str, up_to: int | None = None) -> tuple[Answer, ...]:
        """Return what was said of an occurrence, by the time there were ``up_to`` in all."""
        found = self.about.get(occurrence, [])
        return tuple(each for number, each in found if up_to is None or number <= up_to)


class World:
    """Runs what happens in the order of time; works that wait let others come in between."""

    def __init__(self, rng: Random, begins: datetime, disk: Disk, fates: Fates) -> None:
        self.rng, self.disk, self.fates = rng, disk, fates
        self.time = Time(begins)
        self.trace = Trace(self.time)
        self.ledger = Ledger(disk)
        self.known = Known()
        self.workers: list[Worker] = []
        self.frames: list[Frame] = []
        self.counts: Counter[str] = Counter()
        self.calm = False
        self._heap: list[Event] = []
        self._number = 0

    @property
    def now(self) -> datetime:
        """What the time really is."""
        return self.time.now

    def calm_down(self) -> None:
        """Let nothing go wrong any more."""
        self.fates, self.calm = Calm(), True
        self.trace.note("world", "calm")

    def at(self, when: datetime, key: str, act: Callable[[], object]) -> None:
        """Let ``act`` happen at ``when``."""
        self._number += 1
        heappush(self._heap, Event(max(when, self.now), self._number, key, act))

    def run(self, until: datetime) -> None:
        """Let everything happen that is to happen by ``until``."""
        while event := self._next(until):
            self.counts["events"] += 1
            if self.counts["events"] > MOST_EVENTS:
                raise Breach("it never comes to rest", event.key)
            self.time.forward(event.at)
            self.work(event.key, event.act, event.worker)
        self.time.forward(until)

    def pass_time(self, span: timedelta) -> timedelta:
        """Let ``span`` pass for the work under way; return how much more it became."""
        until = self.now + span
        if len(self.frames) < DEEPEST:
            self.run(until)
        self.time.forward(until)
        return self.now - until

    def work(self, key: str, act: Callable[[], object], worker: Worker | None) -> None:
        """Do ``act`` as a work of ``worker``, whatever becomes of it."""
        with self._frame(Frame(key, worker, self.now)):
            try:
                act()
            except Crash:
                self.frames[-1].died = True
                self.trace.note(key, "died")
            except DatabaseTroubleError as error:
                self.trace.note(key, f"failed: {error}")
                if worker and worker.alive:
                    worker.failed(key)
            except Exception as error:
                raise Breach("an error that nobody expects", f"{key}: {error!r}") from error

    def fate(self, port: str) -> Fault | None:
        """Return what befalls the step that is taken now."""
        self.counts["steps"] += 1
        fault = self.fates.draw(port)
        if fault:
            self.counts["faults"] += 1
        return fault

    @contextmanager
    def _frame(self, frame: Frame) -> Iterator[None]:
        self.frames.append(frame)
        if frame.worker:
            frame.worker.busy.add(frame.key)
        try:
            yield
        finally:
            self.frames.pop()
            if frame.worker:
                frame.worker.busy.discard(frame.key)

    def _next(self, until: datetime) -> Event | None:
        found = [self._heap[0]] if self._heap else []
        for worker in self.workers:
            if worker.alive:
                found += worker.events()
        if not found:
            return None
        first = min(found)
        if first.at > until:
            return None
        ready = [each for each in found if each.at <= max(first.at, self.now)]
        chosen = first if len(ready) == 1 else self.rng.choice(ready)
        if self._heap and chosen is self._heap[0]:
            heappop(self._heap)
        return chosen
