"""The queue as SQL: whose turn it is at a given instant, target by target.

Each part of it is a range of a partial index, so that neither what rests in the future nor
what is over and done with is ever read. All is made once: to make a statement costs more than
to run it.

Values: ``now``, and where they are named ``until``, ``targets`` (many) and ``most``.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy import union_all as union

from bot.storage.instants import Instant
from bot.storage.tables import claimed, deliveries, stale, turns, waiting

NOW, UNTIL = bindparam("now", type_=Instant()), bindparam("until", type_=Instant())
TARGETS: BindParameter[Sequence[str]] = bindparam("targets", expanding=True)

_rest, _lease, _turn = deliveries.c.not_before, deliveries.c.lease_until, turns.c.next_turn

# A delivery waits and its rest is over; one was claimed and its lease has run out.
RESTED = and_(waiting, _rest <= NOW)
EXPIRED = and_(claimed, _lease <= NOW)


def _candidates(chosen: ColumnElement[bool] | None = None) -> CompoundSelect[str, int]:
    """Target and id of what is ripe; of a target that has a claim, nothing but that claim."""
    found = select(deliveries.c.target, deliveries.c.id)
    if chosen is not None:
        found = found.where(chosen)
    busy = select(deliveries.c.target).where(claimed)
    return union(found.where(RESTED, deliveries.c.target.not_in(busy)), found.where(EXPIRED))


def _free_targets() -> Select[str]:
    found = _candidates().subquery()
    return (
        select(found.c.target)
        .join(turns, turns.c.target == found.c.target)
        .where(turns.c.next_turn <= NOW)
        .group_by(found.c.target, turns.c.next_turn)
        .order_by(turns.c.next_turn, func.min(found.c.id))
        .limit(bindparam("most"))
    )


def _first() -> Select[int]:
    found = _candidates(deliveries.c.target.in_(TARGETS)).subquery()
    return select(func.min(found.c.id)).group_by(found.c.target)


def _first_turn() -> Select[datetime]:
    here = deliveries.c.target == turns.c.target
    busy = exists().where(claimed, _lease > NOW, here)
    asked = or_(exists().where(RESTED, here), exists().where(EXPIRED, here))
    return select(func.min(_turn)).where(_turn > NOW, _turn <= UNTIL, asked, ~busy)


_lacking = and_(stale, _rest <= NOW)

# The targets for which something is ripe and whose turn it is, the longest rested first.
FREE_TARGETS = _free_targets()
# Of each of ``targets`` the delivery that comes first: a claim that ran out, or the oldest.
FIRST = _first()
# The targets whose turn it is that have a message which lacks the newest answer.
STALE_TARGETS = select(turns.c.target).where(
    _turn <= NOW, turns.c.target.in_(select(deliveries.c.target).where(_lacking))
)
# The oldest message of each of ``targets`` that lacks the newest answer.
FIRST_STALE = (
    select(func.min(deliveries.c.id))
    .where(_lacking, deliveries.c.target.in_(TARGETS))
    .group_by(deliveries.c.target)
)
# The first instants after ``now`` and up to ``until`` at which a rest, a lease, or the wait for
# a turn ends.
WAKE_UPS: tuple[Select[datetime], ...] = (
    select(_rest).where(waiting, _rest > NOW, _rest <= UNTIL).order_by(_rest).limit(1),
    select(func.min(_lease)).where(claimed, _lease > NOW, _lease <= UNTIL),
    _first_turn(),
)
