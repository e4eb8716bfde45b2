"""The ledger of deliveries: who was told what, and what is still to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    select,
    tuple_,
    update,
)

from bot.domain.delivery import (
    Delivery,
    DeliveryState,
    Draft,
    Node,
    Outcome,
    Part,
    Rest,
    TryAgain,
    Uncertain,
)
from bot.services.ports import Claim, Enlist, Gather
from bot.storage import claiming, nodes, operating, turns, writing
from bot.storage.database import Database
from bot.storage.queue import FREE_TARGETS, STALE_TARGETS, WAKE_UPS
from bot.storage.rows import as_delivery, changes
from bot.storage.tables import claimed, deliveries, listed
from bot.storage.tables import turns as turn_rows

# Made once, since they are run for every delivery, and to make one costs more than to run it.
HELD = and_(
    deliveries.c.id == bindparam("held"),
    deliveries.c.attempt == bindparam("attempt_held"),
    claimed,
)
HOLDS = select(deliveries.c.id).where(HELD)
CLAIMED = (
    select(deliveries, turn_rows.c.failures)
    .join(turn_rows, turn_rows.c.target == deliveries.c.target)
    .where(HELD)
)
FENCED = update(deliveries).where(HELD)
ITEMS = (
    select(deliveries)
    .where(listed, deliveries.c.thread == bindparam("of"))
    .order_by(deliveries.c.id)
)
ROW = update(deliveries).where(deliveries.c.id == bindparam("named"))

# Something is ripe, but somebody else had hold of it; so soon it is worth another look.
GLANCE = timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True)
class SqlDeliveries:
    """Keeps deliveries; implements ``DeliveryLedger``."""

    database: Database

    def write(
        self,
        drafts: Sequence[Draft],
        *,
        written: datetime,
        now: datetime,
        gather: Gather | None = None,
    ) -> int:
        """Add the drafts whose keys are new, and say how many; older pending steps give way.

        What ``gather`` makes of those that are new is added in the place of its items.
        """
        with self.database.read() as connection:
            new = writing.unknown(connection, drafts)
        if not new:
            return 0
        with self.database.write() as connection:
            writing.queue_up(connection, new)
            added = writing.add(connection, new, written=written, now=now)
            if gather:
                writing.gather(connection, gather(added), written=written, now=now)
            return len(added)

    def items(self, key: str) -> list[Draft]:
        """Return the items of the list with that key, in the order in which they were written."""
        with self.database.read(single=True) as connection:
            rows = connection.execute(ITEMS, {"of": key}).mappings()
            return [as_delivery(row).draft for row in rows]

    def claim(self, request: Claim, enlist: Enlist) -> list[Delivery]:
        """Take the oldest ripe delivery of each free target; who rested longest comes first."""
        targets = self._targets(FREE_TARGETS, now=request.now, most=max(request.limit, 0))
        if not targets:
            return []
        with self.database.write() as connection:
            found = claiming.claim(connection, request, targets)
            if found:
                enlist(connection, found)
            return found

    def take_up(self, attempts: Sequence[tuple[int, int]], *, holder: str) -> None:
        """Let the node ``holder`` hold what ``attempts`` still hold."""
        theirs = tuple_(deliveries.c.id, deliveries.c.attempt).in_(attempts)
        with self.database.write(single=True) as connection:
            chosen = update(deliveries).where(claimed, theirs, deliveries.c.holder != holder)
            connection.execute(chosen.values(holder=holder))

    def give_back(self, deliveries: Sequence[Delivery], *, now: datetime) -> None:
        """Let claimed deliveries that were not begun wait again, for whoever comes first."""
        with self.database.write() as connection:
            claiming.give_back(connection, deliveries, now=now)

    def claimed(self, delivery_id: int, attempt: int) -> Delivery | None:
        """Return the delivery while that attempt holds it; None when it no longer does."""
        with self.database.read(single=True) as connection:
            row = connection.execute(CLAIMED, _attempt(delivery_id, attempt)).mappings().first()
        return replace(as_delivery(row), failures=row["failures"]) if row else None

    def holds(self, delivery: Delivery) -> bool:
        """Whether that attempt still holds the delivery."""
        asked = _attempt(delivery.id, delivery.attempt)
        with self.database.read(single=True) as connection:
            return connection.execute(HOLDS, asked).first() is not None

    def settle(
        self,
        delivery: Delivery,
        outcome: Outcome,
        *,
        now: datetime,
        rest: Rest,
        then: Sequence[Draft],
    ) -> bool:
        """Record what became of the attempt, and add ``then``."""
        values = changes(delivery, outcome, now=now, until=now + rest.delivery)
        failed, target = isinstance(outcome, TryAgain | Uncertain), delivery.draft.target
        if not (failed or delivery.failures or then):
            with self.database.write(single=True) as connection:
                return _end(connection, delivery, values)
        with self.database.write() as connection:
            _queue_up(connection, delivery, then)
            if not _end(connection, delivery, values):
                return False
            writing.add(connection, then, written=delivery.written, now=now)
            if failed:
                turns.reserve(connection, target, now + rest.target, failed=True)
            else:
                turns.recover(connection, target)
            return True

    def give_up(
        self, delivery: Delivery, reason: str, *, now: datetime, then: Sequence[Draft]
    ) -> bool:
        """Record that the last try has failed, and add ``then``."""
        values = {"state": DeliveryState.FAILED, "reason": reason, "settled": now}
        values |= {"uncertain": delivery.uncertain}
        with self.database.write() as connection:
            _queue_up(connection, delivery, then)
            ended = _end(connection, delivery, values)
            if ended:
                writing.add(connection, then, written=delivery.written, now=now)
            return ended

    def withdraw(self, delivery: Delivery, reason: str, *, now: datetime) -> bool:
        """Take the delivery back before it was sent."""
        values = {"state": DeliveryState.WITHDRAWN, "reason": reason, "settled": now}
        whole = delivery.draft.part is not Part.LIST
        with self.database.write(single=whole) as connection:
            ended = _end(connection, delivery, values)
            if ended and not whole:
                connection.execute(writing.LET_GO, {"of": delivery.draft.key, "why": reason})
            return ended

    def stale(self, *, now: datetime, pace: Mapping[str, timedelta]) -> list[tuple[Delivery, int]]:
        """Return of each free target the oldest sent message that lacks the newest answer."""
        targets = self._targets(STALE_TARGETS, now=now)
        if not targets:
            return []
        with self.database.write() as connection:
            return claiming.take_stale(connection, targets, now=now, pace=pace)

    def show(
        self, delivery: Delivery, answer: int, *, now: datetime, then: Sequence[Draft] = ()
    ) -> None:
        """Record that the message shows ``answer``, and add ``then``."""
        with self.database.write() as connection:
            _queue_up(connection, delivery, then)
            connection.execute(ROW, {"named": delivery.id, "shown": answer})
            writing.add(connection, then, written=delivery.written, now=now)

    def is_newest(self, delivery: Delivery) -> bool:
        """Whether no later message about the same occurrence was taken by its target."""
        row, draft = deliveries.c, delivery.draft
        later = select(row.id).where(
            row.occurrence == draft.occurrence,
            row.target == draft.target,
            row.part == Part.MESSAGE,
            row.state == DeliveryState.SENT,
            row.id > delivery.id,
        )
        with self.database.read(single=True) as connection:
            return connection.execute(later.limit(1)).first() is None

    def hold(self, delivery: Delivery, until: datetime, *, target_wide: bool = False) -> None:
        """Let a sent message rest until ``until`` before it is shown anew, or all its target."""
        with self.database.write() as connection:
            if target_wide:
                turns.reserve(connection, delivery.draft.target, until)
            connection.execute(ROW, {"named": delivery.id, "not_before": until})

    def soonest(self, *, now: datetime, within: timedelta) -> datetime | None:
        """Return the first instant after ``now`` at which a claim may find anything."""
        with self.database.read() as connection:
            if connection.execute(FREE_TARGETS, {"now": now, "most": 1}).first():
                return now + min(GLANCE, within)
            span = {"now": now, "until": now + within}
            found = [connection.execute(each, span).scalar() for each in WAKE_UPS]
            return min((each for each in found if each), default=None)

    def release(self, *, now: datetime) -> int:
        """Free what a process that is no more had claimed; only where one process runs at all."""
        with self.database.write() as connection:
            return operating.release(connection, now=now)

    def beat(self, node: Node, *, now: datetime) -> None:
        """Tell that ``node`` is alive."""
        with self.database.write() as connection:
            nodes.beat(connection, node, now=now)

    def free_dead(self, *, now: datetime, silent_for: timedelta, rest: timedelta) -> int:
        """Free what is held by nodes that have been silent for ``silent_for``, or are unknown."""
        with self.database.write() as connection:
            return nodes.free_dead(connection, now=now, silent_for=silent_for, rest=rest)

    def leave(self, name: str) -> None:
        """Forget the node of that name, which ends in good order."""
        with self.database.write() as connection:
            nodes.leave(connection, name)

    def find(self, delivery_id: int) -> Delivery | None:
        """Return the delivery of that id."""
        chosen = select(deliveries).where(deliveries.c.id == delivery_id)
        with self.database.read(single=True) as connection:
            row = connection.execute(chosen).mappings().first()
        return as_delivery(row) if row else None

    def listed(self, states: Sequence[DeliveryState], *, limit: int) -> list[Delivery]:
        """Return the newest deliveries in any of ``states``, the oldest of them first."""
        with self.database.read() as connection:
            return operating.listed(connection, states, limit=limit)

    def retry(self, delivery_id: int, *, now: datetime) -> bool:
        """Let a delivery that failed, is unclear or rests go out at once, and its target too."""
        with self.database.write() as connection:
            return operating.retry(connection, delivery_id, now=now)

    def take_back(self, delivery_id: int, reason: str, *, now: datetime) -> bool:
        """Withdraw a delivery that waits, is unclear or failed; false for any other."""
        with self.database.write() as connection:
            return operating.take_back(connection, delivery_id, reason, now=now)

    def counts(self) -> dict[str, int]:
        """Return how many deliveries are in each state that any are in."""
        with self.database.read() as connection:
            return operating.counts(connection)

    def stuck(self, *, now: datetime) -> list[tuple[str, str]]:
        """Return the targets at which deliveries stand still, each with the newest reason."""
        with self.database.read(single=True) as connection:
            return operating.stuck(connection, now=now)

    def _targets(self, chosen: Select[str], **values: object) -> list[str]:
        with self.database.read(single=True) as connection:
            return list(connection.execute(chosen, values).scalars())


def _queue_up(connection: Connection, delivery: Delivery, then: Sequence[Draft]) -> None:
    """Lock, in the order that is everybody's, what is needed beside the delivery itself."""
    writing.queue_up(connection, then)
    turns.lock(connection, delivery.draft.target)


def _end(connection: Connection, delivery: Delivery, values: Mapping[str, Any]) -> bool:
    """Change the row, but only while this attempt is the newest."""
    fence = _attempt(delivery.id, delivery.attempt)
    return connection.execute(FENCED, {**values, **fence}).rowcount == 1


def _attempt(delivery_id: int, attempt: int) -> dict[str, int]:
    return {"held": delivery_id, "attempt_held": attempt}
