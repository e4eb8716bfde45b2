"""The plans that have been adopted, every version of each, and the clock's last instant."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from bot.storage.database import Database
from bot.storage.tables import clock, plans


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """One version of a plan, 1 being the first; ``adopted`` is an instant of the plan's clock."""

    id: str
    version: int
    name: str
    text: str
    adopted: datetime


@dataclass(frozen=True, slots=True)
class SqlPlans:
    """Keeps the text of plans; nothing of an older version is lost."""

    database: Database

    def adopt(self, plan: str, *, name: str, text: str, now: datetime) -> None:
        """Keep ``text`` as the newest version, unless it is that already."""
        newest = select(plans.c.version, plans.c.text).where(plans.c.id == plan)
        with self.database.write() as connection:
            row = connection.execute(newest.order_by(plans.c.version.desc())).first()
            if row is None or row.text != text:
                version = row.version + 1 if row else 1
                values = {"id": plan, "version": version, "name": name, "text": text}
                connection.execute(insert(plans).values(values | {"adopted": now}))

    def versions(self) -> dict[str, list[KeptPlan]]:
        """Return every version of each plan, the oldest first."""
        found: dict[str, list[KeptPlan]] = defaultdict(list)
        with self.database.read() as connection:
            chosen = select(plans).order_by(plans.c.id, plans.c.version)
            for row in connection.execute(chosen).mappings():
                found[row["id"]].append(KeptPlan(**row))
        return dict(found)


@dataclass(frozen=True, slots=True)
class SqlClock:
    """Remembers the last instant that the plan's clock showed, so that a restart goes on there."""

    database: Database

    def seen(self) -> datetime | None:
        """Return the last instant that was noted."""
        with self.database.read() as connection:
            return connection.execute(select(clock.c.seen)).scalar()

    def note(self, now: datetime) -> None:
        """Note ``now``; an earlier instant than the one noted changes nothing."""
        with self.database.write() as connection:
            later = update(clock).where(clock.c.id == 1, clock.c.seen < now).values(seen=now)
            known = connection.execute(select(clock.c.id)).scalar()
            if known is None:
                connection.execute(insert(clock).values(id=1, seen=now))
            else:
                connection.execute(later)
