"""Whether the days, hours and counts of a plan file fit together and into its period."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from typing import TypeVar

from bot.domain.errors import Fault
from bot.domain.periods import MONTHS, PeriodUnit, Window, periods
from bot.domain.swedish import UNITS, hours_text, period_text
from bot.domain.walltime import Hours
from bot.planfile import scalars
from bot.planfile.building import SENDING_HOURS
from bot.planfile.document import COMMITMENTS, Document, Path, Value

LONGEST_PLAN_DAYS = 3660
LONGEST_PAUSE_DAYS = 62

_T = TypeVar("_T")
_Group = dict[str, Value]


def date_faults(document: Document) -> list[Fault]:
    """Return what is wrong with the days and counts that have the right shape by themselves."""
    period = _window(document, "period", scalars.day)
    faults = [
        *_ends(document, "period", period, LONGEST_PLAN_DAYS),
        *_pause(document),
        *_hours(document),
        *_sending(document),
    ]
    decided = _read(scalars.day, _decision(document))
    if decided and period and period.days > 0:
        days = Window(decided, decided)
        faults += _outside(document, ("renewal", "decide_by"), days, period)
    if period and period.days < 1:
        period = None
    for path, cadence in _cadences(document):
        faults += _cadence_faults(document, path, cadence, period)
    return faults


def _decision(document: Document) -> Value:
    renewal = document.data.get("renewal")
    return renewal.get("decide_by") if isinstance(renewal, dict) else None


def _pause(document: Document) -> Iterator[Fault]:
    pause = _window(document, "summer_pause", scalars.month_day)
    return _ends(document, "summer_pause", pause, LONGEST_PAUSE_DAYS)


def _ends(document: Document, key: str, window: Window | None, most: int) -> Iterator[Fault]:
    place = document.at((key, "to"))
    if window and window.days < 1:
        yield Fault(*place, f"”{key}” slutar före sin början; ”to” ska komma efter ”from”.")
    elif window and window.days > most:
        yield Fault(*place, f"”{key}” är {window.days} dagar; högst {most} får plats.")


def _hours(document: Document) -> Iterator[Fault]:
    patterns = (("sending_hours",), *((*each, "hours") for each in COMMITMENTS))
    for path, value in chain.from_iterable(document.find(*each) for each in patterns):
        span = _span(value, scalars.time_of_day)
        if span and span[1] <= span[0]:
            text = "Klockslaget i ”to” ska komma efter det i ”from”, samma dag."
            yield Fault(*document.at((*path, "to")), text)


def _sending(document: Document) -> Iterator[Fault]:
    """A time of day at which nothing may be sent would only ever be put off."""
    given = _span(document.data.get("sending_hours"), scalars.time_of_day)
    start, end = given or (SENDING_HOURS.start, SENDING_HOURS.end)
    for key in ("at", "day_at"):
        for path, value in document.find("policies", "*", key):
            at = _read(scalars.time_of_day, value)
            if at and start < end and at not in Hours(start, end):
                span = hours_text(Hours(start, end))
                text = f"”{key}” ligger utanför ”sending_hours”; välj en tid inom {span}."
                yield Fault(*document.at(path), text)


def _cadences(document: Document) -> Iterator[tuple[Path, _Group]]:
    for path, value in chain.from_iterable(document.find(*c, "cadence") for c in COMMITMENTS):
        if isinstance(value, dict):
            yield path, value


def _cadence_faults(
    document: Document, path: Path, cadence: _Group, period: Window | None
) -> Iterator[Fault]:
    match cadence.get("type"):
        case "interval" if period and (first := _read(scalars.day, cadence.get("from"))):
            yield from _outside(document, (*path, "from"), Window(first, first), period)
        case "dates" if period and isinstance(days := cadence.get("on"), list):
            for number, each in enumerate(days):
                if day := _read(scalars.day, each):
                    yield from _outside(document, (*path, "on", number), Window(day, day), period)
        case "deadline" if period:
            yield from _deadline(document, path, cadence, period)
        case "count":
            yield from _count(document, path, cadence, period)
        case "weekdays" if cadence.get("nth") == 0:
            text = "”nth” ska vara 1–4, eller -1 för den sista i månaden, inte 0."
            yield Fault(*document.at((*path, "nth")), text)
        case "outcome":
            yield from _outcome(document, path, cadence)


def _deadline(document: Document, path: Path, cadence: _Group, period: Window) -> Iterator[Fault]:
    for key in ("on", "by"):
        due = _read(scalars.deadline, cadence.get(key))
        if due and due.year and due.exists_in(due.year):
            last = Window(due.window.last, due.window.last)
            yield from _outside(document, (*path, key), due.window if key == "on" else last, period)


def _outcome(document: Document, path: Path, cadence: _Group) -> Iterator[Fault]:
    target, baseline = cadence.get("target"), cadence.get("baseline", 0)
    if type(target) is int and type(baseline) is int and target <= baseline:
        text = f"”target” ska vara mer än {baseline}, det antal som fanns från början."
        yield Fault(*document.at((*path, "target")), text)


def _outside(document: Document, path: Path, days: Window, period: Window) -> Iterator[Fault]:
    if days.first not in period or days.last not in period:
        span = f"{period.first}–{period.last}"
        key = next(part for part in reversed(path) if isinstance(part, str))
        text = f"”{key}” ligger inte helt i planens period; välj en tid inom {span}."
        yield Fault(*document.at(path), text)


def _count(
    document: Document, path: Path, cadence: _Group, period: Window | None
) -> Iterator[Fault]:
    minimum, per = cadence.get("minimum"), _unit(cadence.get("per"))
    if not per or type(minimum) is not int:
        return
    yield from _range(document, path, cadence, minimum)
    if cadence.get("spread") is None:
        yield from _crowded(document, (*path, "minimum"), per, minimum, period)
    elif (spread := _unit(cadence["spread"])) and (text := _unshared(per, spread, minimum, period)):
        yield Fault(*document.at((*path, "spread")), text)


def _range(document: Document, path: Path, cadence: _Group, minimum: int) -> Iterator[Fault]:
    most = cadence.get("maximum")
    if type(most) is int and most < minimum:
        text = f"”maximum” ({most}) är mindre än ”minimum” ({minimum}); byt plats på dem."
        yield Fault(*document.at((*path, "maximum")), text)
    for key in ("maximum", "season", "days"):
        if cadence.get("spread") is not None and cadence.get(key) is not None:
            text = f"”spread” och ”{key}” går inte ihop; ta bort ett av dem."
            yield Fault(*document.key_at((*path, key)), text)


def _crowded(
    document: Document, path: Path, per: PeriodUnit, minimum: int, period: Window | None
) -> Iterator[Fault]:
    if not period:
        return
    # When terms are is told elsewhere in the file.
    found = periods(per, period)
    if not found:
        return
    tightest = min(found, key=lambda each: each.window.days)
    if minimum > tightest.window.days:
        yield Fault(
            *document.at(path),
            f"{minimum} gånger per {UNITS[per]} ryms inte: {period_text(tightest.name)} har "
            f"{tightest.window.days} dagar i planen; skriv ett mindre tal.",
        )


def _unshared(per: PeriodUnit, spread: PeriodUnit, minimum: int, period: Window | None) -> str:
    """Return what is wrong when each ``spread`` period is to have one time; often nothing."""
    if per is PeriodUnit.PLAN and not period:
        return ""
    share = _share(per, spread, period)
    if not share:
        return (
            f"”spread”: {UNITS[per]} delas inte jämnt i {UNITS[spread]}; "
            "välj en kortare period som går jämnt upp, eller ta bort ”spread”."
        )
    if share != minimum:
        return (
            f"”spread”: {UNITS[per]} rymmer {share} {UNITS[spread]}, men ”minimum” är {minimum}; "
            f"skriv minimum: {share} eller ta bort ”spread”."
        )
    return ""


def _share(per: PeriodUnit, spread: PeriodUnit, period: Window | None) -> int:
    """Return how many ``spread`` periods each ``per`` period holds; 0 when they do not fit."""
    if per is spread:
        return 1
    if per is PeriodUnit.PLAN and period:
        return len(periods(spread, period))
    if per in MONTHS and spread in MONTHS and MONTHS[per] % MONTHS[spread] == 0:
        return MONTHS[per] // MONTHS[spread]
    return 0


def _unit(value: Value) -> PeriodUnit | None:
    return next((unit for unit in PeriodUnit if unit == value), None)


def _window(document: Document, key: str, parse: Callable[[object], date]) -> Window | None:
    span = _span(document.data.get(key), parse)
    return Window(*span) if span else None


def _span(value: Value, parse: Callable[[object], _T]) -> tuple[_T, _T] | None:
    if not isinstance(value, dict):
        return None
    first, last = _read(parse, value.get("from")), _read(parse, value.get("to"))
    return (first, last) if first is not None and last is not None else None


def _read(parse: Callable[[object], _T], value: object) -> _T | None:
    try:
        return parse(value)
    except ValueError:
        return None
