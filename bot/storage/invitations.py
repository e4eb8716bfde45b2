"""Invitations: what everybody who is invited to something was told last."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, bindparam, select

from bot.domain.delivery import DeliveryState, Withdrawal
from bot.domain.invitation import Ending, parse_mark
from bot.services.inviting import NEVER, Invited, sequence_of
from bot.storage.database import Database
from bot.storage.tables import deliveries, inviting

COLUMNS = ("occurrence", "target", "step", "thread", "state", "reason", "uncertain")
TOLD = (
    select(*(deliveries.c[name] for name in COLUMNS))
    .where(inviting, deliveries.c.plan == bindparam("named"))
    .order_by(deliveries.c.id)
)
TOLD_OF = (
    select(*(deliveries.c[name] for name in COLUMNS))
    .where(
        inviting,
        deliveries.c.occurrence == bindparam("named"),
        deliveries.c.target == bindparam("at"),
    )
    .order_by(deliveries.c.id)
)
# What was not sent but may have arrived is looked up, so it counts as sent.
MAY_HAVE_ARRIVED = {DeliveryState.CLAIMED, DeliveryState.UNCERTAIN, DeliveryState.SENT}
BY_ITSELF = set(Withdrawal)


@dataclass(frozen=True, slots=True)
class SqlInvitations:
    """Reads the invitations in the ledger of deliveries; implements ``InvitationLedger``."""

    database: Database

    def told(self, plan: str) -> dict[tuple[str, str], Invited]:
        """Return by occurrence and target what was told last of those of ``plan``."""
        with self.database.read(single=True) as connection:
            return _told(connection.execute(TOLD, {"named": plan}))

    def told_of(self, occurrence: str, target: str) -> Invited:
        """Return what ``target`` was told last of ``occurrence``."""
        with self.database.read(single=True) as connection:
            found = _told(connection.execute(TOLD_OF, {"named": occurrence, "at": target}))
        return found.get((occurrence, target), NEVER)

    def reached(self, plan: str) -> list[tuple[str, str]]:
        """Return the occurrences and targets that have an invitation, or have one on its way."""
        every = self.told(plan).items()
        return [at for at, last in every if last.mark and last.mark.says is not Ending.UNINVITED]


def _told(rows: Iterable[Row[Any]]) -> dict[tuple[str, str], Invited]:
    found: dict[tuple[str, str], Invited] = {}
    for row in rows:
        place = (row.occurrence, row.target)
        found[place] = _after(found.get(place, NEVER), row)
    return found


def _after(earlier: Invited, row: Row[Any]) -> Invited:
    """What was told last once the invitation in ``row`` was written after the ``earlier`` ones."""
    number, mark = sequence_of(row.step), parse_mark(row.thread)
    reached = row.uncertain or row.state in MAY_HAVE_ARRIVED
    arrived = earlier.arrived or (reached and not mark.ended)
    taken_back = row.state == DeliveryState.WITHDRAWN
    if row.state == DeliveryState.FAILED or taken_back:
        refused = None if taken_back and row.reason in BY_ITSELF else mark
        return replace(earlier, number=number, refused=refused, arrived=arrived)
    return Invited(number, mark, number, None, arrived)
