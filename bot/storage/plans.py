"""The plans that have been adopted, every version of each, and the clock's last instant."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from bot.storage.database import Database
from bot.storage.tables import clock, plans


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan's newest version, and when the plan was first adopted (the plan's clock)."""

    id: str
    version: int
    name: str
    text: str
    adopted: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class SqlPlans:
    """Keeps the text of plans; nothing of an older version is lost."""

    database: Database

    def adopt(self, plan: str, *, name: str, text: str, now: datetime) -> KeptPlan:
        """Keep ``text`` as the newest version, unless it is that already."""
        with self.database.write() as connection:
            newest = select(plans.c.version, plans.c.text).where(plans.c.id == plan)
            row = connection.execute(newest.order_by(plans.c.version.desc())).first()
            if row is None or row.text != text:
                version = row.version + 1 if row else 1
                values = {"id": plan, "version": version, "name": name, "text": text}
                connection.execute(insert(plans).values(values | {"adopted": now}))
        return next(each for each in self.newest() if each.id == plan)

    def newest(self) -> list[KeptPlan]:
        """Return the newest version of each plan, by id."""
        spans = (
            select(
                plans.c.id,
                func.max(plans.c.version).label("version"),
                func.min(plans.c.adopted).label("first"),
            )
            .group_by(plans.c.id)
            .subquery()
        )
        joined = select(plans, spans.c.first).join(
            spans, (spans.c.id == plans.c.id) & (spans.c.version == plans.c.version)
        )
        with self.database.read() as connection:
            rows = connection.execute(joined.order_by(plans.c.id)).mappings().all()
        return [
            KeptPlan(r["id"], r["version"], r["name"], r["text"], r["first"], r["adopted"])
            for r in rows
        ]


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
