"""Claiming: of each free target one delivery goes to one node, whoever else tries at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, or_, select, update
from sqlalchemy.engine import RowMapping

from bot.domain.delivery import Delivery, DeliveryState
from bot.services.ports import Claim
from bot.storage import turns
from bot.storage.queue import FIRST, FIRST_STALE, NOW
from bot.storage.rows import as_delivery
from bot.storage.tables import claimed, deliveries

WAITING_STATES = frozenset({DeliveryState.PENDING, DeliveryState.UNCERTAIN})

CHOSEN = (
    select(deliveries)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(deliveries.c.id)
)
LOCKED = CHOSEN.with_for_update(skip_locked=True)
TAKEN = (
    update(deliveries)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=DeliveryState.CLAIMED,
        attempt=deliveries.c.attempt + 1,
        attempted=func.coalesce(deliveries.c.attempted, NOW),
        uncertain=or_(deliveries.c.uncertain, claimed),
    )
    .returning(deliveries)
)


def claim(connection: Connection, request: Claim, targets: Sequence[str]) -> list[Delivery]:
    """Claim the first delivery of each of ``targets`` that is still free.

    What happens at a target is settled by its lock. A row that somebody is changing at this
    very moment is left out, so that nobody waits; its target comes next time.
    """
    now = request.now
    free = turns.lock_free(connection, targets, now=now)
    if not free:
        return []
    first = connection.execute(FIRST, {"now": now, "targets": list(free)}).scalars().all()
    locked = connection.execute(LOCKED, {"ids": first}).mappings()
    ids = [row["id"] for row in locked if _is_ripe(row, now)]
    if not ids:
        return []
    values = {"now": now, "lease_until": now + request.lease, "holder": request.holder}
    found = [
        replace(as_delivery(row), failures=free[row["target"]])
        for row in connection.execute(TAKEN, values | {"ids": ids}).mappings()
    ]
    turns.take(connection, [each.draft.target for each in found], now=now, pace=request.pace)
    return sorted(found, key=lambda each: each.id)


def give_back(connection: Connection, unbegun: Sequence[Delivery], *, now: datetime) -> None:
    """Let go of claims of which nothing was done; one that was unclear before is so still."""
    for each in sorted(unbegun, key=lambda each: each.id):
        ours = (deliveries.c.id == each.id, deliveries.c.attempt == each.attempt, claimed)
        unclear = DeliveryState.UNCERTAIN if each.uncertain else DeliveryState.PENDING
        chosen = update(deliveries).where(*ours)
        connection.execute(chosen.values(state=unclear, not_before=now, lease_until=None))


def _is_ripe(row: RowMapping, now: datetime) -> bool:
    """Whether it still is: somebody may have changed it before it was locked."""
    if row["state"] == DeliveryState.CLAIMED:
        return bool(row["lease_until"] <= now)
    return row["state"] in WAITING_STATES and bool(row["not_before"] <= now)


def take_stale(
    connection: Connection, targets: Sequence[str], *, now: datetime, pace: Mapping[str, timedelta]
) -> list[tuple[Delivery, int]]:
    """Take the turn of each of ``targets`` for the oldest message that lacks an answer."""
    free = turns.lock_free(connection, targets, now=now)
    if not free:
        return []
    ids = connection.execute(FIRST_STALE, {"now": now, "targets": list(free)}).scalars().all()
    found = [as_delivery(row) for row in connection.execute(CHOSEN, {"ids": ids}).mappings()]
    turns.take(connection, [each.draft.target for each in found], now=now, pace=pace)
    return [(each, each.wanted) for each in found]
