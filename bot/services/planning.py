"""From a plan to its occurrences: what is asked for, on which days."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from bot.domain.answer import HELD, PLACEMENTS, Answer, AnswerKind, Standing
from bot.domain.counting import CountPerPeriod
from bot.domain.errors import UnknownOccurrenceError
from bot.domain.meetings import Meeting
from bot.domain.occurrence import Occurrence
from bot.domain.periods import Period, PeriodUnit, Window, period_of
from bot.domain.plan import Commitment, Event, Plan
from bot.domain.recurrence import Base, Kind, Nominal, Relative, Scope
from bot.domain.rhythms import External
from bot.domain.walltime import Hours

Standings = Mapping[str, Standing]
NOTHING_SAID = Standing()
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Count:
    """The slots of one promise that are counted together, in one area and period.

    ``slots`` are promised, ``welcome`` come beyond them. ``tight`` are the working days on which
    too few days may be left for them; before the first of them there are enough for all.
    """

    slots: tuple[Occurrence, ...]
    welcome: tuple[Occurrence, ...]
    tight: tuple[date, ...]

    @property
    def period(self) -> Period:
        """The period that they are counted in."""
        return self.slots[0].counted


@dataclass(frozen=True, eq=False)
class Agenda:
    """A plan with everything that it asks for, worked out once; the ids stay the same for ever.

    ``dependents`` are those that follow another occurrence, or a meeting of others.
    """

    plan: Plan
    by_commitment: Mapping[str, tuple[Occurrence, ...]] = field(init=False)
    by_id: Mapping[str, Occurrence] = field(init=False)
    dependents: tuple[Occurrence, ...] = field(init=False)

    def __post_init__(self) -> None:
        found = _compiled(self.plan)
        object.__setattr__(self, "by_commitment", found)
        every = {each.id: each for these in found.values() for each in these}
        object.__setattr__(self, "by_id", every)
        following = tuple(each for each in every.values() if each.dependent)
        object.__setattr__(self, "dependents", following)

    @cached_property
    def counts(self) -> tuple[Count, ...]:
        """What may turn out to be more than what is left of its period, in the plan's order."""
        return tuple(_counts(self))

    @cached_property
    def tight(self) -> Mapping[date, Sequence[Count]]:
        """Those counts by the days on which there may be too little left of their period."""
        found: dict[date, list[Count]] = {}
        for count in self.counts:
            for day in count.tight:
                found.setdefault(day, []).append(count)
        return found

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

    def followed(
        self, occurrence: Occurrence, standing_of: Callable[[str], Standing]
    ) -> Occurrence | None:
        """Return what ``occurrence`` follows, as the answers left it; None for no occurrence."""
        base = occurrence.base
        return self.find(base, standing_of(base)) if base else None


def asked_since(versions: Sequence[tuple[Agenda, datetime]]) -> dict[str, datetime]:
    """Say of each occurrence of the newest version when the plan began to ask for it.

    ``versions`` are a plan's texts with the instants of their adoption, the oldest first. What
    follows a meeting of others is not asked for before that was known of.
    """
    newest, adopted = versions[-1]
    found = dict.fromkeys(newest.by_id, adopted)
    for agenda, earlier in reversed(versions[:-1]):
        found |= {name: earlier for name in found if name in agenda.by_id}
    for name in found:
        if meeting := _meeting(newest, name):
            found[name] = max(found[name], meeting.known)
    return found


def _meeting(agenda: Agenda, name: str) -> Meeting | None:
    """The meeting of others that an occurrence follows at the end of its chain, if any."""
    while base := agenda.by_id[name].base:
        name = base
    follows = agenda.by_id[name].follows
    return follows.outside if follows else None


def applied(occurrence: Occurrence, standing: Standing) -> Occurrence:
    """Return ``occurrence`` on the day to which people booked or postponed it.

    Once it was held it is over; what is sensitive and was not is called off.
    """
    for placed in standing.valid:
        if placed.kind in PLACEMENTS and placed.day:
            occurrence = _placed(occurrence, placed, placed.day)
    outcome = standing.outcome if occurrence.veiled else None
    if outcome is None:
        return occurrence
    return occurrence.in_full if outcome.kind in HELD else replace(occurrence, called_off=True)


def _placed(occurrence: Occurrence, placed: Answer, day: date) -> Occurrence:
    usual = occurrence.hours or occurrence.commitment.hours
    hours = Hours(placed.start, placed.end) if placed.start and placed.end else usual
    reason = placed.note if placed.kind is AnswerKind.POSTPONED else ""
    return occurrence.on(day, hours, reason=reason)


