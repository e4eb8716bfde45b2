"""Receipts: which of our messages is which, and what was sent of late."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.domain.delivery import Part
from bot.storage.database import Database
from bot.storage.tables import deliveries, received


@dataclass(frozen=True, slots=True)
class SqlReceipts:
    """Reads the ledger of deliveries by what the products answered; implements ``Receipts``."""

    database: Database

    def occurrence_at(self, target: str, receipt: str) -> str | None:
        """Return the occurrence whose message ``target`` took under ``receipt``, if any."""
        chosen = select(deliveries.c.occurrence).where(
            received, deliveries.c.target == target, deliveries.c.receipt == receipt
        )
        with self.database.read() as connection:
            return connection.execute(chosen.limit(1)).scalar()

    def sent_since(
        self, product: str, since: datetime, *, limit: int
    ) -> list[tuple[str, str, str]]:
        """Return address, receipt and occurrence of messages taken after ``since``."""
        row = deliveries.c
        chosen = (
            select(row.target, row.receipt, row.occurrence)
            .where(received, row.part == Part.MESSAGE, row.posted > since)
            .where(row.target.startswith(f"{product}:", autoescape=True))
            .order_by(row.id.desc())
            .limit(limit)
        )
        with self.database.read() as connection:
            found = connection.execute(chosen).all()
        return [(each.target.partition(":")[2], each.receipt, each.occurrence) for each in found]
