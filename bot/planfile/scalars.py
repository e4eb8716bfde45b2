"""Days, months and times of day as text; each error says in Swedish what would be right."""

import re
from calendar import monthrange
from datetime import date, time

from bot.domain.deadlines import Deadline
from bot.domain.swedish import MONTHS
from bot.planfile.phrases import shown

DAY = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
DUE = (
    r"(?:(?P<year>[0-9]{4})-)?(?:W(?P<week>[0-9]{2})|(?P<season>spring|summer|autumn|winter)"
    r"|(?P<month>[0-9]{2})(?:-(?:H(?P<half>[12])|(?P<day>[0-9]{2})))?)"
)
DUE_EXAMPLES = (
    "en månad (2020-11, eller 11 varje år), en dag (2020-11-15), en halv månad (2020-11-H1), "
    "en vecka (2020-W44) eller en årstid (2020-spring)"
)
TERM = r"[0-9]{4}-(VT|HT)"
MONTH_DAY = r"([0-9]{2})-([0-9]{2})"
TIME = r"([01]?[0-9]|2[0-3]):([0-5][0-9])"

FIRST_YEAR, LAST_YEAR = 2000, 2099
LEAP_YEAR = 2000
LAST_WEEK = 53


def day(value: object) -> date:
    """Return the day that ``value`` names, such as ``2018-01-02``."""
    return _date(*_numbers(value, DAY, "ett datum som 2018-01-02"))


def deadline(value: object) -> Deadline:
    """Return what ``value`` names, once (``2020-11``) or without a year each year (``11``).

    It is a month, a day of it (``11-15``), a half of it (``11-H1``), a week (``W44``) or a
    season (``spring``).
    """
    text = f"{value:02}" if type(value) is int else value
    found = re.fullmatch(DUE, text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f"ska vara {DUE_EXAMPLES}, inte {shown(value)}.")
    parts = found.groupdict()
    year = _year(int(parts["year"])) if parts["year"] else None
    if parts["week"]:
        return _in_words(Deadline(year, week=int(parts["week"])))
    if parts["season"]:
        return Deadline(year, season=parts["season"])
    month, number, half = (int(parts[key] or 0) for key in ("month", "day", "half"))
    _date(year or LEAP_YEAR, month, number or 1)
    return Deadline(year, month, number or None, half or None)


def term(value: object) -> str:
    """Return the name of a term: ``2026-VT`` is spring, ``2026-HT`` autumn."""
    if not isinstance(value, str) or not re.fullmatch(TERM, value):
        raise ValueError(f"ska vara år och VT eller HT som 2026-VT, inte {shown(value)}.")
    return value


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
    _year(year)
    try:
        return date(year, month, number)
    except ValueError as error:
        raise ValueError(_impossible(year, month, number)) from error


def _year(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"årtalet {year} ska vara mellan {FIRST_YEAR} och {LAST_YEAR}.")
    return year


def _in_words(due: Deadline) -> Deadline:
    """Refuse a week that does not exist."""
    week = due.week or 0
    if not 1 <= week <= LAST_WEEK:
        raise ValueError(f"vecka {week} finns inte; veckan ska vara W01–W52, eller W53 vissa år.")
    if due.year and not due.exists_in(due.year):
        raise ValueError(f"vecka {week} finns inte {due.year}; det året har 52 veckor.")
    return due


def _impossible(year: int, month: int, number: int) -> str:
    named = f"{year}-{month:02}-{number:02} finns inte i kalendern"
    if not 1 <= month <= 12:
        return f"{named}; månaden ska vara 01–12."
    return f"{named}; {MONTHS[month - 1]} {year} har {monthrange(year, month)[1]} dagar."
