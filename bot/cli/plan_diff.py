"""The command ``plan diff``: what a newer plan file changes, before anybody runs it."""

import json
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from bot.cli.meetings import warn_of_the_unknown, with_meetings
from bot.domain.answer import Answer
from bot.domain.errors import DatabaseError, DatabaseTroubleError, SettingsError
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Event
from bot.domain.rhythms import External
from bot.domain.swedish import ANSWERS, day_text, window_text
from bot.planfile.reading import read_plan
from bot.services import composing
from bot.services.comparing import Comparison, OtherEvent, compare
from bot.services.planning import Agenda, Standings
from bot.settings import load_settings
from bot.storage.addresses import exists
from bot.storage.answers import SqlAnswers
from bot.storage.database import open_unchanged

SHOWN = 10
FIELDS = {
    "title": "rubrik",
    "wording": "ordalydelse",
    "responsible": "ansvariga",
    "policy": "regel om påminnelser",
    "target": "plats",
    "free_day": "regel om fria dagar",
    "reading": "läsning",
    "cadence": "när det ska göras",
}


def plan(options: Namespace) -> int:
    """Say what is added, moved and removed, and which answered occurrences are touched."""
    before, after = with_meetings(read_plan(options.old)), with_meetings(read_plan(options.new))
    warn_of_the_unknown(before, after)
    old, new = Agenda(before), Agenda(after)
    if old.plan.id != new.plan.id:
        raise SettingsError(
            f"Filerna är två olika planer, {old.plan.id} och {new.plan.id}. "
            "Jämför två versioner av samma plan."
        )
    standings, unread = _standings(old.plan.id)
    found = compare(old, new, standings)
    for line in _data(found) if options.json else _words(found, unread):
        print(line)
    return 0


def _standings(plan_id: str) -> tuple[Standings, str]:
    """What has been answered, or why that is not known; nothing is made or brought up to date."""
    url = load_settings().database.url
    if not exists(url):
        return {}, "Ingen databas finns att läsa."
    try:
        with closing(open_unchanged(url)) as database:
            return SqlAnswers(database).standings(plan_id), ""
    except (DatabaseError, DatabaseTroubleError) as error:
        return {}, str(error)


def _words(found: Comparison, unread: str) -> Iterator[str]:
    if found.same:
        yield "Ingenting ändras."
        return
    yield (
        f"{len(found.added)} tillfällen tillkommer, {len(found.moved)} flyttas, "
        f"{len(found.removed)} tas bort."
    )
    before, after = found.periods
    if before != after:
        what = "förlängs" if after.last > before.last else "ändras"
        yield f"Perioden {what}: {window_text(before)} blir {window_text(after)}."
    yield from (f"Nytt åtagande: {each.title} [{each.id}]" for each in found.begun)
    yield from (f"Borttaget åtagande: {each.title} [{each.id}]" for each in found.ended)
    for each in found.reworded:
        named = ", ".join(FIELDS[field] for field in each.what)
        yield f"Ändrat åtagande: {each.after.title} [{each.after.id}]: {named}"
    yield from map(_event_words, found.events)
    yield from _listed("Nytt", [_name(each) for each in found.added])
    moved = [f"{_name(m.before)} → {composing.when(m.after.in_full)}" for m in found.moved]
    yield from _listed("Flyttat", moved)
    yield from _listed("Borttaget", [_name(each) for each in found.removed])
    if unread:
        yield f"Svaren har inte jämförts. {unread}"
    yield from _listed("Redan besvarat", [_answered(*each) for each in found.answered.items()], 100)


def _event_words(found: OtherEvent) -> str:
    named = f"händelse: {found.event.title} [{found.event.id}]"
    if found.before is None:
        return f"Ny {named}"
    if found.after is None:
        return f"Borttagen {named}"
    what = [
        f"{name} ”{old}” blir ”{new}”" for name, old, new in _changes(found.before, found.after)
    ]
    return f"Ändrad {named}: {', '.join(what) or 'när den är'}"


def _changes(before: Event, after: Event) -> Iterator[tuple[str, str, str]]:
    """What differs that has a name, and how it reads in both."""
    if before.title != after.title:
        yield "rubriken", before.title, after.title
    old, new = before.cadence, after.cadence
    if isinstance(old, External) and isinstance(new, External):
        if old.url != new.url:
            yield "kalendern", old.url, new.url
        if old.summary != new.summary:
            yield "orden som posterna söks på", old.summary, new.summary


def _listed(heading: str, lines: Sequence[str], most: int = SHOWN) -> Iterator[str]:
    if lines:
        yield f"\n{heading}:"
    yield from (f"  {line}" for line in lines[:most])
    if len(lines) > most:
        yield f"  … och {len(lines) - most} till"


def _name(occurrence: Occurrence) -> str:
    known = occurrence.in_full
    return f"{composing.name(known)}, {composing.when(known)}"


def _answered(occurrence: str, answer: Answer) -> str:
    day = f" {day_text(answer.day)}" if answer.day else ""
    return f"{occurrence}: {ANSWERS[answer.kind]}{day} ({answer.by})"


def _data(found: Comparison) -> Iterator[str]:
    changes: list[tuple[str, Occurrence | None, Occurrence | None]] = [
        *(("added", None, each) for each in found.added),
        *(("moved", each.before, each.after) for each in found.moved),
        *(("removed", each, None) for each in found.removed),
    ]
    for change, before, after in changes:
        either = after or before
        if either is None:
            continue
        answer = found.answered.get(either.id)
        data: dict[str, Any] = {
            "change": change,
            "id": either.id,
            "before": _place(before) if before else None,
            "after": _place(after) if after else None,
            "answered": answer.kind.value if answer else None,
        }
        yield json.dumps(data, ensure_ascii=False)
    for kind, commitments in (("begun", found.begun), ("ended", found.ended)):
        for each in commitments:
            yield json.dumps({"change": kind, "commitment": each.id}, ensure_ascii=False)
    for other in found.events:
        yield json.dumps({"change": "event", "event": other.event.id}, ensure_ascii=False)
    for reworded in found.reworded:
        said = {"change": "reworded", "commitment": reworded.after.id, "what": reworded.what}
        yield json.dumps(said, ensure_ascii=False)


def _place(occurrence: Occurrence) -> dict[str, str]:
    return {
        "window_from": occurrence.window.first.isoformat(),
        "window_to": occurrence.window.last.isoformat(),
        "last_sensible_date": occurrence.due.isoformat(),
    }
