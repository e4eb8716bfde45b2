"""The targets' turns: a target's row is its lock, its back-off and its place in the queue.

Locks are taken in one order everywhere, so that no two transactions wait for each other:
the plan (``be_alone``), then targets, then deliveries.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, select, update

from bot.storage.inserting import insert_into
from bot.storage.instants import Instant
from bot.storage.tables import turns

# Made once, since to make a statement costs more than to run it.
UNTIL = bindparam("until", type_=Instant())
FREE = (
    select(turns.c.target, turns.c.failures)
    .where(turns.c.target.in_(bindparam("targets", expanding=True)))
    .where(turns.c.next_turn <= bindparam("now", type_=Instant()))
    .order_by(turns.c.target)
    .with_for_update(skip_locked=True)
)
LOCK = select(turns.c.target).where(turns.c.target == bindparam("named")).with_for_update()
TAKE = update(turns).where(turns.c.target.in_(bindparam("targets", expanding=True)))
RESERVE = (
    update(turns)
    .where(turns.c.target == bindparam("named"))
    .values(
        next_turn=case((turns.c.next_turn > UNTIL, turns.c.next_turn), else_=UNTIL),
        failures=turns.c.failures + bindparam("failed"),
    )
)
RECOVER = update(turns).where(turns.c.target == bindparam("named"), turns.c.failures > 0)


def know(connection: Connection, targets: Iterable[str], *, now: datetime) -> None:
    """See to it that each of ``targets`` has its row; a claim finds no others."""
    rows = [{"target": each, "next_turn": now, "failures": 0} for each in sorted(set(targets))]
    connection.execute(insert_into(connection, turns).on_conflict_do_nothing(), rows)


def lock_free(connection: Connection, targets: Sequence[str], *, now: datetime) -> dict[str, int]:
    """Lock those of ``targets`` whose turn has come, and tell how often each has failed in a row.

    One that somebody else has is left out.
    """
    locked = connection.execute(FREE, {"targets": targets, "now": now})
    return {row.target: row.failures for row in locked}


def lock(connection: Connection, target: str) -> None:
    """Lock a target, waiting for whoever has it."""
    connection.execute(LOCK, {"named": target})


def take(
    connection: Connection,
    targets: Iterable[str],
    *,
    now: datetime,
    pace: Mapping[str, timedelta],
) -> None:
    """Keep the next call to each target at its product's distance, before this one is made."""
    by_product: dict[str, list[str]] = {}
    for target in targets:
        by_product.setdefault(target.partition(":")[0], []).append(target)
    for product, ours in by_product.items():
        next_turn = now + pace.get(product, timedelta())
        connection.execute(TAKE, {"targets": ours, "next_turn": next_turn})


def reserve(connection: Connection, target: str, until: datetime, *, failed: bool = False) -> None:
    """Let no call go to ``target`` before ``until``; a longer rest that it has stays."""
    connection.execute(RESERVE, {"named": target, "until": until, "failed": int(failed)})


def recover(connection: Connection, target: str) -> None:
    """Forget the failures of a target, which has answered."""
    connection.execute(RECOVER, {"named": target, "failures": 0})


def wake(connection: Connection, target: str, *, now: datetime) -> None:
    """End a target's rest, and forget its failures."""
    resting = update(turns).where(turns.c.target == target, turns.c.next_turn > now)
    connection.execute(resting.values(next_turn=now))
    recover(connection, target)
