"""From a plan to its occurrences: what is asked for, on which days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.answer import PLACEMENTS, Answer, AnswerKind, Standing
from bot.domain.errors import UnknownOccurrenceError
from bot.domain.occurrence import Occurrence
from bot.domain.periods import PeriodUnit, Window, period_of
from bot.domain.plan import Commitment, Plan
from bot.domain.recurrence import Kind, Nominal
from bot.domain.walltime import Hours

Standings = Mapping[str, Standing]
NOTHING_SAID = Standing()


@dataclass(frozen=True, eq=False)
class Agenda:
    """A plan with everything that it asks for, worked out once; the ids stay the same for ever."""

    plan: Plan
    by_commitment: Mapping[str, tuple[Occurrence, ...]] = field(init=False)
    by_id: Mapping[str, Occurrence] = field(init=False)

    def __post_init__(self) -> None:
        found = {each.id: tuple(_compiled(self.plan, each)) for each in self.plan.commitments}
        object.__setattr__(self, "by_commitment", found)
        every = {each.id: each for these in found.values() for each in these}
        object.__setattr__(self, "by_id", every)

    def occurrences(self, window: Window, standings: Standings | None = None) -> list[Occurrence]:
        """Return what is due in ``window`` after the answers so far, the earliest first.

        Each occurrence belongs to its due day, so windows that lie side by side hold
        together just what the two hold apart.
        """
        known = standings or {}
        every = (applied(each, known.get(each.id, NOTHING_SAID)) for each in self.by_id.values())
        return sorted((each for each in every if each.due in window), key=_order)

    def find(self, occurrence: str, standing: Standing = NOTHING_SAID) -> Occurrence:
        """Return the occurrence of that id as the answers left it."""
        if occurrence not in self.by_id:
            raise UnknownOccurrenceError(occurrence)
        return applied(self.by_id[occurrence], standing)


def asked_since(versions: Sequence[tuple[Agenda, datetime]]) -> dict[str, datetime]:
    """Say of each occurrence of the newest version when the plan began to ask for it.

    ``versions`` are a plan's texts with the instants of their adoption, the oldest first.
    """
    newest, adopted = versions[-1]
    found = dict.fromkeys(newest.by_id, adopted)
    for agenda, earlier in reversed(versions[:-1]):
        found |= {name: earlier for name in found if name in agenda.by_id}
    return found


def applied(occurrence: Occurrence, standing: Standing) -> Occurrence:
    """Return ``occurrence`` on the day to which people booked or postponed it."""
    for placed in standing.answers:
        if placed.kind in PLACEMENTS and placed.day:
            occurrence = _placed(occurrence, placed, placed.day)
    return occurrence


def _placed(occurrence: Occurrence, placed: Answer, day: date) -> Occurrence:
    usual = occurrence.hours or occurrence.commitment.hours
    hours = Hours(placed.start, placed.end) if placed.start and placed.end else usual
    reason = placed.note if placed.kind is AnswerKind.POSTPONED else ""
    return occurrence.on(day, hours, reason=reason)


def _compiled(plan: Plan, commitment: Commitment) -> Iterator[Occurrence]:
    areas = [area.id for area in plan.areas_of(commitment)]
    if commitment.area_type and not areas:
        return
    for nominal in commitment.cadence.nominals(plan.period, areas):
        if found := _occurrence(plan, commitment, nominal):
            yield found


def _occurrence(plan: Plan, commitment: Commitment, nominal: Nominal) -> Occurrence | None:
    name = f"{plan.commitment_id(commitment)}/{nominal.key}"
    area = plan.area(nominal.area) if nominal.area else None
    if nominal.kind is not Kind.OCCURRENCE:
        due = _last_sensible(plan, nominal.window)
        return Occurrence(
            name, plan.id, commitment, nominal.kind, nominal.window, due, nominal.counted, area=area
        )
    placed = plan.work.place(nominal.window.first, commitment.free_day, plan.period)
    if placed is None:
        return None
    return Occurrence(
        id=name,
        plan=plan.id,
        commitment=commitment,
        kind=nominal.kind,
        window=Window(placed.day, placed.day),
        due=placed.day,
        counted=period_of(PeriodUnit.YEAR, placed.day, plan.period),
        day=placed.day,
        hours=commitment.hours,
        area=area,
        moved_from=placed.moved_from,
        reason=placed.reason,
    )


def _last_sensible(plan: Plan, window: Window) -> date:
    day = plan.work.previous_working(window.last)
    return day if day in window else window.last


def _order(occurrence: Occurrence) -> tuple[date, str]:
    return (occurrence.due, occurrence.id)
