"""Weighing: how much the rules of a calendar would give, before anything is worked out."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Component

from bot.domain.errors import SourceError
from bot.domain.periods import Window

MOST_DAYS = 500
TOO_MANY = f"Kalendern har fler än {MOST_DAYS} möten i planens period."
# So many days may lie in all between the beginnings of the rules and the end of what is asked for.
MOST_SEARCHED_DAYS = 500_000
FIRST_YEAR = 1970


def weigh(events: Iterable[Component], window: Window) -> None:
    """Refuse ``events`` whose rules give too many days in ``window``, or too many before it."""
    searched = given = 0
    for each in events:
        rule: Any = each.get("RRULE")
        if rule is None:
            continue
        if isinstance(rule, list):
            raise SourceError("Kalendern har en post med flera upprepningar, som inte stöds.")
        first, last = _date(each.decoded("DTSTART")), _last(rule, window)
        if first.year < FIRST_YEAR:
            raise SourceError(f"Kalendern har en upprepning som börjar före {FIRST_YEAR}.")
        searched += max(0, (last - first).days)
        if searched > MOST_SEARCHED_DAYS:
            raise SourceError("Kalendern har för många upprepningar som börjar för länge sedan.")
        given += _count(rule, first, Window(window.first, last), MOST_DAYS - given)
        if given > MOST_DAYS:
            raise SourceError(TOO_MANY)


def _last(rule: Any, window: Window) -> date:
    until = rule.get("UNTIL")
    return min(_date(until[0]), window.last) if until else window.last


def _count(rule: Any, first: date, days: Window, most: int) -> int:
    """How many days the rule gives in ``days``; one more than ``most`` where it is more."""
    text = ";".join(
        part for part in rule.to_ical().decode().split(";") if not part.startswith("UNTIL=")
    )
    begins = datetime.combine(first, time())
    found = 0
    for moment in rrulestr(text, dtstart=begins).xafter(_start(days.first), inc=True):
        if moment.date() > days.last or found > most:
            break
        found += 1
    return found


def _start(day: date) -> datetime:
    return datetime.combine(day, time())


def _date(when: date) -> date:
    return when.date() if isinstance(when, datetime) else when
