"""The ledger of deliveries: who was told what, and what is still to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import (
    Connection,
    case,
    func,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import RowMapping

from bot.domain.delivery import (
    SEARCH_LAG,
    Delivery,
    DeliveryState,
    Draft,
    Outcome,
    Part,
    Refused,
    Sent,
    TryAgain,
    Uncertain,
    wait_before_retry,
)
from bot.storage.database import Database
from bot.storage.queue import newest_answers, ripe_first, stale_first
from bot.storage.tables import deliveries, turns


@dataclass(frozen=True, slots=True)
class SqlDeliveries:
    """Keeps deliveries; implements ``DeliveryLedger`` and ``Receipts``."""

    database: Database

    def write(self, drafts: Sequence[Draft], *, written: datetime, now: datetime) -> int:
        """Add the drafts whose keys are new, and say how many; older pending steps give way."""
        if not drafts:
            return 0
        with self.database.write() as connection:
            return sum(_write(connection, draft, written=written, now=now) for draft in drafts)

    def claim(
        self, *, now: datetime, lease: timedelta, pace: Mapping[str, timedelta]
    ) -> list[Delivery]:
        """Take the oldest ripe delivery of each target that is free, and hold it for ``lease``."""
        with self.database.read() as connection:
            if connection.execute(select(ripe_first(now).exists())).scalar_one() is False:
                return []
        with self.database.write() as connection:
            chosen = select(deliveries).where(deliveries.c.id.in_(ripe_first(now)))
            rows = connection.execute(chosen.order_by(deliveries.c.id)).mappings().all()
            return [_claim(connection, row, now=now, lease=lease, pace=pace) for row in rows]

    def settle(
        self, delivery: Delivery, outcome: Outcome, *, now: datetime, then: Sequence[Draft]
    ) -> bool:
        """Record what became of the attempt, and add ``then`` if it was sent."""
        with self.database.write() as connection:
            if not _change(connection, delivery, _result(delivery, outcome, now)):
                return False
            if isinstance(outcome, TryAgain | Uncertain) and outcome.target_wide:
                until = now + wait_before_retry(outcome, delivery.attempt)
                _reserve(connection, delivery.draft.target, until)
            for draft in then:
                _write(connection, draft, written=delivery.written, now=now)
            return True

    def withdraw(self, delivery: Delivery, reason: str, *, now: datetime) -> bool:
        """Take the delivery back before it was sent."""
        values = {"state": DeliveryState.WITHDRAWN, "reason": reason, "settled": now}
        with self.database.write() as connection:
            return _change(connection, delivery, values)

    def stale(self, *, now: datetime, pace: Mapping[str, timedelta]) -> list[tuple[Delivery, int]]:
        """Return of each free target the oldest sent message that lacks the newest answer."""
        with self.database.read() as connection:
            if connection.execute(select(stale_first(now).exists())).scalar_one() is False:
                return []
        newest = newest_answers()
        chosen = (
            select(deliveries, newest.c.answer)
            .join(newest, newest.c.occurrence == deliveries.c.occurrence)
            .where(deliveries.c.id.in_(stale_first(now)))
            .order_by(deliveries.c.id)
        )
        with self.database.write() as connection:
            rows = connection.execute(chosen).mappings().all()
            for row in rows:
                _take_turn(connection, row["target"], now=now, pace=pace)
            return [(_delivery(row), row["answer"]) for row in rows]

    def show(self, delivery: Delivery, answer: int) -> None:
        """Record that the message shows ``answer``."""
        with self.database.write() as connection:
            chosen = update(deliveries).where(deliveries.c.id == delivery.id)
            connection.execute(chosen.values(shown=answer))

    def hold(self, delivery: Delivery, until: datetime, *, target_wide: bool = False) -> None:
        """Let a sent message rest until ``until`` before it is shown anew, or all its target."""
        with self.database.write() as connection:
            chosen = update(deliveries).where(deliveries.c.id == delivery.id)
            connection.execute(chosen.values(not_before=until))
            if target_wide:
                _reserve(connection, delivery.draft.target, until)

    def occurrence_at(self, target: str, receipt: str) -> str | None:
        """Return the occurrence whose message ``target`` took under ``receipt``, if any."""
        chosen = select(deliveries.c.occurrence).where(
            deliveries.c.target == target, deliveries.c.receipt == receipt
        )
        with self.database.read() as connection:
            return connection.execute(chosen.limit(1)).scalar()

    def release(self, *, now: datetime) -> int:
        """Free what a process that is no more had claimed; only where one process runs at all.

        Each is looked up before it is sent again, once the product's search can know it.
        """
        values = {
            "state": DeliveryState.UNCERTAIN,
            "uncertain": True,
            "lease_until": None,
            "not_before": now + SEARCH_LAG,
        }
        with self.database.write() as connection:
            held = update(deliveries).where(deliveries.c.state == DeliveryState.CLAIMED)
            return connection.execute(held.values(values)).rowcount

    def counts(self) -> dict[str, int]:
        """Return how many deliveries are in each state that any are in."""
        counted = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        with self.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}


def _claim(
    connection: Connection,
    row: RowMapping,
    *,
    now: datetime,
    lease: timedelta,
    pace: Mapping[str, timedelta],
) -> Delivery:
    unclear = row["uncertain"] or row["state"] == DeliveryState.CLAIMED
    values = {
        "state": DeliveryState.CLAIMED,
        "attempt": row["attempt"] + 1,
        "attempted": row["attempted"] or now,
        "lease_until": now + lease,
        "uncertain": unclear,
    }
    chosen = update(deliveries).where(deliveries.c.id == row["id"]).values(values)
    claimed = connection.execute(chosen.returning(deliveries)).mappings().one()
    _take_turn(connection, row["target"], now=now, pace=pace)
    return _delivery(claimed)


def _take_turn(
    connection: Connection, target: str, *, now: datetime, pace: Mapping[str, timedelta]
) -> None:
    """Keep the next call to ``target`` at its product's distance, before this one is made."""
    product = target.partition(":")[0]
    _reserve(connection, target, now + pace.get(product, timedelta()))


