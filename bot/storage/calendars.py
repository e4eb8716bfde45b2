"""What is known of the calendars that others keep: their meetings, and how fetching them goes."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from bot.domain.meetings import Meeting
from bot.domain.rhythms import External
from bot.domain.walltime import Hours
from bot.storage.database import Database
from bot.storage.inserting import insert_into
from bot.storage.tables import calendars


@dataclass(frozen=True, slots=True)
class KeptCalendar:
    """The calendar of one event of a plan as it was last good; all instants are the plan's.

    ``first`` and ``last`` are those of the plan for which it was read, ``etag`` and ``modified``
    what the server knows it by. ``failed_since`` is set as long as
    it cannot be had. ``revision`` rises whenever the plan has other meetings, ``changed`` last.
    """

    plan: str
    event: str
    url: str
    summary: str
    first: date
    last: date
    etag: str = ""
    modified: str = ""
    fetched: datetime | None = None
    failed_since: datetime | None = None
    revision: int = 0
    changed: datetime | None = None
    meetings: tuple[Meeting, ...] = ()

    def is_named_by(self, cadence: External) -> bool:
        """Whether it was read at the address of ``cadence``, and for the same words."""
        return (self.url, self.summary) == (cadence.url, cadence.summary)


@dataclass(frozen=True, slots=True)
class SqlCalendars:
    """Keeps calendars by plan and event; one that no plan names any more stays for its revision."""

    database: Database

    def of_plans(self) -> Mapping[str, Mapping[str, KeptCalendar]]:
        """Return what is kept of each plan, by the ids of its events."""
        found: dict[str, dict[str, KeptCalendar]] = defaultdict(dict)
        with self.database.read(single=True) as connection:
            for row in connection.execute(select(calendars)).mappings():
                found[row["plan"]][row["event"]] = _calendar(row)
        return found

    def update(
        self, first: KeptCalendar, change: Callable[[KeptCalendar], KeptCalendar]
    ) -> KeptCalendar:
        """Keep what ``change`` makes of what is kept, or of ``first``, and return it.

        Two who do so at once come one after the other.
        """
        with self.database.write(alone="calendars") as connection:
            kept = change(_kept(connection, first) or first)
            values = asdict(kept) | {"meetings": [_plain(each) for each in kept.meetings]}
            added = insert_into(connection, calendars).values(values)
            connection.execute(
                added.on_conflict_do_update(index_elements=["plan", "event"], set_=values)
            )
        return kept


def _kept(connection: Connection, known: KeptCalendar) -> KeptCalendar | None:
    chosen = select(calendars).where(
        calendars.c.plan == known.plan, calendars.c.event == known.event
    )
    row = connection.execute(chosen).mappings().first()
    return _calendar(row) if row else None


def _calendar(row: RowMapping) -> KeptCalendar:
    return KeptCalendar(**{**row, "meetings": tuple(_meeting(each) for each in row["meetings"])})


def _plain(meeting: Meeting) -> dict[str, Any]:
    hours = meeting.hours
    return {
        **asdict(meeting),
        "planned": meeting.planned.isoformat(),
        "day": meeting.day.isoformat(),
        "known": meeting.known.isoformat(),
        "hours": [f"{hours.start:%H:%M}", f"{hours.end:%H:%M}"] if hours else None,
    }


def _meeting(plain: Mapping[str, Any]) -> Meeting:
    hours = plain["hours"]
    told = {
        "planned": date.fromisoformat(plain["planned"]),
        "day": date.fromisoformat(plain["day"]),
        "known": datetime.fromisoformat(plain["known"]),
        "hours": Hours(*(time.fromisoformat(each) for each in hours)) if hours else None,
    }
    return Meeting(**{**plain, **told})
