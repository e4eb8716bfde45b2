"""Days, months and times of day as text; each error says in Swedish what would be right."""

import re
from calendar import monthrange
from datetime import date, time

from bot.domain.recurrence import Deadline
from bot.domain.swedish import MONTHS
from bot.planfile.phrases import shown

DAY = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
DAY_OR_MONTH = r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?"
MONTH_DAY = r"([0-9]{2})-([0-9]{2})"
TIME = r"([01]?[0-9]|2[0-3]):([0-5][0-9])"

FIRST_YEAR, LAST_YEAR = 2000, 2099
LEAP_YEAR = 2000


def day(value: object) -> date:
    """Return the day that ``value`` names, such as ``2018-01-02``."""
    return _date(*_numbers(value, DAY, "ett datum som 2018-01-02"))


def deadline(value: object) -> Deadline:
    """Return what ``value`` names: a month such as ``2020-11``, or one day of it."""
    numbers = _numbers(value, DAY_OR_MONTH, "en månad som 2020-11 eller ett datum som 2020-11-15")
    found = _date(*numbers, *([1] if len(numbers) == 2 else []))
    return Deadline(found.year, found.month, found.day if len(numbers) == 3 else None)


def month_day(value: object) -> date:
    """Return the day that ``value`` (``07-02``) names each year, in a year that has them all."""
    return _date(LEAP_YEAR, *_numbers(value, MONTH_DAY, "månad och dag som 07-02"))


def time_of_day(value: object) -> time:
    """Return the time that ``value`` names, such as ``09:00`` or ``9:00``."""
    hour, minute = _numbers(value, TIME, 'ett klockslag som "09:00"')
    return time(hour, minute)


def _numbers(value: object, pattern: str, wanted: str) -> list[int]:
    found = re.fullmatch(pattern, value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"ska vara {wanted}, inte {shown(value)}.")
    return [int(each) for each in found.groups() if each is not None]


def _date(year: int, month: int, number: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"årtalet {year} ska vara mellan {FIRST_YEAR} och {LAST_YEAR}.")
    try:
        return date(year, month, number)
    except ValueError as error:
        raise ValueError(_impossible(year, month, number)) from error


def _impossible(year: int, month: int, number: int) -> str:
    named = f"{year}-{month:02}-{number:02} finns inte i kalendern"
    if not 1 <= month <= 12:
        return f"{named}; månaden ska vara 01–12."
    return f"{named}; {MONTHS[month - 1]} {year} har {monthrange(year, month)[1]} dagar."
