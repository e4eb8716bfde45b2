"""The form of a plan file, key by key; the descriptions are what editors show."""

from typing import Annotated, Any, Self

from pydantic import Field, StrictBool, StrictInt, model_validator

from bot.domain.workdays import FreeDayRule
from bot.planfile.cadences import CadenceForm, DeadlineForm, OffsetForm
from bot.planfile.events import EventForm
from bot.planfile.fields import (
    HOME_ZONE,
    Day,
    Days,
    Form,
    Format,
    Id,
    Ids,
    Leads,
    Line,
    MonthDay,
    SomeDays,
    TermName,
    Time,
    Wording,
    Zone,
)


class HoursForm(Form):
    """A span of the day."""

    start: Time = Field(alias="from", description='början, till exempel "09:00"')
    end: Time = Field(alias="to", description='slut, till exempel "10:30"')


class PeriodForm(Form):
    """The days of the plan; both ends belong to it."""

    first: Day = Field(alias="from", description="planens första dag")
    last: Day = Field(alias="to", description="planens sista dag")
    until: Line | None = Field(
        None, description="öppet slut, ord för ord; to är då hur långt planen räknas"
    )


class PauseForm(Form):
    """A pause that comes every year."""

    first: MonthDay = Field(alias="from", description="första dagen, till exempel 07-02")
    last: MonthDay = Field(alias="to", description="sista dagen, till exempel 08-10")


class BreakForm(Form):
    """Days without school within a term."""

    name: Line = Field(description="lovets namn, till exempel Sportlov")
    first: Day = Field(alias="from", description="första dagen")
    last: Day = Field(alias="to", description="sista dagen")


class TermForm(Form):
    """A term of the schools."""

    term: TermName = Field(description="år och VT eller HT, till exempel 2026-VT")
    first: Day = Field(alias="from", description="terminens första dag")
    last: Day = Field(alias="to", description="terminens sista dag")
    municipality: Line | None = Field(None, description="kommunen; utan den gäller den alla")
    breaks: tuple[BreakForm, ...] = Field((), max_length=20, description="loven i terminen")


class TargetForm(Form):
    """A place that reminders go to."""

    id: Id = Field(description="kort namn i filen")
    name: Line = Field(description="namnet som visas")
    role: Id | None = Field(
        None, description="id för en roll: påminnelserna går direkt till dem som har den"
    )


class RoleForm(Form):
    """A role, never a person."""

    id: Id = Field(description="kort namn i filen")
    name: Line = Field(description="rollens namn; aldrig en persons")
    party: Line = Field(description="vilken av parterna rollen hör till")
    deputy: Id | None = Field(None, description="id för rollen som är ersättare")
    digest: StrictBool = Field(
        False, description="true = påminnelserna kommer samlade i ett veckobrev"
    )


class PolicyForm(Form):
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


class AreaForm(Form):
    """A place that promises are counted in."""

    id: Id = Field(description="kort namn i filen")
    name: Line = Field(description="namnet som visas")
    type: Id = Field(description="slag av område, till exempel stadsdel")
    confirmed: StrictBool = Field(True, description="false = en gissning som ska kontrolleras")
    municipality: Line | None = Field(None, description="kommunen, när terminerna är dess egna")


class PromiseForm(Form):
    """A promise to the citizens."""

    id: Id = Field(description="kort namn i filen")
    ordalydelse: Wording = Field(description="löftet, ord för ord")
    aktiviteter: tuple[Wording, ...] = Field(
        (), max_length=200, description="aktiviteterna som nämns med löftet, ord för ord"
    )


class _Counted(Form):
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
    free_day: FreeDayRule | None = Field(
        None, description="på ledig dag: keep, skip, next, previous eller nearest"
    )


class StepForm(Form):
    """A step before or after each occurrence of the commitment that it belongs to."""

    id: Id = Field(description="kort namn i åtagandet; ändras aldrig")
    title: Line = Field(description="rubriken som visas")
    before: OffsetForm | None = Field(None, description="så långt före, till exempel {days: 7}")
    after: OffsetForm | None = Field(None, description="så långt efter, till exempel {days: 3}")
    responsible: Ids | None = Field(None, description="id för rollerna; annars åtagandets")
    policy: Id | None = Field(None, description="id för reglerna; annars åtagandets")

    @model_validator(mode="after")
    def _one_distance(self) -> Self:
        if self.before and self.after:
            raise ValueError("ska ha before eller after, inte båda; utan dem är det samma dag.")
        return self


class CommitmentForm(_Counted):
    """One countable thing that a row promises."""

    cadence: CadenceForm = Field(description="hur ofta; type säger på vilket sätt")
    sensitive: bool = Field(
        default=False, description="bara månaden visas i kalendrar och kanaler tills det har varit"
    )
    steps: tuple[StepForm, ...] = Field(
        (), max_length=20, description="stegen före och efter varje tillfälle"
    )


class RenewalForm(Form):
    """The decision whether the plan goes on."""

    decide_by: Day = Field(description="sista dag för beslutet")
    responsible: Ids = Field(description="id för rollerna som förbereder beslutet")
    policy: Id | None = Field(
        None, description="id för reglerna; annars påminns sex och tre månader före"
    )
    target: Id | None = Field(None, description="id för platsen; annars den första")


class FollowUpForm(_Counted):
    """The plan's own follow-up."""

    cadence: DeadlineForm = Field(description="när uppföljningen ska vara klar")


class ActivityForm(Form):
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


class PlanForm(Form):
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
    anyone_answers: StrictBool = Field(
        False, description="true = alla i kanalen får svara, inte bara rollernas"
    )
    bridge_days: StrictBool = Field(False, description="true = klämdagar är lediga")
    terms: tuple[TermForm, ...] = Field((), max_length=200, description="skolans terminer och lov")
    events: tuple[EventForm, ...] = Field(
        (), max_length=50, description="sådant utanför planen som åtaganden följer"
    )
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
    renewal: RenewalForm | None = Field(None, description="beslutet om planen ska förlängas")


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
