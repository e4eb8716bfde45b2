"""What an operator, or the start of a sole process, does to deliveries that stand still."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, select, update

from bot.domain.delivery import SEARCH_LAG, DeliveryState
from bot.storage import turns
from bot.storage.nodes import UNCLEAR
from bot.storage.tables import claimed, deliveries, stale, waiting
from bot.storage.tables import turns as turn_rows

LONGEST_REST = timedelta(hours=1)
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
