"""Weighing: how much the rules of a calendar would give, before anything is worked out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Component, vRecur

from bot.domain.errors import SourceError
from bot.domain.periods import Window
from bot.sources.choosing import begins, uid
from bot.sources.faults import UnsupportedRuleError
from bot.sources.rules import is_followed, without_clock

MOST_DAYS = 600
TOO_MANY = f"Kalendern har fler än {MOST_DAYS} möten i och kring planens period."
# So many days may lie in all between the beginnings of the rules and the end of what is asked for.
MOST_SEARCHED_DAYS = 500_000
FIRST_YEAR = 1970


def weigh(events: Sequence[Component], window: Window) -> None:
    """Refuse ``events`` whose rules are not followed, or give too many days in ``window``.

    What is weighed is what is expanded: the rule as it was read, not as it was written.
    """
    searched = given = 0
    reach = _reach(events)
    for each in events:
        if "RRULE" not in each:
            continue
        each["RRULE"] = rule = _followed(each)
        around = _wider(window, reach[uid(each)])
        first, last = _date(each.decoded("DTSTART")), _last(rule, around)
        if first.year < FIRST_YEAR:
            raise SourceError(f"Kalendern har en upprepning som börjar före {FIRST_YEAR}.")
        searched += max(0, (last - first).days)
        if searched > MOST_SEARCHED_DAYS:
            raise SourceError("Kalendern har för många upprepningar över för lång tid.")
        given += _count(rule, first, Window(around.first, last), MOST_DAYS - given)
        if given > MOST_DAYS:
            raise SourceError(TOO_MANY)


def _followed(event: Component) -> Any:
    """The rule of an event, if it is one that is followed."""
    rule: Any = event["RRULE"]
    if isinstance(rule, list):
        raise UnsupportedRuleError(begins(event), "flera RRULE")
    start, text = event.decoded("DTSTART"), rule.to_ical().decode()
    plain = without_clock(text, start.time()) if isinstance(start, datetime) else text
    if not is_followed(plain):
        raise UnsupportedRuleError(begins(event), text)
    return vRecur.from_ical(plain)


def _reach(events: Sequence[Component]) -> Mapping[str, timedelta]:
    """How far from its days an entry of each series can lie: as long as one lasts, or moves."""
    found: dict[str, timedelta] = defaultdict(timedelta)
    for each in events:
        start = _date(each.decoded("DTSTART"))
        ends = [_date(each.decoded(key)) for key in ("DTEND", "RECURRENCE-ID") if key in each]
        lasts = each.decoded("DURATION") if "DURATION" in each else timedelta()
        far = sum((abs(end - start) for end in ends), abs(lasts))
        found[uid(each)] = max(found[uid(each)], far)
    return found


def _wider(window: Window, reach: timedelta) -> Window:
    before, after = window.first - date.min, date.max - window.last
    return Window(window.first - min(reach, before), window.last + min(reach, after))


def _last(rule: Any, window: Window) -> date:
    until = rule.get("UNTIL")
    return min(_date(until[0]), window.last) if until else window.last


def _count(rule: Any, first: date, days: Window, most: int) -> int:
    """How many days the rule gives in ``days``; one more than ``most`` where it is more."""
    text = ";".join(
        part for part in rule.to_ical().decode().split(";") if not part.startswith("UNTIL=")
    )
    moments = rrulestr(text, dtstart=_start(first)).xafter(_start(days.first), inc=True)
    found = 0
    for moment in moments:
        if moment.date() > days.last or found > most:
            break
        found += 1
    return found


def _start(day: date) -> datetime:
    return datetime.combine(day, time())


def _date(when: date) -> date:
    return when.date() if isinstance(when, datetime) else when
