"""What an author should know of a plan that is in order: Swedish one-liners."""

from collections.abc import Iterator
from datetime import date

from bot.domain.plan import Commitment, Plan
from bot.domain.rhythms import Interval, IntervalUnit
from bot.domain.swedish import list_text, weekday_text

MOST_FREE_DAYS = 20


def warnings(plan: Plan) -> list[str]:
    """Return what is worth a look, in the order of the plan; nothing of it stops anything."""
    return [*_unconfirmed(plan), *_free_days(plan), *_long_years(plan)]


def _unconfirmed(plan: Plan) -> Iterator[str]:
    if names := [area.name for area in plan.areas if not area.confirmed]:
        yield (
            f"Obekräftade områden: {list_text(names)}; "
            "kontrollera dem och ta sedan bort confirmed: false."
        )


def _free_days(plan: Plan) -> Iterator[str]:
    for commitment in plan.commitments:
        days = _collisions(plan, commitment)
        for day in days[:MOST_FREE_DAYS]:
            yield f"{commitment.title}: {weekday_text(day)} {_fate(plan, commitment, day)}"
        if (more := len(days) - MOST_FREE_DAYS) > 0:
            yield f"{commitment.title}: {more} tillfällen till faller på lediga dagar."


def _collisions(plan: Plan, commitment: Commitment) -> list[date]:
    if not isinstance(commitment.cadence, Interval):
        return []
    nominals = commitment.cadence.nominals(plan.scope(commitment))
    return [each.window.first for each in nominals if plan.work.free_reason(each.window.first)]


def _fate(plan: Plan, commitment: Commitment, day: date) -> str:
    placed = plan.work.place(day, commitment.free_day, plan.period)
    free = f"är en ledig dag ({plan.work.free_reason(day)})"
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
