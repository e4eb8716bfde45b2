"""The town: the machines with their processes, what they commit, and how they come and go."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from sqlite3 import Row
from typing import Any

from bot.chat.room.room import Room
from bot.chat.room.transport import RoomTransport
from bot.domain.answer import Answer, AnswerKind, Form
from bot.domain.message import Ask, Message, Tone
from bot.services.ports import Transport
from bot.storage.database import Database
from bot.storage.room import SqlRoom
from tests.simulation.chain import Chain
from tests.simulation.clock import MINUTE, NO_TIME, SECOND, Machine
from tests.simulation.door import Door
from tests.simulation.judge import Judge, View
from tests.simulation.ledger import instant
from tests.simulation.plans import agenda_of
from tests.simulation.process import Process, Setting
from tests.simulation.products import Attempt, Copy, Product, Sort
from tests.simulation.wires import RoomWire, Wire
from tests.simulation.works import Works
from tests.simulation.world import World

LONGEST_DOWNTIME_SECONDS = 3 * 86_400.0


@dataclass(frozen=True, slots=True)
class Layout:
    """What a run is made of: products by name, places behind targets, and how many machines."""

    products: Mapping[str, Product]
    places: Mapping[str, tuple[str, ...]]
    operator: str
    machines: int


class Town:
    """Everything that runs: one process on each machine, and another when it was killed."""

    def __init__(self, world: World, layout: Layout) -> None:
        self.world, self.layout = world, layout
        self.judge, self.chain = Judge(world, layout.places), Chain(world)
        self.setting = Setting(
            world, self.judge, self._wires, layout.operator, shared=layout.machines > 1
        )
        names = "abc"[: layout.machines]
        alone = not self.setting.shared
        self.machines = [Machine(each, world.time, world.now, alone) for each in names]
        self.current: dict[str, Works] = {}
        self.meddle = _no_meddling
        self._runs = 0
        self._answers = self._room = self._plans = 0
        self._see_plans()

    def open(self) -> None:
        """Start a process on each machine."""
        for machine in self.machines:
            self._start(machine)

    def awake(self) -> list[Works]:
        """Return the processes that live and do not stand still."""
        found = (self.current.get(each.name) for each in self.machines)
        return [w for w in found if w and w.alive and w.door.paused_until <= self.world.now]

    def restart(self, machine: Machine) -> None:
        """Start a process where none lives."""
        found = self.current.get(machine.name)
        if found is None or not found.alive:
            self._start(machine)

    def _start(self, machine: Machine) -> None:
        self._runs += 1
        process = Process(self.setting, machine, f"{machine.name}{self._runs}")
        works = Works(process)
        process.door.on_commit = lambda: self._committed(process)
        process.door.on_death = lambda: self._died(process)
        process.door.meddle = lambda: self.meddle(works)
        self.current[machine.name] = works
        self.world.workers = [self.current[m.name] for m in self.machines if m.name in self.current]
        self.world.trace.note(process.name, "starts")
        self.chain.verify(process.database)
        self.world.work(f"{process.name}/start", lambda: self._first(works), works)

    def _first(self, works: Works) -> None:
        """A start that fails ends the process; whoever looks after it starts it anew."""
        try:
            works.start()
        except Exception:
            works.door.kill()
            raise

    def _died(self, process: Process) -> None:
        process.database.close()
        rng, world = self.world.rng, self.world
        longest = LONGEST_DOWNTIME_SECONDS if rng.random() < 0.2 else 120.0
        wait = NO_TIME if world.calm else (1 + rng.random() * longest) * SECOND
        world.trace.note(process.name, "is dead")
        world.at(world.now + wait, "supervisor", lambda: self.restart(process.machine))
        for other in self.awake():
            other.beat_at = world.now + (30 + 10 * rng.random()) * SECOND

    def _committed(self, process: Process) -> None:
        """Take in what a process has just committed, and judge it."""
        self._see_plans()
        self._hear_answers()
        self._see_room(process)
        frame = process.door.frame
        self.judge.changed(process, frame, self.world.ledger.catch_up())
        row = self.world.ledger.rows[frame.delivery.id] if frame.delivery else None
        overtaken = row and frame.delivery and row.attempt != frame.delivery.attempt
        for product in self.layout.products.values() if not overtaken else ():
            product.learn(frame, row, self.world.now)

    def _see_plans(self) -> None:
        found = self.world.disk.look("SELECT id, text FROM plans WHERE rowid > ?", (self._plans,))
        self._plans += len(found)
        for plan, text in found:
            self.judge.newest[plan] = agenda_of(text)

    def _hear_answers(self) -> None:
        chosen = "SELECT * FROM answers WHERE id > ? ORDER BY id"
        for row in self.world.disk.look(chosen, (self._answers,)):
            self._answers = row["id"]
            answer = answer_of(row)
            self.world.known.add(answer)
            self.world.trace.note("ledger", f"answer {answer.id}: {answer.kind} {answer.source}")
            for works in self.current.values():
                works.want_sweep(MINUTE) if len(self.current) > 1 else None

    def _see_room(self, process: Process) -> None:
        product = self.layout.products.get(Sort.KEYED)
        if product is None:
            return
        chosen = "SELECT * FROM room_messages WHERE version > ? ORDER BY version"
        for row in self.world.disk.look(chosen, (self._room,)):
            self._room = row["version"]
            message, attempt = _message(json.loads(row["body"])), process.door.frame.posting
            known = product.by_receipt.get((row["target"], str(row["id"])))
            if known:
                known.content = message
                known.changes += 1
            elif isinstance(attempt, Attempt):
                attempt.begin(self.world.now)
                attempt.end(self.world.now)
                now = instant(row["posted"])
                product.keep(Copy(attempt, message, str(row["id"]), now, now))

    def _wires(self, door: Door, view: View, database: Database) -> Mapping[str, Transport]:
        return dict(
            self._wire(each, door, view, database) for each in self.layout.products.values()
        )

    def _wire(
        self, product: Product, door: Door, view: View, database: Database
    ) -> tuple[str, Transport]:
        if product.sort is not Sort.KEYED:
            return product.name, Wire(product, door, view, self.judge)
        inner = RoomTransport(Room(SqlRoom(database)), view.plan_now)
        return product.name, RoomWire(product, door, view, self.judge, inner)


def answer_of(row: Row) -> Answer:
    """Return the answer that a row holds, read without the code under test."""
    return Answer(
        row["occurrence"], AnswerKind(row["kind"]), row["by"], instant(row["at"]),
        day=date.fromisoformat(row["day"]) if row["day"] else None,
        start=time.fromisoformat(row["start"]) if row["start"] else None,
        end=time.fromisoformat(row["end"]) if row["end"] else None,
        area=row["area"], form=Form(row["form"]) if row["form"] else None, number=row["number"],
        note=row["note"], stand_in=row["stand_in"], source=row["source"] or "",
        corrects=row["corrects"], id=row["id"],
    )  # fmt: skip


def _message(body: dict[str, Any]) -> Message:
    return Message(
        body["key"], body["occurrence"], body["title"], tuple(body["lines"]), Tone(body["tone"]),
        body["late"], body["repeat"], tuple(body["history"]), tuple(Ask(a) for a in body["asks"]),
    )  # fmt: skip


def _no_meddling(works: Works) -> None:
    pass
