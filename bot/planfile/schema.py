"""The form of a plan file, key by key; the descriptions are what editors show."""

from datetime import date, time
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
)

from bot.domain.periods import PeriodUnit
from bot.domain.recurrence import Deadline, IntervalUnit
from bot.domain.workdays import FreeDayRule
from bot.planfile import scalars
from bot.planfile.phrases import closest, quoted, shown

HOME_ZONE = "Europe/Stockholm"


def _format_one(number: int) -> int:
    if number != 1:
        raise ValueError(f"ska vara 1, inte {shown(number)}.")
    return number


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError("ska stå på en enda rad.")
    return text


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(text: str) -> str:
    if text not in _zones():
        meant = closest(text, _zones()) or HOME_ZONE
        raise ValueError(f"{quoted(text)} är ingen tidszon; menade du {quoted(meant)}?")
    return text


def _pattern(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


Format = Annotated[StrictInt, AfterValidator(_format_one), WithJsonSchema({"const": 1})]
# An id is compared as it stands, so nothing is trimmed off it.
Id = Annotated[
    str,
    StringConstraints(strip_whitespace=False, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60),
]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Wording = Annotated[str, Field(min_length=1, max_length=2000)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Day = Annotated[date, PlainValidator(scalars.day), _pattern(scalars.DAY)]
MonthDay = Annotated[date, PlainValidator(scalars.month_day), _pattern(scalars.MONTH_DAY)]
Due = Annotated[Deadline, PlainValidator(scalars.deadline), _pattern(scalars.DAY_OR_MONTH)]
Time = Annotated[time, PlainValidator(scalars.time_of_day), _pattern(scalars.TIME)]
Days = Annotated[StrictInt, Field(ge=0, le=366)]
SomeDays = Annotated[StrictInt, Field(ge=1, le=366)]
Leads = Annotated[tuple[SomeDays, ...], Field(max_length=20)]
Ids = Annotated[tuple[Id, ...], Field(min_length=1, max_length=20)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class HoursForm(_Form):
    """A span of the day."""

    start: Time = Field(alias="from", description='början, till exempel "09:00"')
    end: Time = Field(alias="to", description='slut, till exempel "10:30"')


class PeriodForm(_Form):
    """The days of the plan; both ends belong to it."""

    first: Day = Field(alias="from", description="planens första dag")
    last: Day = Field(alias="to", description="planens sista dag")


class PauseForm(_Form):
    """A pause that comes every year."""

    first: MonthDay = Field(alias="from", description="första dagen, till exempel 07-02")
    last: MonthDay = Field(alias="to", description="sista dagen, till exempel 08-10")


class TargetForm(_Form):
    """A place that reminders go to."""

    id: Id = Field(description="kort namn i filen")
    name: Line = Field(description="namnet som visas")


class RoleForm(_Form):
    """A role, never a person."""

    id: Id = Field(description="kort namn i filen")
    name: Line = Field(description="rollens namn; aldrig en persons")
    party: Line = Field(description="vilken av parterna rollen hör till")
    deputy: Id | None = Field(None, description="id för rollen som är ersättare")


class PolicyForm(_Form):
    """When people are reminded."""

    id: Id = Field(description="kort namn i filen")
    at: Time = Field(description="klockslag för alla steg")
    day_at: Time | None = Field(None, description="klockslag samma dag; annars som at")
    ahead_days: Leads = Field((), description="så många dagar före")
    book_ahead_days: Leads = Field(
        (), description="så många dagar före sista lämpliga dag att boka"
    )
    on_the_day: StrictBool = Field(True, description="påminn samma dag")
    ask_after_days: Days | None = Field(
        1, description="fråga ”genomförd?” efter så många arbetsdagar; null = aldrig"
    )
    nag_every_days: SomeDays = Field(3, description="arbetsdagar mellan upprepningarna")
    nags: Annotated[StrictInt, Field(ge=0, le=10)] = Field(2, description="antal upprepningar")
    escalate: StrictBool = Field(True, description="lyft frågan när ingen svarar")
    hush_days: Days = Field(5, description="arbetsdagars tystnad efter kvittering")


class AreaForm(_Form):
    """A place that promises are counted in."""

    id: Id = Field(description="kort namn i filen")
    name: Line = Field(description="namnet som visas")
    type: Id = Field(description="slag av område, till exempel stadsdel")
    confirmed: StrictBool = Field(True, description="false = en gissning som ska kontrolleras")


class PromiseForm(_Form):
    """A promise to the citizens."""

    id: Id = Field(description="kort namn i filen")
    ordalydelse: Wording = Field(description="löftet, ord för ord")
    aktiviteter: tuple[Wording, ...] = Field(
        (), max_length=200, description="aktiviteterna som nämns med löftet, ord för ord"
    )


class IntervalForm(_Form):
    """A true rhythm."""

    type: Literal["interval"] = Field(description="med jämna mellanrum")
    every: SomeDays = Field(description="så många dagar, veckor eller månader emellan")
    unit: IntervalUnit = Field(description="day, week eller month")
    anchor: Day = Field(alias="from", description="första gången")


class CountForm(_Form):
    """So many times in each period."""

    type: Literal["count"] = Field(description="minst så många gånger per period")
    minimum: SomeDays = Field(description="minst så många gånger")
    per: PeriodUnit = Field(description="perioden som det räknas i")
    spread: PeriodUnit | None = Field(None, description="en gång i varje sådan kortare period")
    areas: Id | None = Field(None, description="räkna i varje område av detta slag")


class OnDemandForm(_Form):
    """As often as it is needed."""

    type: Literal["on_demand"] = Field(description="efter behov")
    ask: PeriodUnit = Field(description="hur ofta det frågas om behov funnits")


class DeadlineForm(_Form):
    """Once, in good time."""

    type: Literal["deadline"] = Field(description="en gång, senast")
    on: Due = Field(description="en månad (2020-11) eller en dag (2020-11-15)")


class _Counted(_Form):
    id: Id = Field(description="kort namn i filen; ändras aldrig")
    title: Line = Field(description="rubriken som visas")
    ordalydelse: Wording = Field(description="det som lovas, ord för ord")
    reading: str = Field("", max_length=2000, description="hur en tvetydig ordalydelse har lästs")
    responsible: Ids = Field(description="id för rollerna som ansvarar")
    policy: Id = Field(description="id för reglerna om påminnelser")
    target: Id | None = Field(
        None, description="id för platsen dit påminnelser går; annars den första"
    )
    hours: HoursForm | None = Field(None, description="klockslag, när sådana är bestämda")
    free_day: FreeDayRule = Field(
        FreeDayRule.NEXT, description="på ledig dag: keep, skip, next eller previous"
    )


class CommitmentForm(_Counted):
    """One countable thing that a row promises."""

    cadence: Annotated[
        IntervalForm | CountForm | OnDemandForm | DeadlineForm, Field(discriminator="type")
    ] = Field(description="hur ofta; type är interval, count, on_demand eller deadline")


class FollowUpForm(_Counted):
    """The plan's own follow-up."""

    cadence: DeadlineForm = Field(description="när uppföljningen ska vara klar")


class ActivityForm(_Form):
    """A row of the activity plan with its five columns."""

    row: Annotated[StrictInt, Field(ge=1, le=999)] = Field(description="radens nummer i planen")
    promise: Id = Field(description="id för löftet som raden hör till")
    aktivitet: Wording = Field(description="kolumnen Aktivitet, ord för ord")
    omfattning: Wording = Field(description="kolumnen Omfattning, ord för ord")
    nar: Wording = Field(alias="när", description="kolumnen När, ord för ord")
    ansvarig: Wording = Field(description="kolumnen Ansvarig, ord för ord")
    uppfoljning: Wording = Field(
        alias="uppföljning", description="kolumnen Uppföljning, ord för ord"
    )
    commitments: tuple[CommitmentForm, ...] = Field(
        min_length=1, max_length=200, description="åtagandena som raden rymmer"
    )


class PlanForm(_Form):
    """A whole plan file."""

    format: Format = Field(description="filens format; alltid 1")
    id: Id = Field(description="planens id; ändras aldrig")
    title: Line = Field(description="planens namn")
    municipality: Line = Field(description="kommunens namn")
    parties: tuple[Line, ...] = Field(min_length=1, max_length=20, description="parterna")
    zone: Zone = Field(HOME_ZONE, description="tidszon")
    period: PeriodForm = Field(description="planens första och sista dag")
    sending_hours: HoursForm | None = Field(
        None, description="när påminnelser får skickas; annars 07:00–18:00"
    )
    summer_pause: PauseForm | None = Field(None, description="sommaruppehåll varje år")
    targets: tuple[TargetForm, ...] = Field(
        min_length=1, max_length=20, description="platser dit påminnelser går"
    )
    roles: tuple[RoleForm, ...] = Field(
        min_length=1, max_length=100, description="roller som ansvarar eller ersätter"
    )
    escalation: tuple[Id, ...] = Field(
        (), max_length=20, description="id för roller som frågan lyfts till, i ordning"
    )
    policies: tuple[PolicyForm, ...] = Field(
        min_length=1, max_length=50, description="regler om påminnelser"
    )
    areas: tuple[AreaForm, ...] = Field(
        (), max_length=200, description="områden som löften räknas i"
    )
    promises: tuple[PromiseForm, ...] = Field(
        min_length=1, max_length=50, description="medborgarlöftena"
    )
    activities: tuple[ActivityForm, ...] = Field(
        min_length=1, max_length=200, description="aktivitetsplanens rader"
    )
    follow_up: FollowUpForm = Field(description="planens egen uppföljning")


def json_schema() -> dict[str, Any]:
    """Return the form as JSON Schema, for editors that help authors while they write."""
    schema = PlanForm.model_json_schema()
    for form in (schema, *schema["$defs"].values()):
        form.pop("description", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_untitled(schema),
        "title": "Aktivitetsplan",
    }


def _untitled(node: Any) -> Any:
    """Leave out the titles, which are our own names for things."""
    if isinstance(node, list):
        return [_untitled(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {key: each for key, each in node.items() if key != "title" or isinstance(each, dict)}
    return {key: _untitled(each) for key, each in kept.items()}
