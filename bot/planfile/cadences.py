"""The forms of the cadences: how often, key by key."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StrictBool, StrictInt, model_validator

from bot.domain.counting import CountPerPeriod
from bot.domain.deadlines import Deadline
from bot.domain.periods import PeriodUnit, Window
from bot.domain.recurrence import (
    Continuous,
    Following,
    Offset,
    OffsetUnit,
    OnDemand,
    Outcome,
    Relative,
)
from bot.domain.rhythms import Dates, Interval, IntervalUnit, Parity, Weekdays, WeekParity
from bot.planfile.fields import (
    Day,
    Due,
    Form,
    Id,
    Ids,
    MonthDay,
    SomeDays,
    SomeWeekdays,
    Weekday,
    Whole,
)


class SeasonForm(Form):
    """A part of the year that comes back."""

    first: MonthDay = Field(alias="from", description="första dagen, till exempel 04-01")
    last: MonthDay = Field(alias="to", description="sista dagen, till exempel 06-15")

    @property
    def window(self) -> Window:
        """Its first and last day, in any one year."""
        return Window(self.first, self.last)


class OffsetForm(Form):
    """A distance in time, in one unit."""

    days: SomeDays | None = Field(None, description="så många kalenderdagar")
    working_days: SomeDays | None = Field(None, description="så många arbetsdagar")
    weeks: SomeDays | None = Field(None, description="så många veckor")
    months: SomeDays | None = Field(None, description="så många månader")

    @model_validator(mode="after")
    def _in_one_unit(self) -> Self:
        units = [each.value for each in OffsetUnit if getattr(self, each.value)]
        if len(units) != 1:
            known = ", ".join(each.value for each in OffsetUnit)
            raise ValueError(f"ska ha en av {known}, till exempel {{days: 7}}.")
        return self

    @property
    def made(self) -> Offset:
        """The distance, forward."""
        unit = next(each for each in OffsetUnit if getattr(self, each.value))
        return Offset(getattr(self, unit.value), unit)


class IntervalForm(Form):
    """A true rhythm."""

    type: Literal["interval"] = Field(description="med jämna mellanrum")
    every: SomeDays = Field(description="så många dagar, veckor eller månader emellan")
    unit: IntervalUnit = Field(description="day, week eller month")
    anchor: Day = Field(alias="from", description="första gången")
    tolerance: SomeDays | None = Field(
        None, description="”ungefär”: så många dagar tidigare eller senare"
    )

    def made(self) -> Interval:
        """Return the cadence."""
        return Interval(self.every, self.unit, self.anchor, self.tolerance or 0)


class WeeksForm(Form):
    """Even or odd weeks."""

    type: Literal["weeks"] = Field(description="i jämna eller udda veckor")
    parity: Parity = Field(description="even (jämna) eller odd (udda)")
    day: Weekday = Field(description="veckodagen, till exempel tuesday")

    def made(self) -> WeekParity:
        """Return the cadence."""
        return WeekParity(self.parity, self.day.number)


class WeekdaysForm(Form):
    """Some weekdays."""

    type: Literal["weekdays"] = Field(description="på vissa veckodagar")
    days: SomeWeekdays = Field(description="veckodagarna, till exempel [friday, saturday]")
    season: SeasonForm | None = Field(None, description="bara i denna del av varje år")
    nth: Annotated[StrictInt, Field(ge=-1, le=4)] | None = Field(
        None, description="bara den första (1) till fjärde (4) eller sista (-1) i varje månad"
    )
    in_terms: StrictBool = Field(False, description="true = bara i terminerna, inte på loven")

    def made(self) -> Weekdays:
        """Return the cadence."""
        season = self.season.window if self.season else None
        return Weekdays(numbers(self.days), season, self.nth, self.in_terms)


class DatesForm(Form):
    """Given days."""

    type: Literal["dates"] = Field(description="på bestämda dagar")
    on: Annotated[tuple[Day, ...], Field(min_length=1, max_length=400)] = Field(
        description="dagarna, till exempel [2026-02-03, 2026-05-12]"
    )

    def made(self) -> Dates:
        """Return the cadence."""
        return Dates(tuple(sorted(self.on)))


class CountForm(Form):
    """So many times in each period."""

    type: Literal["count"] = Field(description="minst så många gånger per period")
    minimum: SomeDays = Field(description="minst så många gånger")
    maximum: SomeDays | None = Field(None, description="högst så många; mer än minst är välkommet")
    per: PeriodUnit = Field(description="perioden som det räknas i")
    spread: PeriodUnit | None = Field(None, description="en gång i varje sådan kortare period")
    areas: Id | None = Field(None, description="räkna i varje område av detta slag")
    places: Ids | None = Field(None, description="räkna i vart och ett av dessa områden")
    shared: Ids | None = Field(None, description="ett gemensamt antal för dessa områden")
    days: SomeWeekdays | None = Field(None, description="bara på dessa veckodagar")
    season: SeasonForm | None = Field(None, description="bara i denna del av varje år")

    def made(self) -> CountPerPeriod:
        """Return the cadence."""
        return CountPerPeriod(
            self.minimum,
            self.per,
            self.spread,
            self.areas,
            self.maximum,
            numbers(self.days or ()),
            self.season.window if self.season else None,
        )


class OnDemandForm(Form):
    """As often as it is needed."""

    type: Literal["on_demand"] = Field(description="efter behov")
    ask: PeriodUnit = Field(description="hur ofta det frågas om behov funnits")
    silence: OffsetForm | None = Field(
        None, description="fråga redan när perioden har varit tyst så länge"
    )
    answer: OffsetForm | None = Field(
        None, description="så länge får svaret dröja efter perioden; sedan kommer upprepningar"
    )

    def made(self) -> OnDemand:
        """Return the cadence."""
        silence = self.silence.made if self.silence else None
        return OnDemand(self.ask, silence, self.answer.made if self.answer else None)


class ContinuousForm(Form):
    """All the time."""

    type: Literal["continuous"] = Field(description="löpande")
    log: PeriodUnit = Field(description="hur ofta det antecknas vad som gjorts")

    def made(self) -> Continuous:
        """Return the cadence."""
        return Continuous(self.log)


class OutcomeForm(Form):
    """A number to be reached."""

    type: Literal["outcome"] = Field(description="ett antal som ska nås under planen")
    target: Whole = Field(description="antalet som ska nås")
    baseline: Whole = Field(0, description="antalet från början")
    report: PeriodUnit = Field(description="hur ofta det frågas vad som tillkommit")

    def made(self) -> Outcome:
        """Return the cadence."""
        return Outcome(self.target, self.report, self.baseline)


class DeadlineForm(Form):
    """Once, or once a year."""

    type: Literal["deadline"] = Field(description="en gång, eller en gång varje år")
    on: Due | None = Field(None, description="dagen, veckan eller månaden då det sker")
    by: Due | None = Field(None, description="senast denna dag, vecka eller månad")

    @model_validator(mode="after")
    def _one_day(self) -> Self:
        if (self.on is None) == (self.by is None):
            raise ValueError("ska ha antingen ”on” (då) eller ”by” (senast då).")
        return self

    def made(self) -> Deadline:
        """Return the cadence."""
        due = self.by or self.on
        if due is None:
            raise AssertionError("a deadline without a day was let through")
        return replace(due, by=due is self.by)


class RelativeForm(Form):
    """So long before or after something else."""

    type: Literal["relative"] = Field(description="en viss tid före eller efter något annat")
    to: Id = Field(description="id för åtagandet eller händelsen som det följer")
    before: OffsetForm | None = Field(None, description="så långt före, till exempel {days: 7}")
    after: OffsetForm | None = Field(None, description="så långt efter, till exempel {days: 3}")
    within: OffsetForm | None = Field(
        None, description="senast så långt efter att det andra är gjort"
    )

    @model_validator(mode="after")
    def _one_distance(self) -> Self:
        given = [each for each in (self.before, self.after, self.within) if each]
        if len(given) != 1:
            raise ValueError("ska ha en av before, after eller within.")
        return self

    def made(self) -> Relative:
        """Return the cadence."""
        return relative(self.to, before=self.before, after=self.after, within=self.within)


EventCadenceForm = Annotated[
    IntervalForm | WeeksForm | WeekdaysForm | DatesForm, Field(discriminator="type")
]
CadenceForm = Annotated[
    IntervalForm
    | WeeksForm
    | WeekdaysForm
    | DatesForm
    | CountForm
    | OnDemandForm
    | ContinuousForm
    | OutcomeForm
    | DeadlineForm
    | RelativeForm,
    Field(discriminator="type"),
]


def cadence_types() -> list[str]:
    """Return what ``type`` may say."""
    forms, _ = get_args(CadenceForm)
    return [get_args(form.model_fields["type"].annotation)[0] for form in get_args(forms)]


def relative(
    to: str,
    *,
    before: OffsetForm | None = None,
    after: OffsetForm | None = None,
    within: OffsetForm | None = None,
) -> Relative:
    """Return what follows ``to`` at the one distance that is given, or on its very day."""
    if before:
        offset = before.made
        return Relative(to, Following.BEFORE, replace(offset, number=-offset.number))
    if within:
        return Relative(to, Following.WITHIN, within.made)
    return Relative(to, Following.AFTER, after.made if after else Offset(0, OffsetUnit.DAY))


def numbers(days: Iterable[Weekday]) -> tuple[int, ...]:
    """Return weekdays as numbers, Monday 0, each once and in order."""
    return tuple(sorted({each.number for each in days}))
