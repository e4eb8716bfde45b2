"""The form of what lies outside the plan: a rhythm, given days or a calendar of others."""

from typing import Self

from pydantic import Field, model_validator

from bot.domain.rhythms import Dates, External, Interval, Weekdays, WeekParity
from bot.planfile.cadences import EventCadenceForm
from bot.planfile.fields import Address, Form, Id, Line


class EventForm(Form):
    """Something outside the plan that promises follow."""

    id: Id = Field(description="kort namn i filen")
    title: Line = Field(description="rubriken som visas")
    cadence: EventCadenceForm | None = Field(
        None, description="när det hålls; type säger på vilket sätt"
    )
    calendar: Address | None = Field(
        None, description="adressen till en kalender som andra för, i stället för cadence"
    )
    summary: Line | None = Field(
        None, description="bara de poster i kalendern som har detta i rubriken"
    )

    @model_validator(mode="after")
    def _held_somehow(self) -> Self:
        if (self.cadence is None) == (self.calendar is None):
            raise ValueError("ska ha antingen cadence (när det hålls) eller calendar (adressen).")
        if self.summary and not self.calendar:
            raise ValueError("har summary, som hör ihop med calendar; ta bort den.")
        return self

    def made(self) -> Interval | WeekParity | Weekdays | Dates | External:
        """Return the cadence."""
        return (
            self.cadence.made()
            if self.cadence
            else External(self.calendar or "", self.summary or "")
        )
