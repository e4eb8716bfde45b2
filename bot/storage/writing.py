"""Writing drafts: each key once, and of one occurrence only the newest step waits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.domain.delivery import DeliveryState, Draft, Part
from bot.storage import turns
from bot.storage.database import be_alone
from bot.storage.inserting import insert_into
from bot.storage.rows import as_row
from bot.storage.tables import deliveries

AT_ONCE = 500


def unknown(connection: Connection, drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts whose keys are not there yet; of many that are computed again, few.

    To try them all in vain would wait for the writer's turn, and use up numbers.
    """
    known: set[str] = set()
    for start in range(0, len(drafts), AT_ONCE):
        keys = [each.key for each in drafts[start : start + AT_ONCE]]
        chosen = select(deliveries.c.key).where(deliveries.c.key.in_(keys))
        known.update(connection.execute(chosen).scalars())
    return [each for each in drafts if each.key not in known]


def queue_up(connection: Connection, drafts: Sequence[Draft]) -> None:
    """Wait for whoever else writes messages, or stores answers, of the same plans.

    So an answer finds every message that was written before it, and two writers never wait
    for each other's keys.
    """
    for plan in sorted({each.plan for each in drafts if each.part is Part.MESSAGE}):
        be_alone(connection, plan)


def add(
    connection: Connection, drafts: Sequence[Draft], *, written: datetime, now: datetime
) -> int:
    """Add the drafts whose keys are new, and say how many; older pending steps give way."""
    if not drafts:
        return 0
    turns.know(connection, (each.target for each in drafts), now=now)
    new = insert_into(connection, deliveries).on_conflict_do_nothing().returning(deliveries.c.key)
    rows = [as_row(each, written=written, now=now) for each in drafts]
    keys = set(connection.execute(new, rows).scalars())
    messages = [each for each in drafts if each.key in keys and each.part is Part.MESSAGE]
    for start in range(0, len(messages), AT_ONCE):
        _give_way(connection, messages[start : start + AT_ONCE], now=now)
    return len(keys)


def _give_way(connection: Connection, messages: Sequence[Draft], *, now: datetime) -> None:
    """Withdraw what waits of the same occurrences at the same targets; the last of them stays.

    What is due later than that was written before the clock was set back, and waits on.
    """
    stays = {(each.occurrence, each.target): each for each in messages}
    row = deliveries.c
    about = select(row.id, row.state, row.key, row.occurrence, row.target, row.due).where(
        row.occurrence.in_({each.occurrence for each in messages}), row.part == Part.MESSAGE
    )
    older = [
        number
        for number, state, key, occurrence, target, due in connection.execute(about)
        if state == DeliveryState.PENDING
        and (new := stays.get((occurrence, target)))
        and (key != new.key and due <= new.due)
    ]
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(older), deliveries.c.state == DeliveryState.PENDING)
        .values(state=DeliveryState.WITHDRAWN, reason="ersatt av en nyare", settled=now)
    )
