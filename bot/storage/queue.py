"""The queue as SQL: whose turn it is at a given instant, target by target.

Each part of it is a range of a partial index, so that neither what rests in the future nor
what is over and done with is ever read.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, exists, func, or_, select
from sqlalchemy import union_all as union

from bot.storage.tables import claimed, deliveries, stale, turns, waiting


def rested(now: datetime) -> ColumnElement[bool]:
    """Whether a delivery waits and its rest is over."""
    return and_(waiting, deliveries.c.not_before <= now)


def expired(now: datetime) -> ColumnElement[bool]:
    """Whether a delivery was claimed and its lease has run out."""
    return and_(claimed, deliveries.c.lease_until <= now)


def free_targets(now: datetime, limit: int) -> Select[str]:
    """The targets for which something is ripe and whose turn it is, the longest rested first."""
    found = _candidates(now).subquery()
    return (
        select(found.c.target)
        .join(turns, turns.c.target == found.c.target)
        .where(turns.c.next_turn <= now)
        .group_by(found.c.target, turns.c.next_turn)
        .order_by(turns.c.next_turn, func.min(found.c.id))
        .limit(limit)
    )


def first_of(now: datetime, targets: Sequence[str]) -> Select[int]:
    """The delivery that comes first at each of ``targets``: a claim that ran out, or the oldest."""
    found = _candidates(now, targets).subquery()
    return select(func.min(found.c.id)).group_by(found.c.target)


def _candidates(now: datetime, targets: Sequence[str] | None = None) -> CompoundSelect[str, int]:
    """Target and id of what is ripe; of a target that has a claim, nothing but that claim."""
    found = select(deliveries.c.target, deliveries.c.id)
    if targets is not None:
        found = found.where(deliveries.c.target.in_(targets))
    busy = select(deliveries.c.target).where(claimed)
    return union(
        found.where(rested(now), deliveries.c.target.not_in(busy)), found.where(expired(now))
    )


def stale_targets(now: datetime) -> Select[str]:
    """The targets whose turn it is that have a message which lacks the newest answer."""
    lacking = select(deliveries.c.target).where(stale, deliveries.c.not_before <= now)
    return select(turns.c.target).where(turns.c.next_turn <= now, turns.c.target.in_(lacking))


def first_stale_of(now: datetime, targets: Sequence[str]) -> Select[int]:
    """The oldest message of each of ``targets`` that lacks the newest answer."""
    chosen = select(func.min(deliveries.c.id)).where(
        stale, deliveries.c.not_before <= now, deliveries.c.target.in_(targets)
    )
    return chosen.group_by(deliveries.c.target)


def wake_ups(now: datetime, until: datetime) -> list[Select[datetime]]:
    """The instants up to ``until`` at which a rest, a lease or the wait for a turn ends."""
    rest, lease, turn = deliveries.c.not_before, deliveries.c.lease_until, turns.c.next_turn
    rests = select(rest).where(waiting, rest > now, rest <= until).order_by(rest).limit(1)
    leases = select(func.min(lease)).where(claimed, lease > now, lease <= until)
    here = deliveries.c.target == turns.c.target
    busy = exists().where(claimed, lease > now, here)
    asked = or_(exists().where(rested(now), here), exists().where(expired(now), here))
    waits = select(func.min(turn)).where(turn > now, turn <= until, asked, ~busy)
    return [rests, leases, waits]
