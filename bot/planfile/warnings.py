"""What an author should know of a plan that is in order: Swedish one-liners."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from bot.domain.counting import CountPerPeriod
from bot.domain.periods import PeriodUnit
from bot.domain.plan import Commitment, Plan
from bot.domain.recurrence import Cadence, Continuous, Kind, Nominal, OnDemand, Relative
from bot.domain.rhythms import External, Interval, IntervalUnit, Weekdays, WeekParity
from bot.domain.swedish import list_text, weekday_text, window_text
from bot.services.planning import Agenda

FORTNIGHT = 14
MOST_FREE_DAYS = 20


def warnings(plan: Plan) -> list[str]:
    """Return what is worth a look, in the order of the plan; nothing of it stops anything."""
    return [
        *_unconfirmed(plan),
        *elsewhere(plan),
        *_ambiguous(plan),
        *_free_days(plan),
        *_without_work(plan),
        *_without_terms(plan),
        *_long_years(plan),
        *_jumps(plan),
    ]


def _unconfirmed(plan: Plan) -> Iterator[str]:
    if names := [area.name for area in plan.areas if not area.confirmed]:
        yield (
            f"Obekräftade områden: {list_text(names)}; "
            "kontrollera dem och ta sedan bort confirmed: false."
        )


def elsewhere(plan: Plan) -> Iterator[str]:
    """Return which events have their days in a calendar of which nothing is known."""
    for event in plan.events:
        if isinstance(event.cadence, External) and not event.cadence.meetings:
            yield (
                f"{event.title}: dagarna hämtas från {event.cadence.url} av en tjänst som kör. "
                "Här är inga kända, så det som följer dem räknas inte."
            )


def _free_days(plan: Plan) -> Iterator[str]:
    for commitment in plan.commitments:
        days = _collisions(plan, commitment)
        for day in days[:MOST_FREE_DAYS]:
            when = weekday_text(day.window.first)
            yield f"{commitment.title}: {when} {_fate(plan, commitment, day)}"
        if (more := len(days) - MOST_FREE_DAYS) > 0:
            yield f"{commitment.title}: {more} tillfällen till faller på lediga dagar."


def _collisions(plan: Plan, commitment: Commitment) -> list[Nominal]:
    """What falls on a free day; what waits to be booked, or follows something, does not."""
    if isinstance(commitment.cadence, Relative):
        return []
    nominals = commitment.cadence.nominals(plan.scope(commitment))
    return [each for each in nominals if each.kind is Kind.OCCURRENCE and _reason(plan, each)]


def _reason(plan: Plan, nominal: Nominal) -> str:
    return plan.work.free_reason(nominal.window.first, weekends=nominal.weekends)


def _fate(plan: Plan, commitment: Commitment, nominal: Nominal) -> str:
    day, rule = nominal.window.first, commitment.free_day
    placed = plan.work.place(day, rule, plan.period, weekends=nominal.weekends)
    free = f"är en ledig dag ({_reason(plan, nominal)})"
    if not placed:
        return f"{free}; tillfället hoppas över."
    if placed.day == day:
        return f"{free}; tillfället ligger kvar."
    return f"{free}; tillfället flyttas till {weekday_text(placed.day)}."


def _long_years(plan: Plan) -> Iterator[str]:
    titles = [each.title for each in plan.commitments if _in_weeks(each)]
    years = range(plan.period.first.year, plan.period.last.year + 1)
    for year in years if titles else ():
        # 28 December always lies in the last week of its ISO year.
        if date(year, 12, 28).isocalendar().week == 53 and date(year, 12, 28) in plan.period:
            yield (
                f"{year} har 53 veckor: jämna och udda veckor byter plats efter nyår. "
                f"Rytmen räknas i hela veckor och går vidare: {list_text(titles)}."
            )


def _in_weeks(commitment: Commitment) -> bool:
    cadence = commitment.cadence
    return isinstance(cadence, Interval) and cadence.unit is IntervalUnit.WEEK


def _jumps(plan: Plan) -> Iterator[str]:
    """Even and odd weeks are not each other week: at some New Years there are 7 or 21 days."""
    for commitment in plan.commitments:
        if not isinstance(commitment.cadence, WeekParity):
            continue
        found = commitment.cadence.nominals(plan.scope(commitment))
        for before, after in pairwise(each.window.first for each in found):
            if (days := (after - before).days) != FORTNIGHT:
                yield (
                    f"{commitment.title}: {before.isocalendar().year} har 53 veckor, så mellan "
                    f"{weekday_text(before)} och {weekday_text(after)} är det {days} dagar."
                )


def _without_work(plan: Plan) -> Iterator[str]:
    """A slot that no working day lies in can only be held on a free one."""
    found = Agenda(plan).by_commitment
    for commitment in plan.commitments:
        slots = [each for each in found[commitment.id] if each.kind is Kind.SLOT]
        shut = [each for each in slots if not plan.work.count_working(each.window)]
        if shut:
            days = window_text(shut[0].window)
            more = f", och {len(shut) - 1} till" if len(shut) > 1 else ""
            yield f"{commitment.title}: {days} har ingen arbetsdag att boka{more}."


def _without_terms(plan: Plan) -> Iterator[str]:
    """What is counted in terms is asked for only where the plan says when they are."""
    titles = [each.title for each in plan.commitments if _needs_terms(each.cadence)]
    years = range(plan.period.first.year, plan.period.last.year + 1)
    known = {day.year for term in plan.terms for day in (term.window.first, term.window.last)}
    if titles and (missing := [str(year) for year in years if year not in known]):
        yield f"Terminer saknas för {list_text(missing)}; då räknas inget av: {list_text(titles)}."


def _needs_terms(cadence: Cadence) -> bool:
    match cadence:
        case CountPerPeriod():
            return PeriodUnit.TERM in {cadence.per, cadence.spread}
        case Weekdays():
            return cadence.in_terms
        case OnDemand(unit) | Continuous(unit):
            return unit is PeriodUnit.TERM
        case _:
            return False


def _ambiguous(plan: Plan) -> Iterator[str]:
    """Wordings that can be read in two ways, and cadences that say something else."""
    for commitment in plan.commitments:
        for pattern, suits, advice in WORDINGS:
            found = re.search(pattern, commitment.wording, re.IGNORECASE)
            if found and not commitment.reading and not suits(commitment.cadence):
                yield f"{commitment.title}: ”{found[0]}” {advice}"


def _nothing_suits(_cadence: Cadence) -> bool:
    return False


def _is_interval(cadence: Cadence) -> bool:
    return not isinstance(cadence, WeekParity)


def _is_parity(cadence: Cadence) -> bool:
    return isinstance(cadence, WeekParity | Relative)


def _is_no_fortnight(cadence: Cadence) -> bool:
    return not (isinstance(cadence, Interval) and cadence.unit is IntervalUnit.WEEK)


def _has_tolerance(cadence: Cadence) -> bool:
    return not isinstance(cadence, Interval) or cadence.tolerance > 0


READ_IT = "skriv i reading hur det har lästs."
WORDINGS: Sequence[tuple[str, Callable[[Cadence], bool], str]] = (
    (r"\boch år\b", _nothing_suits, f"kan gälla alla tal före eller bara det sista; {READ_IT}"),
    (
        r"varannan vecka|var fjortonde dag",
        _is_interval,
        f"är inte samma sak som jämna eller udda veckor; byt till interval, eller {READ_IT}",
    ),
    (
        r"(jämna|udda) veckor",
        _is_parity,
        f"är inte samma sak som varannan vecka; byt till weeks, eller {READ_IT}",
    ),
    (
        r"två gånger i månaden|två gånger per månad",
        _is_no_fortnight,
        f"är inte var fjortonde dag; byt till count med per: month, eller {READ_IT}",
    ),
    (
        r"\bungefär\b|\bcirka\b|\bca\b",
        _has_tolerance,
        f"är ungefärligt; ange tolerance, eller {READ_IT}",
    ),
)
