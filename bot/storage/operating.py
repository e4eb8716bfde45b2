"""What an operator asks of deliveries, and does to those that stand still; so does a sole start."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, or_, select, union_all, update

from bot.domain.delivery import SEARCH_LAG, Delivery, DeliveryState
from bot.storage import turns
from bot.storage.nodes import UNCLEAR
from bot.storage.rows import as_delivery
from bot.storage.tables import claimed, deliveries, over, stale, waiting
from bot.storage.tables import turns as turn_rows

LONGEST_REST = timedelta(hours=1)
# What rests for longer, or has failed so often in a row, does not mend itself at once.
SHORT, OFTEN, MOST_STUCK = timedelta(minutes=2), 3, 200
OPEN = (DeliveryState.PENDING, DeliveryState.UNCERTAIN, DeliveryState.FAILED)


def release(connection: Connection, *, now: datetime) -> int:
    """Free every claim, and cut short every rest that no clock of today can have meant.

    Each claim is looked up before it is sent again, once the product's search can know it.
    """
    held = update(deliveries).where(claimed)
    freed = connection.execute(held.values(**UNCLEAR, not_before=now + SEARCH_LAG)).rowcount
    _cut_rests(connection, now + LONGEST_REST)
    return freed


def _cut_rests(connection: Connection, latest: datetime) -> None:
    """Let nothing rest beyond ``latest``, unless it is not even due before."""
    rest, due = deliveries.c.not_before, deliveries.c.due
    when = case((due > latest, due), else_=latest)
    too_long = select(deliveries.c.id).where(waiting, rest > latest, rest > due)
    connection.execute(
        update(deliveries).where(deliveries.c.id.in_(too_long)).values(not_before=when)
    )
    connection.execute(update(deliveries).where(stale, rest > latest).values(not_before=latest))
    turn = turn_rows.c.next_turn
    connection.execute(update(turn_rows).where(turn > latest).values(next_turn=latest))


def retry(connection: Connection, delivery_id: int, *, now: datetime) -> bool:
    """Let a delivery go out at once, as if it had never been tried.

    One that may have arrived is looked up first, from its first attempt on; so that instant
    stays, and only where it certainly did not arrive do its tries begin anew.
    """
    unclear = deliveries.c.uncertain
    values = {
        "state": case((unclear, DeliveryState.UNCERTAIN), else_=DeliveryState.PENDING),
        "attempted": case((unclear, deliveries.c.attempted), else_=None),
        "not_before": now,
        "settled": None,
    }
    return _change(connection, delivery_id, values, wake=now)


def take_back(connection: Connection, delivery_id: int, reason: str, *, now: datetime) -> bool:
    """Withdraw a delivery that was not sent, or of which nobody knows."""
    values = {"state": DeliveryState.WITHDRAWN, "reason": reason, "settled": now}
    return _change(connection, delivery_id, values)


def _change(
    connection: Connection,
    delivery_id: int,
    values: dict[str, Any],
    *,
    wake: datetime | None = None,
) -> bool:
    here = deliveries.c.id == delivery_id
    target = connection.execute(select(deliveries.c.target).where(here)).scalar()
    if target is None:
        return False
    turns.lock(connection, target)
    open_row = update(deliveries).where(here, deliveries.c.state.in_(OPEN))
    if connection.execute(open_row.values(values)).rowcount != 1:
        return False
    if wake:
        turns.wake(connection, target, now=wake)
    return True


def listed(
    connection: Connection, states: Sequence[DeliveryState], *, limit: int
) -> list[Delivery]:
    """Return the newest deliveries in any of ``states``, the oldest of them first."""
    ids = [number for each in states for number in _newest(connection, each, limit)]
    chosen = select(deliveries).where(deliveries.c.id.in_(sorted(ids)[-limit:]))
    rows = connection.execute(chosen.order_by(deliveries.c.id)).mappings().all()
    return [as_delivery(each) for each in rows]


def counts(connection: Connection) -> dict[str, int]:
    """Return how many deliveries are in each state that any are in."""
    counted = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    every = union_all(*(counted.where(each) for each in (waiting, claimed, over)))
    return {row[0]: row[1] for row in connection.execute(every)}


def stuck(connection: Connection, *, now: datetime) -> list[tuple[str, str]]:
    """Return the targets at which deliveries stand still, each with the newest reason."""
    row = deliveries.c
    chosen = (
        select(row.target, row.reason)
        .join(turn_rows, turn_rows.c.target == row.target)
        .where(waiting, row.reason != "", turn_rows.c.failures > 0)
        .where(or_(row.not_before > now + SHORT, turn_rows.c.failures >= OFTEN))
        .order_by(row.id)
        .limit(MOST_STUCK)
    )
    found = {row.target: row.reason for row in connection.execute(chosen)}
    return list(found.items())


def _newest(connection: Connection, state: DeliveryState, limit: int) -> Sequence[int]:
    """The highest ids in one state."""
    group = {DeliveryState.PENDING: waiting, DeliveryState.UNCERTAIN: waiting}
    of_it = group | {DeliveryState.CLAIMED: claimed}
    chosen = select(deliveries.c.id).where(of_it.get(state, over), deliveries.c.state == state)
    return connection.execute(chosen.order_by(deliveries.c.id.desc()).limit(limit)).scalars().all()
