"""Phrasing: what was understood of a cadence, as a Swedish phrase."""

from typing import assert_never

from bot.domain.counting import CountPerPeriod
from bot.domain.deadlines import Deadline
from bot.domain.plan import Commitment, Plan
from bot.domain.recurrence import (
    Continuous,
    Following,
    Offset,
    OffsetUnit,
    OnDemand,
    Outcome,
    Relative,
)
from bot.domain.rhythms import Dates, External, Interval, IntervalUnit, Parity, Weekdays, WeekParity
from bot.domain.swedish import (
    MONTHS,
    SEASON_NAMES,
    UNITS,
    WEEKDAYS,
    day_text,
    hours_text,
    list_text,
    number_text,
    season_text,
    window_text,
)
from bot.domain.workdays import FreeDayRule

RULES = {
    FreeDayRule.KEEP: "hålls också på fria dagar",
    FreeDayRule.SKIP: "utgår på fria dagar",
    FreeDayRule.NEXT: "flyttas från fria dagar till nästa arbetsdag",
    FreeDayRule.PREVIOUS: "flyttas från fria dagar till föregående arbetsdag",
    FreeDayRule.NEAREST: "flyttas från fria dagar till närmaste arbetsdag",
}
SINGULARS = {IntervalUnit.DAY: "dag", IntervalUnit.WEEK: "vecka", IntervalUnit.MONTH: "månad"}
EVERY = {
    (IntervalUnit.DAY, 1): "varje dag",
    (IntervalUnit.DAY, 2): "varannan dag",
    (IntervalUnit.WEEK, 1): "varje vecka",
    (IntervalUnit.WEEK, 2): "varannan vecka",
    (IntervalUnit.MONTH, 1): "varje månad",
    (IntervalUnit.MONTH, 2): "varannan månad",
}
NTH = {1: "första", 2: "andra", 3: "tredje", 4: "fjärde", -1: "sista"}
HALVES = {1: "första hälften av", 2: "andra hälften av"}
DISTANCES = {
    OffsetUnit.DAY: ("en dag", "dagar"),
    OffsetUnit.WORKING_DAY: ("en arbetsdag", "arbetsdagar"),
    OffsetUnit.WEEK: ("en vecka", "veckor"),
    OffsetUnit.MONTH: ("en månad", "månader"),
}


def phrase(plan: Plan, commitment: Commitment) -> str:
    """Return how often a commitment comes round, and what becomes of it on free days."""
    cadence = commitment.cadence
    match cadence:
        case Interval() | WeekParity() | Weekdays() | Dates():
            return _rhythm(commitment, cadence)
        case CountPerPeriod():
            return _count(plan, commitment, cadence)
        case OnDemand() | Continuous() | Outcome():
            return _asked(cadence)
        case Deadline():
            return _deadline(cadence)
        case Relative():
            return _relative(plan, commitment, cadence)
        case _:
            return type(cadence).__name__


def calendar_phrase(cadence: External) -> str:
    """Return which days of a calendar of others are meant."""
    only = f", poster med ”{cadence.summary}” i rubriken" if cadence.summary else ""
    return f"de dagar som står i kalendern {cadence.url}{only}"


def _rhythm(commitment: Commitment, cadence: Interval | WeekParity | Weekdays | Dates) -> str:
    hours = f" {hours_text(commitment.hours)}" if commitment.hours else ""
    rule = RULES[commitment.free_day]
    match cadence:
        case Interval():
            return _interval(cadence, hours, rule)
        case WeekParity():
            weeks = "jämna" if cadence.parity is Parity.EVEN else "udda"
            return f"{WEEKDAYS[cadence.weekday]}ar i {weeks} veckor{hours}; {rule}"
        case Weekdays():
            return f"{_weekdays(cadence)}{hours}; {rule}"
        case Dates():
            number = len(cadence.days)
            days = "en bestämd dag" if number == 1 else f"{number_text(number)} bestämda dagar"
            return f"på {days}{hours}; {rule}"
        case _:
            assert_never(cadence)


def _interval(cadence: Interval, hours: str, rule: str) -> str:
    every = EVERY.get((cadence.unit, cadence.every))
    every = every or f"var {cadence.every}:e {SINGULARS[cadence.unit]}"
    since = f"räknat från {day_text(cadence.anchor)}"
    if cadence.tolerance:
        days = "dag" if cadence.tolerance == 1 else "dagar"
        return f"ungefär {every}, högst {cadence.tolerance} {days} tidigare eller senare, {since}"
    weekday = f", {WEEKDAYS[cadence.anchor.weekday()]}ar" if cadence.unit == "week" else ""
    return f"{every}{weekday}{hours}, {since}; {rule}"


