"""The wires: transports of a process, on which a call may be lost, held up or refused."""

from dataclasses import dataclass
from datetime import timedelta

from bot.chat.room.transport import RoomTransport
from bot.domain.delivery import (
    Found,
    Outcome,
    Refused,
    Sent,
    Sought,
    TryAgain,
    Uncertain,
    Unsearchable,
)
from bot.domain.message import Enclosure, Message
from tests.simulation.clock import NO_TIME, SECOND
from tests.simulation.door import Door
from tests.simulation.faults import Breach, Fault
from tests.simulation.judge import Judge, View
from tests.simulation.products import (
    LONGEST_CALL,
    LONGEST_LAG,
    TIME_OUT,
    Attempt,
    Limit,
    Product,
    Sort,
)

LONGEST_LIMIT_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Wire:
    """The way from one process to one product; implements ``Transport``."""

    product: Product
    door: Door
    view: View
    judge: Judge

    @property
    def pace(self) -> timedelta:
        """What the product asks for."""
        return self.product.pace

    @property
    def encloses(self) -> bool:
        """Whether the product takes files."""
        return self.product.encloses

    @property
    def retells(self) -> bool:
        """No: a town has no threads."""
        return False

    def post(self, message: Message, *, address: str) -> Outcome:
        """Post, as far as the wire allows."""
        return self._send("post", message, message.key, address)

    def enclose(self, enclosure: Enclosure, *, address: str) -> Outcome:
        """Post a file, as far as the wire allows."""
        return self._send("enclose", enclosure, enclosure.key, address)

    def find(self, sought: Sought, *, address: str) -> Found:
        """Search; no answer is no answer, and an answer may lag behind."""
        fault = self.door.step("find", f"looks up {sought.key}")
        self._mind_the_limit(address)
        if self.product.sort is Sort.MARKED:
            return Unsearchable()
        self.door.pass_time(self._quick())
        if fault is Fault.LIMITED:
            return self._limit(address)
        if fault:
            self.door.pass_time(TIME_OUT if fault is Fault.SLOW else NO_TIME)
            return TryAgain("no answer to a search")
        self.door.frame.searched = now = self.door.world.now
        found = self.product.find(sought, address=address, now=now)
        self.door.world.trace.note(self.door.frame.key, f"{sought.key}: {found}")
        return found

    def update(self, message: Message, *, address: str, receipt: str) -> Outcome:
        """Show other words, as far as the wire allows."""
        before = self.product.changes(address=address, receipt=receipt)
        try:
            return self._update(message, address, receipt)
        finally:
            self.product.crossing(self.door.frame, address=address, receipt=receipt, before=before)

    def _update(self, message: Message, address: str, receipt: str) -> Outcome:
        fault = self.door.step("update", f"updates {message.key}")
        if self.product.sort is Sort.MARKED:
            return Refused("what was mailed stays as it is")
        self.door.world.trace.note(self.door.frame.key, f"updates {message.key}")
        self._mind_the_limit(address)
        self.door.pass_time(self._quick())
        if fault is Fault.LIMITED:
            return self._limit(address)
        if fault is Fault.UNREACHABLE:
            return TryAgain("no route to it")
        if fault not in {Fault.LOST, Fault.REFUSED} and not self.product.change(
            message, address=address, receipt=receipt
        ):
            return Refused("there is no such message")
        if fault is Fault.CUT:
            self.door.die()
        if fault is Fault.REFUSED:
            self._delete(address, receipt)
            return Refused("the message was deleted")
        return Uncertain("no answer") if fault else Sent(receipt)

    def _send(self, port: str, content: Message | Enclosure, key: str, address: str) -> Outcome:
        frame, world = self.door.frame, self.door.world
        fault = self.door.step(port, f"{port}s {key}")
        self._mind_the_limit(address)
        number = frame.delivery.attempt if frame.delivery else 0
        attempt = Attempt(
            key, address, self.door.name, number, frame, self.door.machine, frame.searched
        )
        self.judge.begins(self.view, frame, attempt, content)
        world.trace.note(frame.key, f"{port}s {key}, attempt {number}")
        self._refuse_crowds(attempt)
        attempt.begin(world.now)
        self.product.flying.append(attempt)
        try:
            return self._travel(fault, attempt, content)
        finally:
            attempt.end(world.now)
            self.product.flying.remove(attempt)

    def _travel(
        self, fault: Fault | None, attempt: Attempt, content: Message | Enclosure
    ) -> Outcome:
        world = self.door.world
        if fault is Fault.UNREACHABLE:
            return TryAgain("no route to it")
        if fault in {Fault.SLOW, Fault.LATE}:
            return self._slowly(fault, attempt, content)
        self.door.pass_time(self._quick())
        if fault in {Fault.LIMITED, Fault.REFUSED}:
            limited = fault is Fault.LIMITED
            return self._limit(attempt.address) if limited else Refused("it will not have it")
        if fault is Fault.LOST:
            self.door.pass_time(TIME_OUT)
            return Uncertain("no answer; it never arrived")
        copy = self.product.take(attempt, content, now=world.now, lag=self._lag())
        if fault is Fault.CUT:
            self.door.die()
        self.door.pass_time(self._quick())
        if fault is Fault.KEPT:
            return Uncertain("no answer; it arrived")
        return Sent(copy.receipt)

    def _slowly(self, fault: Fault, attempt: Attempt, content: Message | Enclosure) -> Outcome:
        """A call that takes up to its time-out, or longer; then nobody waits any more."""
        world, chance = self.door.world, self.door.world.rng.random()
        if fault is Fault.SLOW:
            self.door.pass_time(chance * TIME_OUT)
            copy = self.product.take(attempt, content, now=world.now, lag=self._lag())
            self.door.pass_time((1 - chance) * TIME_OUT)
            return Sent(copy.receipt)
        begun, lag = world.now, self._lag()
        arrives = begun + TIME_OUT + chance * (LONGEST_CALL - TIME_OUT)
        world.at(arrives, "network", lambda: self._arrive_late(attempt, content, lag))
        self.door.pass_time(TIME_OUT)
        return Uncertain("no answer in time")

    def _arrive_late(self, attempt: Attempt, content: Message | Enclosure, lag: timedelta) -> None:
        world = self.door.world
        world.trace.note("network", f"{attempt.key} arrives late")
        self.product.take(attempt, content, now=world.now, lag=lag)

    def _refuse_crowds(self, attempt: Attempt) -> None:
        """At most one delivery is on its way to one place, unless a lease ran out."""
        now = self.door.world.now
        for other in self.product.flying:
            same = other.address == attempt.address
            if same and not other.disturbed(now):
                raise Breach("two on their way to one place", f"{attempt.key}, {other.key}")

    def _mind_the_limit(self, address: str) -> None:
        """A product that asked for silence is left in peace by whoever could know it."""
        limit, world = self.product.limits.get(address), self.door.world
        if limit is None or limit.known is None or self.door.frame.begun <= limit.known:
            return
        if limit.settings == world.counts["clocks"] and world.now < limit.until - SECOND:
            raise Breach("called a product that asked for silence", f"{address}: {limit.until}")

    def _limit(self, address: str) -> TryAgain:
        world = self.door.world
        asked = (1 + world.rng.random() * LONGEST_LIMIT_SECONDS) * SECOND
        limit = Limit(world.now + asked, self.door.frame, world.counts["clocks"])
        self.product.limits[address] = limit
        return TryAgain("too many calls", asked, target_wide=True)

    def _delete(self, address: str, receipt: str) -> None:
        if copy := self.product.by_receipt.get((address, receipt)):
            copy.deleted = True

    def _quick(self) -> timedelta:
        return (0.1 + self.door.world.rng.random()) * SECOND

    def _lag(self) -> timedelta:
        return self.door.world.rng.random() * LONGEST_LAG


