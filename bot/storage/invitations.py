"""Invitations: what everybody who is invited to something was told last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from bot.domain.delivery import DeliveryState
from bot.services.inviting import Invited, sequence_of
from bot.storage.database import Database
from bot.storage.tables import deliveries, inviting

TOLD = (
    select(*(deliveries.c[name] for name in ("occurrence", "target", "step", "thread", "state")))
    .where(inviting, deliveries.c.plan == bindparam("named"))
    .order_by(deliveries.c.id)
)


@dataclass(frozen=True, slots=True)
class SqlInvitations:
    """Reads the invitations in the ledger of deliveries; implements ``InvitationLedger``."""

    database: Database

    def told(self, plan: str) -> dict[tuple[str, str], Invited]:
        """Return the newest invitation of each occurrence and target, sent or on its way."""
        return {
            (row.occurrence, row.target): Invited(sequence_of(row.step), row.thread)
            for row in self._rows(plan)
        }

    def reached(self, plan: str) -> list[tuple[str, str]]:
        """Return the occurrences and targets whose newest invitation was sent or is on its way."""
        newest = {
            (row.occurrence, row.target): row.state
            for row in self._rows(plan)
            if row.state != DeliveryState.WITHDRAWN
        }
        return [each for each, state in newest.items() if state != DeliveryState.FAILED]

    def _rows(self, plan: str) -> Sequence[Row[Any]]:
        with self.database.read(single=True) as connection:
            return connection.execute(TOLD, {"named": plan}).all()
