"""A plan with just as many occurrences as are asked for, and a link to the feed of them all."""

from bisect import bisect_left
from datetime import date, timedelta
from pathlib import Path

from benchmarks.plans import under_way
from bot.app.clocks import wall_now
from bot.app.office import open_office
from bot.domain.feed import Feed
from bot.planfile.reading import parse_plan
from bot.services.planning import Agenda
from bot.settings import DatabaseSettings, load_settings

NAME = "ort-000"
FORTNIGHTLY = "every: 2, unit: week, from: "
SHIFTS = range(1_000)


def plan_of(events: int, folder: Path) -> Path:
    """Write a plan with ``events`` occurrences: the Gävle plan, meeting every other day."""
    text = under_way(wall_now(), NAME)
    before, _, rest = text.partition(FORTNIGHTLY)
    after = rest.partition("}")[2]
    last = parse_plan(text, NAME).period.last

    def begun(shift: int) -> str:
        first = date.isoformat(last - timedelta(days=shift))
        return f"{before}every: 2, unit: day, from: {first}}}{after}"

    def count(shift: int) -> int:
        return len(Agenda(parse_plan(begun(shift), NAME)).by_id)

    shift = bisect_left(SHIFTS, events, key=count)
    if count(shift) != events:
        raise ValueError(f"no such plan has {events} occurrences")
    path = folder / f"{NAME}.yaml"
    path.write_text(begun(shift), encoding="utf-8")
    return path


def link_to(plan: Path, url: str) -> str:
    """Return the path of a new link to the feed of all of ``plan``, in the database at ``url``."""
    office = open_office(load_settings(database=DatabaseSettings(url=url)), [plan])
    try:
        return f"/feeds/{office.calendars.create(Feed(NAME))}.ics"
    finally:
        office.database.close()
