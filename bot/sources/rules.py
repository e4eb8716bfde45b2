"""Rules of recurrence that are followed: those that are known to come back before long.

Whatever expands a rule searches for the next day that fits it. For a rule that no day fits it
would search for thousands of years, and for one that counts seconds it would never end. So a
rule is followed only where its shape alone shows that it comes back.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import time

KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"}
# What each may be narrowed by, and its longest interval.
NARROWED = {
    "DAILY": {"BYDAY", "BYMONTH"},
    "WEEKLY": {"BYDAY", "BYMONTH"},
    "MONTHLY": {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"},
}
LONGEST_INTERVAL = {"DAILY": 366, "WEEKLY": 104, "MONTHLY": 24, "YEARLY": 10}
MOST_TIMES = 5_000
MOST_VALUES = 62
# Each month has so many of every weekday, and so many days, whatever the year.
SURE_WEEKS, SURE_DAYS = 4, 28
LONGEST_MONTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}

_DAY = "(MO|TU|WE|TH|FR|SA|SU)"
_WEEKDAY = re.compile(rf"([+-]?\d{{1,2}})?{_DAY}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,4}", re.ASCII)
_PLAIN = {"UNTIL": re.compile(r"\d{8}(T\d{6}Z?)?", re.ASCII), "WKST": re.compile(_DAY)}

# Parts that say nothing where they repeat what the beginning says.
CLOCK = ("BYHOUR", "BYMINUTE", "BYSECOND")

Rule = Mapping[str, Sequence[str]]


def is_followed(text: str) -> bool:
    """Whether the rule that ``text`` (``FREQ=WEEKLY;BYDAY=TU``) holds is one that is followed."""
    rule = _parsed(text)
    freq = next(iter(rule.get("FREQ", ())), "")
    if freq not in NARROWED or not set(rule) <= KNOWN:
        return False
    if {"COUNT", "UNTIL"} <= set(rule) or not _is_written_well(rule):
        return False
    narrowed = {key for key in rule if key.startswith("BY")}
    fits = narrowed <= NARROWED[freq] and _is_bounded(rule, freq)
    return fits and (not narrowed or _comes_back(rule, freq))


def without_clock(text: str, at: time) -> str:
    """Return the rule without those of its parts that only repeat that it begins ``at``."""
    said = {
        f"{key}={value}" for key, value in zip(CLOCK, (at.hour, at.minute, at.second), strict=True)
    }
    return ";".join(each for each in text.split(";") if each not in said)


def turns_once_a_year(text: str) -> bool:
    """Whether the rule says one day of each year, as those do by which clocks are turned."""
    rule = _parsed(text)
    days = [*rule.get("BYDAY", ()), *rule.get("BYMONTHDAY", ())]
    return (
        is_followed(text)
        and rule["FREQ"] == ["YEARLY"]
        and len(rule.get("BYMONTH", ())) == len(days) == 1
        and not days[0].isalpha()
        and set(rule) <= {"FREQ", "INTERVAL", "UNTIL", "WKST", "BYMONTH", "BYDAY", "BYMONTHDAY"}
    )


def _parsed(text: str) -> dict[str, list[str]]:
    """The parts of a rule; one that stands twice, or has no value, makes it unknown."""
    found: dict[str, list[str]] = {}
    for part in text.strip().upper().rstrip(";").split(";"):
        key, _, value = part.partition("=")
        if key in found or not value:
            return {}
        found[key] = value.split(",")
    return found


def _is_written_well(rule: Rule) -> bool:
    """Whether every value is one that cannot be read in two ways."""
    numbers = [each for key in _numbered(rule) for each in rule[key]]
    plain = all(
        len(rule[key]) == 1 and shape.fullmatch(rule[key][0])
        for key, shape in _PLAIN.items()
        if key in rule
    )
    return plain and all(_is_number(each) for each in numbers)


def _numbered(rule: Rule) -> set[str]:
    return set(rule) & {"INTERVAL", "COUNT", "BYMONTH", "BYMONTHDAY", "BYSETPOS"}


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and int(text) != 0


def _numbers(rule: Rule, key: str) -> list[int]:
    return [int(each) for each in rule.get(key, ())]


def _interval(rule: Rule) -> int:
    return next(iter(_numbers(rule, "INTERVAL")), 1)


def _is_bounded(rule: Rule, freq: str) -> bool:
    count = next(iter(_numbers(rule, "COUNT")), 1)
    few = all(len(values) <= MOST_VALUES for values in rule.values())
    return few and 1 <= count <= MOST_TIMES and 1 <= _interval(rule) <= LONGEST_INTERVAL[freq]


def _comes_back(rule: Rule, freq: str) -> bool:
    """Whether what narrows a rule leaves days in it, however the interval falls."""
    each_one = _interval(rule) == 1
    if not each_one and (freq == "DAILY" or (freq != "YEARLY" and "BYMONTH" in rule)):
        return False
    months = _numbers(rule, "BYMONTH")
    return (
        all(1 <= each <= 12 for each in months)
        and _weekdays_come_back(rule, freq, each_one=each_one)
        and _days_come_back(rule, months, each_one=each_one)
        and _places_come_back(rule)
    )


def _weekdays_come_back(rule: Rule, freq: str, *, each_one: bool) -> bool:
    found = [_WEEKDAY.fullmatch(each) for each in rule.get("BYDAY", ())]
    nth = [abs(int(each[1])) for each in found if each and each[1]]
    if not all(found) or 0 in nth:
        return False
    if not nth:
        return each_one or not {"BYDAY", "BYMONTHDAY"} <= set(rule)
    # Where both kinds stand, some of those who expand rules want a day to be of both.
    if len(nth) < len(found):
        return False
    if freq not in {"MONTHLY", "YEARLY"} or "BYMONTHDAY" in rule:
        return False
    sure = SURE_WEEKS if freq == "MONTHLY" or "BYMONTH" in rule else 52
    return max(nth) <= sure + each_one


def _days_come_back(rule: Rule, months: Sequence[int], *, each_one: bool) -> bool:
    days = [abs(each) for each in _numbers(rule, "BYMONTHDAY")]
    if not days or min(days) <= SURE_DAYS:
        return True
    longest = max((LONGEST_MONTHS.get(each, 31) for each in months), default=31)
    return each_one and min(days) <= longest


def _places_come_back(rule: Rule) -> bool:
    """Whether the set that one is picked out of always has as many."""
    places = [abs(each) for each in _numbers(rule, "BYSETPOS")]
    if not places:
        return True
    weekdays, days = set(rule.get("BYDAY", ())), set(_numbers(rule, "BYMONTHDAY"))
    if bool(weekdays) == bool(days):
        return False
    if weekdays and all(len(each) == 2 for each in weekdays):
        return min(places) <= SURE_WEEKS * len(weekdays)
    found = [_WEEKDAY.fullmatch(each) for each in weekdays]
    nth = [int(each[1]) for each in found if each and abs(int(each[1])) <= SURE_WEEKS]
    sure = nth or [each for each in days if abs(each) <= SURE_DAYS]
    # Counted from the beginning and from the end it may be the same day.
    ahead = sum(each > 0 for each in sure)
    return min(places) <= max(ahead, len(sure) - ahead)
