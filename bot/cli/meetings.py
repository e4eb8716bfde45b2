"""A plan file with what a service has kept of the calendars that it follows."""

import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bot.app.office import filled
from bot.domain.errors import DatabaseError
from bot.domain.plan import Event, Plan
from bot.domain.rhythms import External
from bot.planfile.reading import read_plan
from bot.planfile.warnings import elsewhere
from bot.settings import load_settings
from bot.storage.addresses import exists
from bot.storage.calendars import KeptCalendar, SqlCalendars
from bot.storage.database import open_unchanged


def read_with_meetings(path: Path) -> Plan:
    """Return the plan in the file, its meetings of others on the days on which they are now.

    Which calendars no days are known of is told beside the listing.
    """
    plan = with_meetings(read_plan(path))
    warn_of_the_unknown(plan)
    return plan


def with_meetings(plan: Plan) -> Plan:
    """Return ``plan`` with what the configured database has; nothing is made or brought up to date.

    A calendar whose kept days are those of another address or summary is told of.
    """
    if not any(isinstance(each.cadence, External) for each in plan.events):
        return plan
    known = _kept(plan)
    for event in plan.events:
        kept, cadence = known.get(event.id), event.cadence
        if kept and isinstance(cadence, External) and not kept.is_named_by(cadence):
            _warn(
                f"{event.title}: dagarna är den förra kalenderns, tills en tjänst har läst den nya."
            )
    return replace(plan, events=tuple(_as_held(each) for each in filled(plan, known).events))


def warn_of_the_unknown(*plans: Plan) -> None:
    """Tell, once each, of which calendars no days are known."""
    for line in dict.fromkeys(line for plan in plans for line in elsewhere(plan)):
        _warn(line)


def _kept(plan: Plan) -> Mapping[str, KeptCalendar]:
    """What is kept of the plan's calendars, by event; nothing where there is no database."""
    url = load_settings().database.url
    if not exists(url):
        return {}
    try:
        with closing(open_unchanged(url)) as database:
            return SqlCalendars(database).of_plans().get(plan.id, {})
    except DatabaseError as error:
        _warn(str(error))
        return {}


def _warn(line: str) -> None:
    print(f"Varning: {line}", file=sys.stderr)


def _as_held(event: Event) -> Event:
    """Without a ledger nobody can say what has moved, so each meeting is planned where it is."""
    cadence = event.cadence
    if not isinstance(cadence, External):
        return event
    held = tuple(replace(each, planned=each.day) for each in cadence.meetings if not each.fallen)
    return replace(event, cadence=replace(cadence, meetings=held))
