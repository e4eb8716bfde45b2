"""Commands that need nothing but a plan file: check, occurrences, reminders."""

import json
from argparse import Namespace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.errors import SettingsError
from bot.domain.occurrence import Occurrence
from bot.domain.periods import Window
from bot.domain.plan import Plan
from bot.domain.reminder import Reminder
from bot.domain.swedish import moment_text
from bot.planfile.reading import read_plan
from bot.planfile.schema import json_schema
from bot.planfile.warnings import warnings
from bot.services import composing
from bot.services.explaining import explanation
from bot.services.planning import NOTHING_SAID, Agenda
from bot.services.reminding import reminders as planned_reminders


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
    agenda = Agenda(read_plan(options.file))
    for each in agenda.occurrences(_window(options)):
        print(_line(occurrence_data(agenda.plan, each)) if options.json else _words(each))
    return 0


def reminders(options: Namespace) -> int:
    """List every message that would go out if nobody answered."""
    agenda = Agenda(read_plan(options.file))
    for each in planned_reminders(agenda, _window(options)):
        data = reminder_data(agenda.plan, each)
        if options.json:
            print(_line(data))
        else:
            when = moment_text(each.at, agenda.plan.zone)
            first, _, rest = data["text"].partition("\n")
            print(f"{when}  {data['target']}  {data['role']}\n  {first}")
            print("\n".join(f"    {line}" for line in rest.split("\n")))
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
        "start": _local(start, plan.zone) if start else day,
        "end": _local(end, plan.zone) if end else day,
        "all_day": start is None,
        "area": occurrence.area.id if occurrence.area else None,
        "window_from": occurrence.window.first.isoformat(),
        "window_to": occurrence.window.last.isoformat(),
        "last_sensible_date": occurrence.due.isoformat(),
        "moved_from": moved.isoformat() if moved else None,
        "reason": occurrence.reason or None,
    }


def reminder_data(plan: Plan, reminder: Reminder) -> dict[str, Any]:
    """Return a reminder with the names that scripts rely on."""
    key = reminder.key(reminder.target)
    sending = composing.Sending(key, reminder.step, reminder.at, reminder.at)
    message = composing.message(plan, reminder.occurrence, NOTHING_SAID, sending)
    return {
        "key": key,
        "occurrence": reminder.occurrence.id,
        "step": reminder.step,
        "at": _local(reminder.at, plan.zone),
        "role": ", ".join(reminder.roles),
        "target": reminder.target,
        "text": message.text,
    }


def _window(options: Namespace) -> Window:
    if options.last < options.first:
        raise SettingsError(f"--to ({options.last}) ligger före --from ({options.first}).")
    return Window(options.first, options.last)


def _words(occurrence: Occurrence) -> str:
    moved = f"  (flyttat från {occurrence.moved_from}: {occurrence.reason})"
    named = f"{composing.when(occurrence)}  {composing.name(occurrence)}"
    return named + (moved if occurrence.moved_from else "") + f"\n  {occurrence.id}"


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat()


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)