def _compiled(plan: Plan) -> dict[str, tuple[Occurrence, ...]]:
    """Return what each commitment asks for, what is followed before what follows it."""
    bases: dict[str, Sequence[Base]] = {each.id: _bases_of(plan, each) for each in plan.events}
    found: dict[str, tuple[Occurrence, ...]] = {}
    for commitment in in_order(plan.commitments):
        cadence = commitment.cadence
        followed = bases[cadence.to] if isinstance(cadence, Relative) else ()
        found[commitment.id] = tuple(_occurrences(plan, commitment, followed))
        bases[commitment.id] = [_base(each) for each in found[commitment.id]]
    return {each.id: found[each.id] for each in plan.commitments}


def in_order(commitments: Sequence[Commitment]) -> list[Commitment]:
    """Return the commitments so that each comes after the one that it follows."""
    by_id = {each.id: each for each in commitments}

    def depth(commitment: Commitment) -> int:
        cadence = commitment.cadence
        followed = by_id.get(cadence.to) if isinstance(cadence, Relative) else None
        return 1 + depth(followed) if followed else 0

    return sorted(commitments, key=depth)


def _bases_of(plan: Plan, event: Event) -> list[Base]:
    """An event of others is held as they say, on free days too."""
    scope = Scope(plan.period, plan.work, terms={"": plan.terms_of(plan.municipality)})
    cadence = event.cadence
    known = {m.key: m for m in cadence.meetings} if isinstance(cadence, External) else {}
    return [
        Base(each.key, "", event.title, each.window.first, each.window.last, known.get(each.key))
        for each in event.cadence.nominals(scope)
    ]


def _base(occurrence: Occurrence) -> Base:
    key = occurrence.id.split("/", maxsplit=2)[2]
    day = occurrence.day or occurrence.due
    first = occurrence.day or occurrence.window.first
    return Base(key, occurrence.id, occurrence.commitment.title, first, day)


def _occurrences(plan: Plan, commitment: Commitment, bases: Sequence[Base]) -> Iterator[Occurrence]:
    scope = plan.scope(commitment, bases)
    if (commitment.area_type or commitment.places) and not scope.areas:
        return
    for nominal in commitment.cadence.nominals(scope):
        if found := _occurrence(plan, commitment, nominal):
            yield found


def _occurrence(plan: Plan, commitment: Commitment, nominal: Nominal) -> Occurrence | None:
    window, placed = nominal.window, None
    if nominal.kind is Kind.OCCURRENCE:
        rule = commitment.free_day
        placed = plan.work.place(window.first, rule, plan.period, weekends=nominal.weekends)
        if placed is None:
            return None
        window = Window(placed.day, placed.day)
    return Occurrence(
        id=f"{plan.commitment_id(commitment)}/{nominal.key}",
        plan=plan.id,
        commitment=commitment,
        kind=nominal.kind,
        window=window,
        due=placed.day if placed else nominal.due or _last_sensible(plan, window),
        counted=period_of(PeriodUnit.YEAR, placed.day, plan.period) if placed else nominal.counted,
        day=placed.day if placed else None,
        hours=commitment.hours if placed else None,
        area=plan.area(nominal.area) if nominal.area else None,
        moved_from=placed.moved_from if placed else None,
        reason=placed.reason if placed else "",
        optional=nominal.optional,
        follows=nominal.follows,
        asking=nominal.asking,
    )


def _counts(agenda: Agenda) -> Iterator[Count]:
    for commitment in agenda.plan.commitments:
        cadence = commitment.cadence
        if not isinstance(cadence, CountPerPeriod):
            continue
        together: dict[tuple[str | None, str], list[Occurrence]] = {}
        for each in agenda.by_commitment[commitment.id]:
            key = (each.area.id if each.area else None, each.counted.name)
            together.setdefault(key, []).append(each)
        for group in together.values():
            slots = tuple(each for each in group if not each.optional)
            if tight := tuple(_tight(agenda.plan, cadence, slots)):
                yield Count(slots, tuple(each for each in group if each.optional), tight)


def _tight(plan: Plan, cadence: CountPerPeriod, slots: Sequence[Occurrence]) -> list[date]:
    """The working days of the period with fewer days left, themselves included, than slots."""
    window, left = slots[0].counted.window, 0
    found: list[date] = []
    for number in range(window.days):
        day = window.last - number * DAY
        left += cadence.fits(day, plan.work)
        if left == len(slots):
            break
        if plan.work.is_working(day):
            found.append(day)
    return found[::-1]


def _last_sensible(plan: Plan, window: Window) -> date:
    day = plan.work.previous_working(window.last)
    return day if day in window else window.last


def _order(occurrence: Occurrence) -> tuple[date, str]:
    return (occurrence.due, occurrence.id)
