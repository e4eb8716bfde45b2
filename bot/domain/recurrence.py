"""Cadences: how often a promise comes round, and what every one of them is asked.

Every cadence answers one question, ``nominals``: which things does it ask for within the
period of the plan, before free days have moved any of them? Rhythms, counts and deadlines have
modules of their own; here is what belongs to all, and what follows something else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol, assert_never

from dateutil.relativedelta import relativedelta

from bot.domain.meetings import Meeting
from bot.domain.periods import Period, PeriodUnit, Term, Window, month_window, periods
from bot.domain.workdays import WorkCalendar

ONE_DAY = timedelta(days=1)


class Kind(StrEnum):
    """What sort of thing a cadence asks for."""

    OCCURRENCE = "occurrence"
    SLOT = "slot"
    DEADLINE = "deadline"
    NEED = "need"


@dataclass(frozen=True, slots=True)
class Asking:
    """The days of a question: it is asked early on ``nudge`` if nothing has been said by then.

    Its answer may wait until ``answer_by``, that day included.
    """

    nudge: date | None = None
    answer_by: date | None = None


AT_THE_END = Asking()


@dataclass(frozen=True, slots=True)
class Nominal:
    """One thing that a cadence asks for: on ``window``'s one day, or some time inside it.

    ``key`` is the tail of a stable id; it names no day that can move. ``counted`` is the
    period that the promise is counted in. ``due`` is the last sensible date where it is
    not simply the last working day. What is ``optional`` is welcome and never missed. On
    ``weekends`` that are named by the promise itself nothing has to move. ``follows`` is what
    its day comes from. ``asking`` says more of a question.
    """

    key: str
    kind: Kind
    window: Window
    counted: Period
    area: str | None = None
    due: date | None = None
    optional: bool = False
    weekends: bool = True
    follows: "Base | None" = None
    asking: Asking = AT_THE_END


@dataclass(frozen=True, slots=True)
class Base:
    """Something that others follow: the tail of its id, its whole id, its title and its days.

    An event outside the plan has no id. ``outside`` is the meeting of others that it is, where
    a calendar of theirs tells of it: the days are then those on which it was first to be held.
    """

    key: str
    id: str
    title: str
    first: date
    last: date
    outside: Meeting | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a cadence is worked out within.

    ``areas`` are those that the promise is counted in, ``terms`` those of each area, and under
    the empty name those of the plan itself. ``bases`` is what the cadence follows.
    """

    within: Window
    work: WorkCalendar = field(default_factory=WorkCalendar)
    areas: Sequence[str] = ()
    terms: Mapping[str, Sequence[Term]] = field(default_factory=dict)
    bases: Sequence[Base] = ()

    def terms_of(self, area: str | None) -> Sequence[Term]:
        """Return the terms in ``area``, or the plan's own."""
        return self.terms.get(area or "", self.terms.get("", ()))

    def periods(self, unit: PeriodUnit, area: str | None = None) -> list[Period]:
        """Return the periods of ``unit``, clipped to the plan's, oldest first."""
        terms = self.terms_of(area) if unit is PeriodUnit.TERM else ()
        return periods(unit, self.within, terms)

    def year(self, day: date) -> Period:
        """Return the year of ``day`` as a period."""
        return Period(str(day.year), month_window(day.year, 1, 12).clipped(self.within))


class Cadence(Protocol):
    """How often a promise comes round."""

    def nominals(self, scope: Scope) -> Iterator[Nominal]:
        """Return what is asked for in ``scope``, oldest first for each area."""


@dataclass(frozen=True, slots=True)
class Continuous:
    """All the time (*löpande*); once every ``log`` somebody writes down what was done."""

    log: PeriodUnit

    def nominals(self, scope: Scope) -> Iterator[Nominal]:
        """One page of the log for each period."""
        yield from _questions(self.log, scope)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A number to be reached by the end of the plan, counted up from ``baseline``.

    Once every ``report`` somebody is asked for what was added since the last time.
    """

    target: int
    report: PeriodUnit
    baseline: int = 0

    @property
    def wanted(self) -> int:
        """How many are to be added."""
        return self.target - self.baseline

    def nominals(self, scope: Scope) -> Iterator[Nominal]:
        """One question for each period; the number is counted over the whole plan."""
        for nominal in _questions(self.report, scope):
            yield replace(nominal, counted=Period("plan", scope.within))


class OffsetUnit(StrEnum):
    """What a distance in time is counted in."""

    DAY = "days"
    WORKING_DAY = "working_days"
    WEEK = "weeks"
    MONTH = "months"


@dataclass(frozen=True, slots=True)
class Offset:
    """A distance in time; ``number`` is negative for what comes before."""

    number: int
    unit: OffsetUnit

    def from_day(self, day: date, work: WorkCalendar) -> date:
        """Return the day at this distance from ``day``."""
        match self.unit:
            case OffsetUnit.DAY:
                return day + self.number * ONE_DAY
            case OffsetUnit.WORKING_DAY:
                return work.add_working(day, self.number)
            case OffsetUnit.WEEK:
                return day + 7 * self.number * ONE_DAY
            case OffsetUnit.MONTH:
                return day + relativedelta(months=self.number)
            case _:
                assert_never(self.unit)


@dataclass(frozen=True, slots=True)
class OnDemand:
    """As often as it is needed; once every ``ask`` somebody is asked whether it was.

    After a ``silence`` from the beginning of a period it is asked early. The answer may take as
    long as ``answer`` says, from the end of the period.
    """

    ask: PeriodUnit
    silence: Offset | None = None
    answer: Offset | None = None

    def nominals(self, scope: Scope) -> Iterator[Nominal]:
        """One question for each period; efforts are logged on it as they happen."""
        for nominal in _questions(self.ask, scope):
            yield replace(nominal, asking=self._asking(nominal.window, scope.work))

    def _asking(self, window: Window, work: WorkCalendar) -> Asking:
        nudge = self.silence.from_day(window.first, work) if self.silence else None
        by = self.answer.from_day(window.last, work) if self.answer else None
        return Asking(nudge if nudge and nudge < window.last else None, by)


class Following(StrEnum):
    """How a thing follows another: so long before or after it, or within so long of it."""

    BEFORE = "before"
    AFTER = "after"
    WITHIN = "within"


@dataclass(frozen=True, slots=True)
class Relative:
    """At ``offset`` from each occurrence of ``to``: a commitment, or an event of the plan.

    Until the other has a day it is taken to be held on its last sensible date. What follows
    ``within`` a time counts from its completion.
    """

    to: str
    how: Following
    offset: Offset

    def nominals(self, scope: Scope) -> Iterator[Nominal]:
        """One thing for each occurrence that it follows, under the same key.

        What would lie before the plan is not asked for, what would lie after it on its last day.
        A meeting of others may move yet, so what follows one is asked for on the first day.
        """
        for base in scope.bases:
            day = min(self.day(base.last, scope.work), scope.within.last)
            if base.outside:
                day = max(day, scope.within.first)
            if day in scope.within:
                kind = Kind.DEADLINE if self.how is Following.WITHIN else Kind.OCCURRENCE
                days = Window(day, day)
                yield Nominal(base.key, kind, days, scope.year(day), follows=base)

    def day(self, day: date, work: WorkCalendar) -> date:
        """Return the day that follows from ``day``, on which the other is held or completed."""
        return self.offset.from_day(day, work)


def _questions(unit: PeriodUnit, scope: Scope) -> Iterator[Nominal]:
    for period in scope.periods(unit):
        yield Nominal(period.name, Kind.NEED, period.window, scope.year(period.window.last))
