"""Commands that need nothing but a plan file: check, occurrences."""

import json
from argparse import Namespace
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.cli.meetings import read_with_meetings
from bot.domain.errors import SettingsError
from bot.domain.occurrence import Occurrence
from bot.domain.periods import Window
from bot.domain.plan import Plan
from bot.planfile.reading import read_plan
from bot.planfile.schema import json_schema
from bot.planfile.warnings import warnings
from bot.services import composing
from bot.services.explaining import explanation
from bot.services.planning import Agenda


def check(options: Namespace) -> int:
    """Say what was understood; faults end the command before that."""
    if options.schema:
        print(json.dumps(json_schema(), ensure_ascii=False, indent=2))
        return 0
    if options.file is None:
        raise SettingsError("Ange vilken planfil som ska läsas: loftesbot check FIL")
    agenda = Agenda(read_plan(options.file))
    for line in explanation(agenda):
        print(line)
    for line in warnings(agenda.plan):
        print(f"Varning: {line}")
    return 0


def occurrences(options: Namespace) -> int:
    """List what is due in a window; an unbooked slot on its last sensible date."""
    agenda = Agenda(read_with_meetings(options.file))
    for each in agenda.occurrences(window_of(options)):
        print(json_line(occurrence_data(agenda.plan, each)) if options.json else _words(each))
    return 0


def occurrence_data(plan: Plan, occurrence: Occurrence) -> dict[str, Any]:
    """Return an occurrence with the names that scripts rely on."""
    start, end = occurrence.start(plan.zone), occurrence.end(plan.zone)
    day = occurrence.day.isoformat() if occurrence.day else None
    moved = occurrence.moved_from
    return {
        "id": occurrence.id,
        "plan": plan.id,
        "commitment": occurrence.commitment.id,
        "kind": occurrence.kind.value,
        "start": local_text(start, plan.zone) if start else day,
        "end": local_text(end, plan.zone) if end else day,
        "all_day": start is None,
        "area": occurrence.area.id if occurrence.area else None,
        "window_from": occurrence.window.first.isoformat(),
        "window_to": occurrence.window.last.isoformat(),
        "last_sensible_date": occurrence.due.isoformat(),
        "moved_from": moved.isoformat() if moved else None,
        "reason": occurrence.reason or None,
    }


def window_of(options: Namespace) -> Window:
    """Return the days of ``--from`` and ``--to``, or refuse them in the wrong order."""
    if options.last < options.first:
        raise SettingsError(f"--to ({options.last}) ligger före --from ({options.first}).")
    return Window(options.first, options.last)


def local_text(moment: datetime, zone: ZoneInfo) -> str:
    """Return an instant as machines read it, with the offset of ``zone``."""
    return moment.astimezone(zone).isoformat()


def json_line(data: Mapping[str, object]) -> str:
    """Return one object on a line of its own."""
    return json.dumps(data, ensure_ascii=False)


def _words(occurrence: Occurrence) -> str:
    moved = f"  (flyttat från {occurrence.moved_from}: {occurrence.reason})"
    known = occurrence.in_full
    named = f"{composing.when(known)}  {composing.name(known)}"
    return named + (moved if occurrence.moved_from else "") + f"\n  {occurrence.id}"
