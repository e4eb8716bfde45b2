"""Pacing: whether a promise keeps up with the calendar, and why it does not.

The rule for the pace, in the order in which it is asked:

1. ``avviker`` when the promise can no longer be kept: its period is over, or its only
   remaining occurrences are cancelled, and fewer were held than promised; or fewer working
   days are left in it than are still to be held.
2. ``risk`` when something that should have been held by now has no outcome, or was held
   only in part, or an unbooked slot's last sensible date is within three weeks.
3. ``enligt plan`` otherwise. What comes back as needed is never late, so always this.

A number to be reached is ``avviker`` when the plan is over without it, ``risk`` while less has
been added than an even pace through the periods that are over would have given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from bot.domain.answer import AnswerKind, Standing
from bot.domain.counting import CountPerPeriod
from bot.domain.occurrence import Occurrence
from bot.domain.pace import Pace
from bot.domain.periods import Window
from bot.domain.plan import Plan
from bot.domain.recurrence import Continuous, Kind, Outcome
from bot.domain.swedish import day_text
from bot.domain.workdays import WorkCalendar
from bot.services.planning import applied

SOON = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Item:
    """An occurrence and what had been said of it by the day that is asked about."""

    planned: Occurrence
    standing: Standing

    @property
    def occurrence(self) -> Occurrence:
        """The occurrence as the answers left it."""
        return applied(self.planned, self.standing)

    @property
    def spared(self) -> bool:
        """Whether it was not needed."""
        outcome = self.standing.outcome
        return outcome is not None and outcome.kind is AnswerKind.NO_NEED

    @property
    def open(self) -> bool:
        """Whether it has no outcome."""
        return self.standing.outcome is None

    @property
    def unbooked(self) -> bool:
        """Whether it waits to be booked."""
        return self.open and self.occurrence.kind is Kind.SLOT

    def count(self, kind: AnswerKind) -> int:
        """How many answers of ``kind`` count; a count per period takes no day outside it."""
        outcome = self.standing.outcome
        if self.planned.kind is Kind.NEED:
            return sum(each.kind is kind for each in self.standing.efforts)
        if outcome is None or outcome.kind is not kind:
            return 0
        counted = self.planned.counted.window
        too_late = self.planned.kind is Kind.SLOT and outcome.day and outcome.day not in counted
        return 0 if too_late else 1


def figures(items: Sequence[Item], plan: Plan, today: date) -> tuple[int, int, tuple[Pace, str]]:
    """What was promised and done, and the pace."""
    first, cadence = items[0].planned, items[0].planned.commitment.cadence
    if isinstance(cadence, Outcome):
        added = sum(each.number or 0 for item in items for each in item.standing.efforts)
        return cadence.wanted, added, _towards(cadence.wanted, added, items, today)
    done = sum(item.count(AnswerKind.DONE) for item in items)
    if first.kind is Kind.NEED:
        return 0, done, (Pace.ON_TRACK, _needs(items, today))
    promised = sum(not item.planned.optional for item in items)
    return promised, done, _pace(items, promised, plan.work, today)


def _towards(wanted: int, added: int, items: Sequence[Item], today: date) -> tuple[Pace, str]:
    """The pace towards a number, by the periods that are over."""
    over = sum(item.planned.last_day < today for item in items)
    expected = wanted * over / len(items)
    if added >= wanted:
        return Pace.ON_TRACK, f"{added} av {wanted} har nåtts."
    facts = f"{added} av {wanted} hittills."
    if over == len(items):
        return Pace.OFF_TRACK, facts
    if added < expected:
        return Pace.AT_RISK, f"{facts} I jämn takt vore det nu minst {ceil(expected)}."
    return Pace.ON_TRACK, facts


def is_extra(occurrence: Occurrence) -> bool:
    """Whether it is only welcome: nobody has promised it, or set a day for it."""
    return occurrence.optional and occurrence.kind is Kind.SLOT


def _needs(items: Sequence[Item], today: date) -> str:
    """What was answered to the question whether it was needed."""
    spared = sum(item.spared for item in items)
    silent = sum(item.open and item.planned.answer_by < today for item in items)
    told = ((spared, "utan behov"), (silent, "saknar svar"))
    facts = [f"{n} {'period' if n == 1 else 'perioder'} {what}" for n, what in told if n]
    continuous = isinstance(items[0].planned.commitment.cadence, Continuous)
    lead = "Pågår löpande" if continuous else "Återkommer efter behov"
    return lead + (f": {', '.join(facts)}." if facts else ".")


def _pace(
    items: Sequence[Item], promised: int, work: WorkCalendar, today: date
) -> tuple[Pace, str]:
    wanted = [item for item in items if not is_extra(item.occurrence)]
    still_open = [item.occurrence for item in wanted if item.open]
    done = sum(item.count(AnswerKind.DONE) for item in items)
    partly = sum(item.count(AnswerKind.PARTLY_DONE) for item in items)
    if done >= promised:
        return Pace.ON_TRACK, "Allt som lovats är genomfört."
    lost = promised - done - partly - sum(_can_be_held(i, today) for i in wanted if i.open)
    facts = _facts(wanted, today)
    if lost > 0:
        return Pace.OFF_TRACK, facts or f"{lost} av {promised} hölls efter periodens slut."
    if crowded := too_few_days(items, work, today):
        return Pace.OFF_TRACK, crowded
    if facts:
        return Pace.AT_RISK, facts
    near = [o.due for o in still_open if o.kind is Kind.SLOT and o.due <= today + SOON]
    if near:
        return Pace.AT_RISK, f"Inte bokad; sista lämpliga dag är {day_text(min(near))}."
    return Pace.ON_TRACK, "Inget saknas hittills."


def too_few_days(items: Sequence[Item], work: WorkCalendar, today: date) -> str:
    """Say that fewer days are left than are to be held: nobody holds two on one day.

    ``items`` are all of one count. Nothing where enough days are left, or where what is left
    has its days already.
    """
    promised = sum(not item.planned.optional for item in items)
    remaining = promised - sum(item.count(AnswerKind.DONE) for item in items)
    unbooked = [i.planned for i in items if i.unbooked and not i.planned.optional]
    if not unbooked or len(unbooked) < remaining:
        return ""
    last = unbooked[0].counted.window.last
    days = _days_left(unbooked[0], Window(today, last), work)
    if days >= remaining:
        return ""
    left = "ingen arbetsdag" if days == 0 else "bara en arbetsdag"
    left = left if days < 2 else f"bara {days} arbetsdagar"
    return f"{remaining} återstår, men {left} t.o.m. {day_text(last)}."


def _days_left(slot: Occurrence, window: Window, work: WorkCalendar) -> int:
    cadence = slot.commitment.cadence
    if isinstance(cadence, CountPerPeriod):
        days = (window.first + timedelta(days=n) for n in range(window.days))
        return sum(cadence.fits(day, work) for day in days)
    return work.count_working(window)


def _facts(items: Sequence[Item], today: date) -> str:
    """What stands in the way of the promise, each fact with its number."""
    cancelled = sum(item.count(AnswerKind.CANCELLED) for item in items)
    partly = sum(item.count(AnswerKind.PARTLY_DONE) for item in items)
    late = [item.occurrence for item in items if item.open and item.occurrence.due < today]
    unbooked = sum(each.kind is Kind.SLOT for each in late)
    told = (
        (cancelled, "är inställda", "är inställd"),
        (partly, "är delvis genomförda", "är delvis genomförd"),
        (
            len(late) - unbooked,
            "skulle ha hållits och saknar svar",
            "skulle ha hållits och saknar svar",
        ),
        (
            unbooked,
            "bokades aldrig, och sista lämpliga dag har passerat",
            "bokades aldrig, och sista lämpliga dag har passerat",
        ),
    )
    return " ".join(f"{n} {one if n == 1 else many}." for n, many, one in told if n)


def _can_be_held(item: Item, today: date) -> bool:
    """Whether an open occurrence can still count: within its period, or on a day to come."""
    occurrence = item.occurrence
    moved_on = item.planned.kind is not Kind.SLOT and today <= occurrence.last_day
    return today <= occurrence.counted.window.last or moved_on
