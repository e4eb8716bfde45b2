"""Writing drafts: each key once, and of one occurrence only the newest step waits.

A step that a newer plan has dropped and a later one asks for again waits again; so does one that
has come to lie at another instant, and one that an answer ended which was taken back. What an
operator took back, or what gave way to a newer step, stays so.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from bot.domain.delivery import DeliveryState, Draft, Part, Withdrawal
from bot.services.gathering import Gathered
from bot.storage import turns
from bot.storage.database import be_alone
from bot.storage.inserting import insert_into
from bot.storage.instants import Instant
from bot.storage.rows import as_row
from bot.storage.tables import deliveries, listed

AT_ONCE = 500
ITEM = {"state": DeliveryState.WITHDRAWN, "part": Part.ITEM, "reason": Withdrawal.GATHERED}
OWED_AGAIN = (Withdrawal.UNPLANNED, Withdrawal.TAKEN_BACK)

# Made once, since to make a statement costs more than to run it.
WITHDRAWN = deliveries.c.state == DeliveryState.WITHDRAWN
KNOWN = select(deliveries.c.key, deliveries.c.state, deliveries.c.reason, deliveries.c.due).where(
    deliveries.c.key.in_(bindparam("keys", expanding=True))
)
ABOUT = select(
    *(deliveries.c[name] for name in ("id", "state", "key", "occurrence", "target", "due"))
).where(
    deliveries.c.occurrence.in_(bindparam("occurrences", expanding=True)),
    deliveries.c.part == Part.MESSAGE,
)
GIVE_WAY = (
    update(deliveries)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .where(deliveries.c.state == DeliveryState.PENDING)
    .values(state=DeliveryState.WITHDRAWN, reason=Withdrawal.REPLACED)
)


TAKEN_IN = (
    update(deliveries)
    .where(deliveries.c.key.in_(bindparam("keys", expanding=True)))
    .where(deliveries.c.state == DeliveryState.PENDING)
    .values(**ITEM, thread=bindparam("of"), settled=bindparam("now", type_=Instant()))
)
# Items of a list that came to nothing are single messages again, withdrawn for its reason.
LET_GO = (
    update(deliveries)
    .where(listed, deliveries.c.thread == bindparam("of"))
    .values(part=Part.MESSAGE, thread="", reason=bindparam("why"))
)


def unknown(connection: Connection, drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts that are new or owed again; of many that are computed again, few.

    To try them all in vain would wait for the writer's turn, and use up numbers.
    """
    done: set[str] = set()
    due = {each.key: each.due for each in drafts}
    for start in range(0, len(drafts), AT_ONCE):
        keys = [each.key for each in drafts[start : start + AT_ONCE]]
        for row in connection.execute(KNOWN, {"keys": keys}):
            moved = row.reason == Withdrawal.OVERTAKEN and row.due != due[row.key]
            again = moved or row.reason in OWED_AGAIN
            if row.state != DeliveryState.WITHDRAWN or not again:
                done.add(row.key)
    return [each for each in drafts if each.key not in done]


def queue_up(connection: Connection, drafts: Sequence[Draft]) -> None:
    """Wait for whoever else writes messages, or stores answers, of the same plans.

    So an answer finds every message that was written before it, and two writers never wait
    for each other's keys.
    """
    for plan in sorted({each.plan for each in drafts if each.part is Part.MESSAGE}):
        be_alone(connection, plan)


def add(
    connection: Connection, drafts: Sequence[Draft], *, written: datetime, now: datetime
) -> list[Draft]:
    """Add the drafts whose keys are new, and return those; older pending steps give way."""
    if not drafts:
        return []
    turns.know(connection, (each.target for each in drafts), now=now)
    rows = [as_row(each, written=written, now=now) for each in drafts]
    keys = set(connection.execute(_added(insert_into(connection, deliveries)), rows).scalars())
    added = [each for each in drafts if each.key in keys]
    messages = [each for each in added if each.part is Part.MESSAGE]
    for start in range(0, len(messages), AT_ONCE):
        _give_way(connection, messages[start : start + AT_ONCE], now=now)
    return added


def gather(
    connection: Connection, lists: Sequence[Gathered], *, written: datetime, now: datetime
) -> None:
    """Add each list in the place of those of its items that wait; the rest go out themselves."""
    for each in lists:
        keys = [item.key for item in each.items]
        taken = connection.execute(TAKEN_IN, {"keys": keys, "of": each.whole.key, "now": now})
        if taken.rowcount:
            row = as_row(each.whole, written=written, now=now)
            connection.execute(insert(deliveries).values(row))


def _added(new: sqlite.Insert | postgresql.Insert) -> ReturningInsert[str]:
    """Add rows, let those that are owed again wait again, and return the keys of both.

    One that may have arrived is looked up first, from its first attempt on.
    """
    row = deliveries.c
    again: dict[str, Any] = {
        name: new.excluded[name] for name in ("due", "written", "not_before", "reason")
    }
    again |= {
        "state": case((row.uncertain, DeliveryState.UNCERTAIN), else_=DeliveryState.PENDING),
        "attempted": case((row.uncertain, row.attempted)),
        "settled": None,
    }
    moved = and_(row.reason == Withdrawal.OVERTAKEN, row.due != new.excluded.due)
    wanted = and_(WITHDRAWN, or_(moved, *(row.reason == each for each in OWED_AGAIN)))
    added = new.on_conflict_do_update(index_elements=[row.key], set_=again, where=wanted)
    return added.returning(row.key)


def _give_way(connection: Connection, messages: Sequence[Draft], *, now: datetime) -> None:
    """Withdraw what waits of the same occurrences at the same targets; the last of them stays.

    What is due later than that was written before the clock was set back, and waits on.
    """
    stays = {(each.occurrence, each.target): each for each in messages}
    about = connection.execute(ABOUT, {"occurrences": sorted({o for o, _target in stays})})
    older = [
        number
        for number, state, key, occurrence, target, due in about
        if state == DeliveryState.PENDING
        and (new := stays.get((occurrence, target)))
        and (key != new.key and due <= new.due)
    ]
    if older:
        connection.execute(GIVE_WAY, {"ids": older, "settled": now})
