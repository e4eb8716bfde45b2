"""A plan file with what a service has kept of the calendars that it follows."""

import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bot.domain.errors import DatabaseError
from bot.domain.plan import Event, Plan
from bot.domain.rhythms import External
from bot.planfile.reading import read_plan
from bot.planfile.warnings import elsewhere


def read_with_meetings(path: Path) -> Plan:
    """Return the plan in the file, its meetings of others on the days on which they are now.

    Which calendars no days are known of is told beside the listing.
    """
    plan = read_plan(path)
    if not any(isinstance(each.cadence, External) for each in plan.events):
        return plan
    known = _with_kept(plan)
    for line in elsewhere(known):
        print(f"Varning: {line}", file=sys.stderr)
    return replace(known, events=tuple(_as_held(each) for each in known.events))


def _with_kept(plan: Plan) -> Plan:
    """The plan with what the configured database has; nothing is made or brought up to date."""
    # A plan without calendars needs none of this, and should not wait for it.
    from bot.app.office import filled
    from bot.settings import load_settings
    from bot.storage.addresses import exists
    from bot.storage.calendars import SqlCalendars
    from bot.storage.database import open_unchanged

    url = load_settings().database.url
    if not exists(url):
        return plan
    try:
        with closing(open_unchanged(url)) as database:
            return filled(plan, SqlCalendars(database).of_plans().get(plan.id, {}))
    except DatabaseError as error:
        print(f"Varning: {error}", file=sys.stderr)
        return plan


def _as_held(event: Event) -> Event:
    """Without a ledger nobody can say what has moved, so each meeting is planned where it is."""
    cadence = event.cadence
    if not isinstance(cadence, External):
        return event
    held = tuple(replace(each, planned=each.day) for each in cadence.meetings if not each.fallen)
    return replace(event, cadence=replace(cadence, meetings=held))