@dataclass(frozen=True, slots=True)
class RoomWire:
    """The real room over the real database; whatever goes wrong goes wrong there."""

    product: Product
    door: Door
    view: View
    judge: Judge
    inner: RoomTransport

    @property
    def pace(self) -> timedelta:
        """The room's own."""
        return self.inner.pace

    @property
    def encloses(self) -> bool:
        """The room's own."""
        return self.inner.encloses

    @property
    def retells(self) -> bool:
        """The room's own."""
        return self.inner.retells

    def post(self, message: Message, *, address: str) -> Outcome:
        """Post to the room."""
        frame = self.door.frame
        number = frame.delivery.attempt if frame.delivery else 0
        attempt = Attempt(message.key, address, self.door.name, number, frame, self.door.machine)
        self.judge.begins(self.view, frame, attempt, message)
        self.door.world.trace.note(frame.key, f"posts {message.key}, attempt {number}")
        frame.posting = attempt
        return self.inner.post(message, address=address)

    def enclose(self, enclosure: Enclosure, *, address: str) -> Outcome:
        """Let the room answer."""
        return self.inner.enclose(enclosure, address=address)

    def find(self, sought: Sought, *, address: str) -> Found:
        """Let the room answer."""
        return self.inner.find(sought, address=address)

    def update(self, message: Message, *, address: str, receipt: str) -> Outcome:
        """Change the words in the room."""
        world = self.door.world
        world.trace.note(self.door.frame.key, f"updates {message.key}: {message.history[-1:]}")
        before = self.product.changes(address=address, receipt=receipt)
        try:
            return self.inner.update(message, address=address, receipt=receipt)
        finally:
            self.product.crossing(self.door.frame, address=address, receipt=receipt, before=before)
