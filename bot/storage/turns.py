"""The targets' turns: a target's row is its lock, its back-off and its place in the queue.

Locks are taken in one order everywhere, so that no two transactions wait for each other:
the plan (``be_alone``), then targets, then deliveries.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, select, update

from bot.storage.inserting import insert_into
from bot.storage.tables import turns


def know(connection: Connection, targets: Iterable[str], *, now: datetime) -> None:
    """See to it that each of ``targets`` has its row; a claim finds no others."""
    rows = [{"target": each, "next_turn": now, "failures": 0} for each in sorted(set(targets))]
    connection.execute(insert_into(connection, turns).on_conflict_do_nothing(), rows)


def lock_free(connection: Connection, targets: Sequence[str], *, now: datetime) -> dict[str, int]:
    """Lock those of ``targets`` whose turn has come, and tell how often each has failed in a row.

    One that somebody else has is left out.
    """
    chosen = select(turns.c.target, turns.c.failures).where(
        turns.c.target.in_(targets), turns.c.next_turn <= now
    )
    locked = chosen.order_by(turns.c.target).with_for_update(skip_locked=True)
    return {row.target: row.failures for row in connection.execute(locked)}


def lock(connection: Connection, target: str) -> None:
    """Lock a target, waiting for whoever has it."""
    connection.execute(select(turns.c.target).where(turns.c.target == target).with_for_update())


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
        chosen = update(turns).where(turns.c.target.in_(ours))
        connection.execute(chosen.values(next_turn=now + pace.get(product, timedelta())))


def reserve(connection: Connection, target: str, until: datetime, *, failed: bool = False) -> None:
    """Let no call go to ``target`` before ``until``; a longer rest that it has stays."""
    longest = case((turns.c.next_turn > until, turns.c.next_turn), else_=until)
    failures = turns.c.failures + int(failed)
    chosen = update(turns).where(turns.c.target == target)
    connection.execute(chosen.values(next_turn=longest, failures=failures))


def recover(connection: Connection, target: str) -> None:
    """Forget the failures of a target, which has answered."""
    failing = update(turns).where(turns.c.target == target, turns.c.failures > 0)
    connection.execute(failing.values(failures=0))


def wake(connection: Connection, target: str, *, now: datetime) -> None:
    """End a target's rest, and forget its failures."""
    resting = update(turns).where(turns.c.target == target, turns.c.next_turn > now)
    connection.execute(resting.values(next_turn=now))
    recover(connection, target)
