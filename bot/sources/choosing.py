"""Choosing: which events of a calendar are meant, and that each of those can be read."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from icalendar import Component, vText

from bot.domain.errors import SourceError
from bot.sources.faults import UNREADABLE, NoneMeantError, UnsupportedRuleError
from bot.sources.lines import UNREAD

# So much of a summary is looked at: putting letters and marks together takes the square of it.
LONGEST_SUMMARY = 1_000
# What stands between the id of an event and what tells it from others of that id.
APART = "\0"


def meant(events: Sequence[Component], wanted: str) -> list[Component]:
    """Return the events that have ``wanted`` in their summary, each with an id of its own series.

    One that was changed belongs to its series, whatever its name. One that is meant but cannot
    be read is refused, and so is a calendar in which none is meant.
    """
    for number, each in enumerate(events):
        if "UID" not in each:
            each.add("uid", f"-{number}")
    named = list(_named(events, wanted))
    if events and not named:
        raise NoneMeantError(wanted)
    for each in named:
        _refuse(each)
    return _told_apart([each for each in named if "DTSTART" in each])


def uid(event: Component) -> str:
    """The id that an event bears, alone or with all of its series."""
    return str(event["UID"])


def _named(events: Sequence[Component], wanted: str) -> Iterator[Component]:
    whole = {uid(each) for each in events if "RECURRENCE-ID" not in each}
    found = {
        uid(each)
        for each in events
        if (_has(each, wanted) or (each.errors and "SUMMARY" not in each))
        and ("RECURRENCE-ID" not in each or uid(each) not in whole)
    }
    return (each for each in events if uid(each) in found)


def _has(event: Component, wanted: str) -> bool:
    summary = str(event.get("SUMMARY", ""))[:LONGEST_SUMMARY]
    return _folded(wanted) in _folded(summary)


def _folded(text: str) -> str:
    """The same for what looks the same, in small letters or capitals."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _refuse(event: Component) -> None:
    wrong = {name for name, _ in event.errors}
    if wrong - {"RRULE"}:
        raise SourceError(UNREADABLE)
    if wrong or UNREAD in event:
        raise UnsupportedRuleError(begins(event), str(event["RRULE" if wrong else UNREAD]))


def begins(event: Component) -> str:
    """The day on which an event begins, for whoever looks for it."""
    start = event.get("DTSTART")
    return f"{start.dt:%Y-%m-%d}" if hasattr(start, "dt") else "utan dag"


def series(event: Component) -> str:
    """The id that an event bore in its calendar, where others may have borne it too."""
    return uid(event).partition(APART)[0]


def _told_apart(events: Sequence[Component]) -> list[Component]:
    """The events without those that a later version replaces; no two with an id but no series.

    Several that stand alone under one id would be read as one.
    """
    alone = [each for each in events if "RECURRENCE-ID" not in each]
    newest = {uid(each): _version(each) for each in sorted(alone, key=_version)}
    old = {id(each) for each in alone if _version(each) < newest[uid(each)]}
    current = [each for each in alone if id(each) not in old]
    many = {name for name, number in Counter(map(uid, current)).items() if number > 1}
    recurring = set[str]()
    for each in current:
        name = uid(each)
        if name in many and (name in recurring or not _recurs(each)):
            each["UID"] = vText(f"{name}{APART}{each.decoded('DTSTART')}")
        elif _recurs(each):
            recurring.add(name)
    return [each for each in events if id(each) not in old]


def _version(event: Component) -> int:
    return int(event.get("SEQUENCE", -1))


def _recurs(event: Component) -> bool:
    return "RRULE" in event or "RDATE" in event
