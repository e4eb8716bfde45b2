"""The queue as SQL: whose turn it is at a given instant, target by target."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select

from bot.domain.delivery import DeliveryState, Part
from bot.storage.tables import answers, deliveries, turns

WAITING = (DeliveryState.PENDING, DeliveryState.UNCERTAIN)


def ripe(now: datetime) -> ColumnElement[bool]:
    """Whether a delivery waits and its rest is over, or was claimed and its lease ran out."""
    waiting = and_(deliveries.c.state.in_(WAITING), deliveries.c.not_before <= now)
    expired = and_(deliveries.c.state == DeliveryState.CLAIMED, deliveries.c.lease_until <= now)
    return or_(waiting, expired)


def ripe_first(now: datetime) -> Select[int]:
    """The oldest ripe delivery of each target that neither is busy nor must wait its turn."""
    busy = select(deliveries.c.target).where(
        deliveries.c.state == DeliveryState.CLAIMED, deliveries.c.lease_until > now
    )
    waiting = select(turns.c.target).where(turns.c.next_turn > now)
    return (
        select(func.min(deliveries.c.id))
        .where(ripe(now), deliveries.c.target.not_in(busy), deliveries.c.target.not_in(waiting))
        .group_by(deliveries.c.target)
    )


def newest_answers() -> Subquery:
    """The id of the newest answer to each occurrence that has any."""
    return (
        select(answers.c.occurrence, func.max(answers.c.id).label("answer"))
        .group_by(answers.c.occurrence)
        .subquery()
    )


def stale_first(now: datetime) -> Select[int]:
    """The oldest sent message of each free target that lacks the newest answer."""
    newest = newest_answers()
    waiting = select(turns.c.target).where(turns.c.next_turn > now)
    return (
        select(func.min(deliveries.c.id))
        .join(newest, newest.c.occurrence == deliveries.c.occurrence)
        .where(
            deliveries.c.state == DeliveryState.SENT,
            deliveries.c.part == Part.MESSAGE,
            deliveries.c.shown < newest.c.answer,
            deliveries.c.not_before <= now,
            deliveries.c.target.not_in(waiting),
        )
        .group_by(deliveries.c.target)
    )
