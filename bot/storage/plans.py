"""The plans that have been adopted, every version of each, and the clock's last instant."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from bot.storage import log
from bot.storage.database import Database, be_alone
from bot.storage.inserting import insert_into
from bot.storage.tables import calendars, clock, deliveries, plans


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
    key: bytes = b""

    def adopt(self, plan: str, *, name: str, text: str, now: datetime) -> None:
        """Keep ``text`` as the newest version, unless it is that already."""
        newest = select(plans.c.version, plans.c.text).where(plans.c.id == plan)
        with self.database.write(alone="plans") as connection:
            row = connection.execute(newest.order_by(plans.c.version.desc())).first()
            if row is None or row.text != text:
                version = row.version + 1 if row else 1
                values = {"id": plan, "version": version, "name": name, "text": text}
                added = insert(plans).values(values | {"adopted": now}).returning(plans)
                kept = connection.execute(added).mappings().one()
                be_alone(connection, plan)
                log.add(connection, log.adoption(kept), key=self.key)

    def newest(self) -> dict[str, int]:
        """Return the number of the newest version of each plan."""
        chosen = select(plans.c.id, func.max(plans.c.version)).group_by(plans.c.id)
        with self.database.read(single=True) as connection:
            return {row[0]: row[1] for row in connection.execute(chosen)}

    def states(self) -> dict[str, int]:
        """Return of each plan a number that rises with each version and each new calendar."""
        told = select(func.coalesce(func.sum(calendars.c.revision), 0))
        moved = told.where(calendars.c.plan == plans.c.id).scalar_subquery()
        chosen = select(plans.c.id, func.max(plans.c.version) + moved).group_by(plans.c.id)
        with self.database.read(single=True) as connection:
            return {row[0]: int(row[1]) for row in connection.execute(chosen)}

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
        """Return the last instant that is known of: what was noted, or written after that.

        None where no clock was ever noted.
        """
        newest = select(deliveries.c.written).order_by(deliveries.c.id.desc()).limit(1)
        with self.database.read() as connection:
            noted = connection.execute(select(clock.c.seen)).scalar()
            written = connection.execute(newest).scalar() if noted else None
        return max(filter(None, [noted, written]), default=None)

    def note(self, now: datetime) -> None:
        """Note ``now``; an earlier instant than the one noted changes nothing."""
        with self.database.write() as connection:
            first = insert_into(connection, clock).values(id=1, seen=now)
            later = first.on_conflict_do_update(
                index_elements=["id"], set_={"seen": now}, where=clock.c.seen < now
            )
            connection.execute(later)