def _weekdays(cadence: Weekdays) -> str:
    if cadence.nth:
        named = list_text([WEEKDAYS[each] + "en" for each in cadence.weekdays])
        days = f"den {NTH[cadence.nth]} {named} i varje månad"
    else:
        days = list_text([f"{WEEKDAYS[each]}ar" for each in cadence.weekdays])
    season = f" {season_text(cadence.season)} varje år" if cadence.season else ""
    return f"{days}{season}{' under terminerna, inte på loven' if cadence.in_terms else ''}"


def _count(plan: Plan, commitment: Commitment, cadence: CountPerPeriod) -> str:
    often = f"{_times(cadence)} per {UNITS[cadence.per]}"
    areas = [area.name for area in plan.areas_of(commitment)]
    where = f" i vart och ett av områdena {list_text(areas)}" if areas else ""
    if shared := [area.name for area in plan.areas if area.id in commitment.shared]:
        where = f", sammanlagt för {list_text(shared)}"
    spread = f", en gång per {UNITS[cadence.spread]}" if cadence.spread else ""
    days = [f"{WEEKDAYS[each]}ar" for each in cadence.weekdays]
    only = f", på {list_text(days)}" if days else ""
    season = f", {season_text(cadence.season)}" if cadence.season else ""
    return f"{often}{where}{spread}{only}{season}"


def _times(cadence: CountPerPeriod) -> str:
    count, most = cadence.minimum, cadence.maximum
    times = "en gång" if count == 1 else f"{number_text(count)} gånger"
    if most is None:
        return f"minst {times}"
    return times if most == count else f"{number_text(count)} till {number_text(most)} gånger"


def _asked(cadence: OnDemand | Continuous | Outcome) -> str:
    match cadence:
        case OnDemand():
            return f"efter behov; {_question(cadence)}; det blir aldrig försenat"
        case Continuous():
            return f"löpande; varje {UNITS[cadence.log]} antecknas vad som har gjorts"
        case Outcome():
            since = f", räknat från {cadence.baseline}" if cadence.baseline else ""
            asked = f"varje {UNITS[cadence.report]} frågas hur många som har tillkommit"
            return f"minst {cadence.target} ska nås under planen{since}; {asked}"
        case _:
            assert_never(cadence)


def _question(cadence: OnDemand) -> str:
    silence, answer = cadence.silence, cadence.answer
    early = f", redan efter {_distance(silence)} om ingenting har antecknats" if silence else ""
    by = f", och svaret ska komma inom {_distance(answer)}" if answer else ""
    return f"varje {UNITS[cadence.ask]} frågas om det har behövts{early}{by}"


def _deadline(cadence: Deadline) -> str:
    if cadence.year is None:
        return f"varje år, {'senast ' if cadence.by else ''}{_yearly(cadence)}"
    if cadence.by or cadence.window.first == cadence.window.last:
        return f"en gång, senast {day_text(cadence.window.last)}"
    return f"en gång, {window_text(cadence.window)}, senast {day_text(cadence.window.last)}"


def _yearly(cadence: Deadline) -> str:
    if cadence.week:
        return f"v. {cadence.week}"
    if cadence.season:
        return SEASON_NAMES[cadence.season]
    month = MONTHS[cadence.month - 1]
    if cadence.day:
        return f"{cadence.day} {month}"
    return f"{HALVES[cadence.half]} {month}" if cadence.half else f"i {month}"


def _relative(plan: Plan, commitment: Commitment, cadence: Relative) -> str:
    titles = {each.id: each.title for each in plan.events}
    titles |= {each.id: each.title for each in plan.commitments}
    other = titles[cadence.to]
    distance = _distance(cadence.offset)
    match cadence.how:
        case Following.WITHIN:
            return f"inom {distance} efter att ”{other}” är genomförd"
        case Following.BEFORE:
            return f"{distance} före ”{other}”, varje gång; {RULES[commitment.free_day]}"
        case Following.AFTER:
            when = f"{distance} efter" if cadence.offset.number else "samma dag som"
            return f"{when} ”{other}”, varje gång; {RULES[commitment.free_day]}"
        case _:
            assert_never(cadence.how)


def _distance(offset: Offset) -> str:
    one, many = DISTANCES[offset.unit]
    number = abs(offset.number)
    return one if number == 1 else f"{number_text(number)} {many}"
