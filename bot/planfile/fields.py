"""The kinds of values in a plan file: ids, lines, days, weekdays, times, distances."""

from datetime import date, time
from enum import StrEnum
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
)

from bot.domain.deadlines import Deadline
from bot.planfile import scalars
from bot.planfile.addresses import ADDRESS, address
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
Due = Annotated[
    Deadline, PlainValidator(scalars.deadline), _pattern(scalars.DUE.replace("?P<", "?<"))
]
TermName = Annotated[str, PlainValidator(scalars.term), _pattern(scalars.TERM)]
Address = Annotated[
    str, PlainValidator(address), WithJsonSchema({"type": "string", "pattern": ADDRESS})
]
Time = Annotated[time, PlainValidator(scalars.time_of_day), _pattern(scalars.TIME)]
Days = Annotated[StrictInt, Field(ge=0, le=366)]
SomeDays = Annotated[StrictInt, Field(ge=1, le=366)]
Leads = Annotated[tuple[SomeDays, ...], Field(max_length=20)]
Whole = Annotated[StrictInt, Field(ge=0, le=1_000_000)]
Ids = Annotated[tuple[Id, ...], Field(min_length=1, max_length=20)]


class Weekday(StrEnum):
    """The days of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """Return 0 for Monday to 6 for Sunday."""
        return list(Weekday).index(self)


SomeWeekdays = Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)]


class Form(BaseModel):
    """A group of keys; an unknown one is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