def _reserve(connection: Connection, target: str, until: datetime) -> None:
    """Let no call go to ``target`` before ``until``; a longer rest that it has stays."""
    turn = insert(turns).values(target=target, next_turn=until)
    longest = case((turns.c.next_turn > until, turns.c.next_turn), else_=until)
    later = turn.on_conflict_do_update(index_elements=["target"], set_={"next_turn": longest})
    connection.execute(later)


def _write(connection: Connection, draft: Draft, *, written: datetime, now: datetime) -> int:
    values: dict[str, Any] = {each.name: getattr(draft, each.name) for each in fields(draft)}
    values |= {
        "written": written,
        "state": DeliveryState.PENDING,
        "not_before": now,
        "attempt": 0,
        "uncertain": False,
        "receipt": "",
        "reason": "",
        "shown": 0,
    }
    new = connection.execute(insert(deliveries).values(values).on_conflict_do_nothing()).rowcount
    if new and draft.part is Part.MESSAGE:
        _give_way(connection, draft, now=now)
    return new


def _give_way(connection: Connection, draft: Draft, *, now: datetime) -> None:
    """Of one occurrence only the newest step goes out, so older ones that wait are withdrawn."""
    connection.execute(
        update(deliveries)
        .where(
            deliveries.c.occurrence == draft.occurrence,
            deliveries.c.target == draft.target,
            deliveries.c.part == Part.MESSAGE,
            deliveries.c.state == DeliveryState.PENDING,
            deliveries.c.key != draft.key,
        )
        .values(state=DeliveryState.WITHDRAWN, reason="ersatt av en nyare", settled=now)
    )


def _change(connection: Connection, delivery: Delivery, values: Mapping[str, Any]) -> bool:
    """Change the row, but only while this attempt is the newest."""
    fenced = update(deliveries).where(
        deliveries.c.id == delivery.id,
        deliveries.c.attempt == delivery.attempt,
        deliveries.c.state == DeliveryState.CLAIMED,
    )
    return connection.execute(fenced.values(values)).rowcount == 1


def _result(delivery: Delivery, outcome: Outcome, now: datetime) -> dict[str, Any]:
    match outcome:
        case Sent():
            return {
                "state": DeliveryState.SENT,
                "receipt": outcome.receipt,
                "uncertain": False,
                "posted": delivery.posted,
                "shown": delivery.shown,
                "settled": now,
            }
        case Refused():
            return {"state": DeliveryState.FAILED, "reason": outcome.reason, "settled": now}
        case TryAgain() | Uncertain():
            unclear = isinstance(outcome, Uncertain)
            return {
                "state": DeliveryState.UNCERTAIN if unclear else DeliveryState.PENDING,
                "uncertain": unclear,
                "not_before": now + wait_before_retry(outcome, delivery.attempt),
                "lease_until": None,
                "reason": outcome.reason,
            }
        case _:
            assert_never(outcome)


def _delivery(row: RowMapping) -> Delivery:
    draft_values: dict[str, Any] = {each.name: row[each.name] for each in fields(Draft)}
    draft = Draft(**draft_values | {"part": Part(row["part"])})
    own = [each.name for each in fields(Delivery) if each.name != "draft"]
    values: dict[str, Any] = {name: row[name] for name in own}
    return Delivery(**values | {"draft": draft, "state": DeliveryState(row["state"])})
