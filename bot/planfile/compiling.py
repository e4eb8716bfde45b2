"""What only shows when a plan is worked out: promises that never come, or come too early."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.domain.counting import CountPerPeriod
from bot.domain.errors import Fault
from bot.domain.periods import PeriodUnit
from bot.domain.plan import Commitment, Plan
from bot.domain.recurrence import Following, OnDemand, Relative
from bot.domain.swedish import WEEKDAYS, day_text, list_text, period_text, window_text
from bot.planfile.document import COMMITMENTS, Document, Path
from bot.services.planning import Agenda

ONE_DAY = timedelta(days=1)


def compiling_faults(plan: Plan, document: Document) -> list[Fault]:
    """Return the faults of a plan whose parts all are in order by themselves."""
    agenda, places = Agenda(plan), _places(document)
    return [
        fault
        for commitment in plan.commitments
        if (path := places.get(commitment.id))
        for fault in _faults(agenda, commitment, document, path)
    ]


def _places(document: Document) -> dict[str, Path]:
    """Where the cadence of each commitment stands, of a step the step."""
    found: dict[str, Path] = {}
    for pattern in COMMITMENTS:
        for path, value in document.find(*pattern):
            if not isinstance(value, dict):
                continue
            found[str(value.get("id"))] = (*path, "cadence")
            steps = value.get("steps")
            for number, step in enumerate(steps if isinstance(steps, list) else ()):
                if isinstance(step, dict):
                    found[f"{value.get('id')}-{step.get('id')}"] = (*path, "steps", number)
    return found


def _faults(
    agenda: Agenda, commitment: Commitment, document: Document, path: Path
) -> Iterator[Fault]:
    cadence, plan = commitment.cadence, agenda.plan
    if isinstance(cadence, Relative):
        yield from _too_early(agenda, cadence, document, path)
        return
    if isinstance(cadence, OnDemand) and cadence.silence:
        nominals = cadence.nominals(plan.scope(commitment))
        if not any(each.asking.nudge for each in nominals):
            text = "”silence” är lika lång som perioden eller längre; ta en kortare tid."
            yield Fault(*document.at((*path, "silence")), text)
    if isinstance(cadence, CountPerPeriod) and (text := _crowded(plan, commitment, cadence)):
        yield Fault(*document.at((*path, "minimum")), text)
    elif not any(cadence.nominals(plan.scope(commitment))):
        text = f"Det blir inga tillfällen i planens period, {window_text(plan.period)}."
        yield Fault(*document.at(path), f"{text} Ändra dagarna eller perioden.")


def _too_early(
    agenda: Agenda, cadence: Relative, document: Document, path: Path
) -> Iterator[Fault]:
    """What comes before something must not come before the plan itself."""
    plan = agenda.plan
    if cadence.how is not Following.BEFORE:
        return
    days = [(cadence.day(day, plan.work), day) for day in _days_of(agenda, cadence.to)]
    if early := [pair for pair in days if pair[0] < plan.period.first]:
        own, other = early[0]
        text = (
            f"Det skulle ske {day_text(own)}, före planens första dag, eftersom det som följs "
            f"sker {day_text(other)}; välj ett kortare avstånd, eller låt det börja senare."
        )
        yield Fault(*document.at((*path, "before")), text)


def _days_of(agenda: Agenda, base: str) -> list[date]:
    """The days of a commitment, or of an event."""
    plan = agenda.plan
    if base in agenda.by_commitment:
        return [each.day or each.due for each in agenda.by_commitment[base]]
    event = next(each for each in plan.events if each.id == base)
    scope = plan.scope(plan.follow_up)
    return [each.window.last for each in event.cadence.nominals(scope)]


def _crowded(plan: Plan, commitment: Commitment, cadence: CountPerPeriod) -> str:
    """Whether a period has fewer days that count than times that are promised."""
    # Weeks at the ends of a plan are cut; all other periods hold every weekday.
    if cadence.per is PeriodUnit.WEEK or not (cadence.weekdays or cadence.season):
        return ""
    scope = plan.scope(commitment)
    for area in scope.areas or (None,):
        for period in scope.periods(cadence.per, area):
            window = cadence.days(period)
            days = (window.first + n * ONE_DAY for n in range(window.days))
            fit = sum(not cadence.weekdays or day.weekday() in cadence.weekdays for day in days)
            if window.days > 0 and fit < cadence.minimum:
                only = list_text([f"{WEEKDAYS[each]}ar" for each in cadence.weekdays])
                return (
                    f"{cadence.minimum} gånger ryms inte i {period_text(period.name)}: det finns "
                    f"{fit} dagar{f' ({only})' if only else ''}; skriv ett mindre tal."
                )
    return ""
