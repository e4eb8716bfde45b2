"""One occurrence as a VEVENT (RFC 5545, section 3.6.1)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from icalendar import Event, vText

from bot.domain.answer import OUTCOMES, PLACEMENTS, Answer, AnswerKind, Standing
from bot.domain.occurrence import Occurrence
from bot.domain.periods import month_window
from bot.domain.plan import Plan
from bot.domain.recurrence import Kind
from bot.domain.swedish import day_text, window_text
from bot.domain.walltime import instant, local_day
from bot.feeds.zone import STOCKHOLM
from bot.services import composing, retelling
from bot.services.editions import Edition

# Control characters other than tab and line feed, and the marks that turn text around.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

PREFIXES = {
    AnswerKind.DONE: "Genomförd: ",
    AnswerKind.PARTLY_DONE: "Delvis genomförd: ",
    AnswerKind.CANCELLED: "Inställd: ",
    AnswerKind.NO_NEED: "Inget behov: ",
}
DROPPED = "Utgår ur planen: "
HANDED_OVER = "Har fått en annan ansvarig: "
VEILED = "Dag och plats visas när det har varit."
CALLED_OFF = "Dag och plats visas inte."
CHANGES = PLACEMENTS | OUTCOMES


@dataclass(frozen=True, slots=True)
class Told:
    """An occurrence as it stands, and which text of the plan last changed it.

    ``ended`` says in words that a newer one left it out. ``link`` is the page where it is
    answered. A ``discreet`` calendar tells what and when, and no more.
    """

    plan: Plan
    occurrence: Occurrence
    standing: Standing
    edition: Edition
    ended: str = ""
    link: str = ""
    discreet: bool = False

    @property
    def changed(self) -> datetime:
        """The instant (UTC) of the last change that a calendar shows."""
        said = [each.at for each in self.said]
        shown = [self._midnight] if self._unveiled_by_time else []
        return max([self.edition.since, *said, *shown]).astimezone(UTC).replace(microsecond=0)

    @property
    def said(self) -> tuple[Answer, ...]:
        """What was said, as far as it is told; of what is veiled only what changes the event."""
        coarse = self.discreet or self.occurrence.veiled
        return self._changes if coarse else self.standing.answers

    @property
    def cancelled(self) -> bool:
        """Whether it was called off, or is no longer promised."""
        outcome = self.standing.outcome
        return bool(self.ended) or (outcome is not None and outcome.kind is AnswerKind.CANCELLED)

    @property
    def sequence(self) -> int:
        """Rises with every move and cancellation, and with a new text of the plan about it.

        Of what is sensitive each change can draw the veil or lift it, and so can time: that
        counts for one, and a change for more, since it may undo it.
        """
        if not self.occurrence.commitment.sensitive:
            return self.edition.number - 1 + self.standing.sequence
        return self.edition.number - 1 + 2 * len(self._changes) + self._unveiled_by_time

    @property
    def _changes(self) -> tuple[Answer, ...]:
        """What was said of when and whether it is, and what took some of that back."""
        every = self.standing.answers
        known = {each.id for each in every if each.kind in CHANGES}
        back = AnswerKind.TAKEN_BACK
        return tuple(
            a for a in every if a.kind in CHANGES or (a.kind is back and a.corrects in known)
        )

    @property
    def _unveiled_by_time(self) -> bool:
        found = self.occurrence
        return found.commitment.sensitive and found.over and self.standing.outcome is None

    @property
    def _midnight(self) -> datetime:
        """The end of its last day."""
        return instant(self.occurrence.last_day + timedelta(days=1), time(), self.plan.zone)


def event(told: Told, *, uid: str) -> Event:
    """Return the VEVENT; ``uid`` names no day that can move.

    What has no hours lasts all day, and like every slot it leaves the day free. DTSTAMP is
    the last change, so the same data are the same bytes.
    """
    found = _what_and_when(told, uid)
    if not told.discreet:
        found.add("description", vText(clean(_description(told))))
    if told.link and not told.discreet:
        found.add("url", told.link)
    return found


def _what_and_when(told: Told, uid: str) -> Event:
    found = Event()
    found.add("uid", uid)
    found.add("dtstamp", told.changed)
    found.add("last-modified", told.changed)
    found.add("sequence", told.sequence)
    _add_times(found, told)
    found.add("summary", vText(clean(_summary(told))))
    found.add("status", "CANCELLED" if told.cancelled else "CONFIRMED")
    found.add("transp", "OPAQUE" if _takes_time(told) else "TRANSPARENT")
    return found


def clean(text: str) -> str:
    """Return ``text`` without control characters and direction overrides."""
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _takes_time(told: Told) -> bool:
    return told.occurrence.hours is not None and not told.cancelled and not told.occurrence.veiled


def _add_times(found: Event, told: Told) -> None:
    occurrence, zone = told.occurrence, told.plan.zone
    start, end = occurrence.start(zone), occurrence.end(zone)
    if start and end and not occurrence.veiled:
        shown = zone if zone.key == STOCKHOLM else UTC
        found.add("dtstart", start.astimezone(shown))
        found.add("dtend", end.astimezone(shown))
        return
    if occurrence.veiled:
        month = month_window(occurrence.due.year, occurrence.due.month)
        first, last = month.first, month.last
    elif occurrence.kind is Kind.DEADLINE:
        first, last = occurrence.window.first, occurrence.window.last
    else:
        first = last = occurrence.due
    found.add("dtstart", first)
    found.add("dtend", last + timedelta(days=1))


def _summary(told: Told) -> str:
    outcome, named = told.standing.outcome, composing.name(told.occurrence)
    if told.ended:
        return told.ended + named
    if outcome:
        return PREFIXES[outcome.kind] + named
    if told.occurrence.veiled:
        return named
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
    if occurrence.veiled:
        lines.append(CALLED_OFF if occurrence.called_off else VEILED)
    else:
        lines += _days(occurrence)
    if told.ended:
        since = local_day(told.edition.since, plan.zone)
        lines.append(f"Planen ändrades {day_text(since)}.")
    lines += retelling.history(plan, Standing(told.said), veiled=occurrence.veiled)
    return "\n".join([*lines, *([f"Svara eller läs mer: {told.link}"] if told.link else [])])


def _days(occurrence: Occurrence) -> list[str]:
    lines = list[str]()
    if occurrence.day is None:
        lines.append(f"Gäller: {window_text(occurrence.window)}")
    if occurrence.moved_from and occurrence.moved_from != occurrence.day:
        why = f": {occurrence.reason}" if occurrence.reason else ""
        lines.append(f"Flyttat från {day_text(occurrence.moved_from)}{why}")
    return lines
