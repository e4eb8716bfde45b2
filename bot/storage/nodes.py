"""Nodes: which processes are alive, and what is to be freed of those that are not."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from bot.domain.delivery import DeliveryState, Node
from bot.storage.inserting import insert_into
from bot.storage.tables import claimed, deliveries, nodes

FORGOTTEN_AFTER = timedelta(days=1)
UNCLEAR = {"state": DeliveryState.UNCERTAIN, "uncertain": True, "lease_until": None}


def beat(connection: Connection, node: Node, *, now: datetime) -> None:
    """Note that ``node`` is alive at ``now``."""
    row = {"name": node.name, "kind": node.kind, "started": node.started, "seen": now}
    known = insert_into(connection, nodes).values(row)
    connection.execute(known.on_conflict_do_update(index_elements=["name"], set_={"seen": now}))


def free_dead(
    connection: Connection, *, now: datetime, silent_for: timedelta, rest: timedelta
) -> int:
    """Free what no living node holds; nodes that are long gone are forgotten."""
    # One that was last seen in the future comes from before the clock was set back.
    alive = select(nodes.c.name).where(nodes.c.seen.between(now - silent_for, now + silent_for))
    orphaned = select(deliveries.c.id).where(claimed, deliveries.c.holder.not_in(alive))
    ids = connection.execute(orphaned.with_for_update(skip_locked=True)).scalars().all()
    freed = update(deliveries).where(deliveries.c.id.in_(ids))
    connection.execute(freed.values(**UNCLEAR, not_before=now + rest))
    connection.execute(delete(nodes).where(nodes.c.seen < now - FORGOTTEN_AFTER))
    return len(ids)


def leave(connection: Connection, name: str) -> None:
    """Forget the node of that name."""
    connection.execute(delete(nodes).where(nodes.c.name == name))
