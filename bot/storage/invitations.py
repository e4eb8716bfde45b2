"""Invitations: what everybody who is invited to something was told last."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.services.inviting import Invited, sequence_of
from bot.storage.database import Database
from bot.storage.tables import deliveries, inviting

TOLD = (
    select(*(deliveries.c[name] for name in ("occurrence", "target", "step", "thread")))
    .where(inviting, deliveries.c.plan == bindparam("named"))
    .order_by(deliveries.c.id)
)


@dataclass(frozen=True, slots=True)
class SqlInvitations:
    """Reads the invitations in the ledger of deliveries; implements ``InvitationLedger``."""

    database: Database

    def told(self, plan: str) -> dict[tuple[str, str], Invited]:
        """Return the newest invitation of each occurrence and target, sent or on its way."""
        with self.database.read(single=True) as connection:
            rows = connection.execute(TOLD, {"named": plan}).all()
        return {
            (row.occurrence, row.target): Invited(sequence_of(row.step), row.thread) for row in rows
        }
