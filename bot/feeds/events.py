"""One occurrence as a VEVENT (RFC 5545, section 3.6.1)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Event, vText

from bot.domain.answer import AnswerKind, Standing
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Plan
from bot.domain.recurrence import Kind
from bot.domain.swedish import day_text, window_text
from bot.feeds.zone import STOCKHOLM
from bot.services import composing, retelling

# Control characters other than tab and line feed, and the marks that turn text around.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

PREFIXES = {
    AnswerKind.DONE: "Genomförd: ",
    AnswerKind.PARTLY_DONE: "Delvis genomförd: ",
    AnswerKind.CANCELLED: "Inställd: ",
    AnswerKind.NO_NEED: "Inget behov: ",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An occurrence as it stands, and since when the plan has said so.

    ``plan_version`` and ``planned`` are those of the plan's newest text.
    """

    plan: Plan
    occurrence: Occurrence
    standing: Standing
    planned: datetime
    plan_version: int

    @property
    def changed(self) -> datetime:
        """The instant (UTC) of the last change that a calendar shows."""
        said = [each.at for each in self.standing.answers]
        return max([self.planned, *said]).astimezone(UTC).replace(microsecond=0)

    @property
    def cancelled(self) -> bool:
        """Whether it was called off."""
        outcome = self.standing.outcome
        return outcome is not None and outcome.kind is AnswerKind.CANCELLED

    @property
    def sequence(self) -> int:
        """Rises with every move and cancellation, and with every new text of the plan."""
        return self.plan_version - 1 + self.standing.sequence


def event(told: Told, *, uid_domain: str) -> Event:
    """Return the VEVENT; its UID is the occurrence's id, which names no day that can move.

    What has no hours lasts all day, and like every slot it leaves the day free. DTSTAMP is
    the last change, so the same data are the same bytes.
    """
    occurrence = told.occurrence
    found = Event()
    found.add("uid", f"{occurrence.id}@{uid_domain}")
    found.add("dtstamp", told.changed)
    found.add("last-modified", told.changed)
    found.add("sequence", told.sequence)
    _add_times(found, told)
    found.add("summary", vText(clean(_summary(told))))
    found.add("description", vText(clean(_description(told))))
    found.add("status", "CANCELLED" if told.cancelled else "CONFIRMED")
    found.add("transp", "OPAQUE" if _takes_time(told) else "TRANSPARENT")
    return found


def clean(text: str) -> str:
    """Return ``text`` without control characters and direction overrides."""
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _takes_time(told: Told) -> bool:
    return told.occurrence.hours is not None and not told.cancelled


def _add_times(found: Event, told: Told) -> None:
    occurrence, zone = told.occurrence, told.plan.zone
    start, end = occurrence.start(zone), occurrence.end(zone)
    if start and end:
        shown = zone if zone.key == STOCKHOLM else UTC
        found.add("dtstart", start.astimezone(shown))
        found.add("dtend", end.astimezone(shown))
        return
    if occurrence.kind is Kind.DEADLINE:
        first, last = occurrence.window.first, occurrence.window.last
    else:
        first = last = occurrence.due
    found.add("dtstart", first)
    found.add("dtend", last + timedelta(days=1))


def _summary(told: Told) -> str:
    outcome, named = told.standing.outcome, composing.name(told.occurrence)
    if outcome:
        return PREFIXES[outcome.kind] + named
    if told.occurrence.kind is Kind.SLOT:
        return f"Sista lämpliga dag, ej bokad: {named}"
    if told.occurrence.kind is Kind.NEED:
        return f"Efter behov, svara för perioden: {named}"
    return named


def _description(told: Told) -> str:
    occurrence, plan = told.occurrence, told.plan
    lines = [
        f"Åtagande: {occurrence.commitment.wording}",
        f"Ansvarig: {plan.role_names(occurrence.commitment.responsible)}",
    ]
    if occurrence.day is None:
        lines.append(f"Gäller: {window_text(occurrence.window)}")
    if occurrence.moved_from and occurrence.moved_from != occurrence.day:
        lines.append(f"Flyttat från {day_text(occurrence.moved_from)}: {occurrence.reason}")
    return "\n".join([*lines, *retelling.history(plan, told.standing)])
