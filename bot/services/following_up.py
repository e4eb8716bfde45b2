"""The follow-up: what was promised, done, changed and left, at any day.

The rule for the pace, in the order in which it is asked:

1. ``avviker`` when the promise can no longer be kept: its period is over, or its only
   remaining occurrences are cancelled, and fewer were held than promised.
2. ``risk`` when something that should have been held by now has no outcome, or was held
   only in part, or an unbooked slot's last sensible date is within three weeks.
3. ``enligt plan`` otherwise. What comes back as needed is never late, so always this.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.answer import HELD, NEED_A_REASON, Answer, AnswerKind, Standing
from bot.domain.occurrence import Occurrence
from bot.domain.pace import Pace
from bot.domain.periods import Period
from bot.domain.plan import Activity, Area, Commitment, Plan
from bot.domain.recurrence import Kind
from bot.domain.swedish import day_text
from bot.domain.walltime import local_day
from bot.services.planning import NOTHING_SAID, Agenda, Standings, applied

SOON = timedelta(days=21)
WORTH_TELLING = NEED_A_REASON | {AnswerKind.PARTLY_DONE}


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One commitment in one period, in one area where it is counted by area.

    ``promised`` is 0 for what comes back as needed. ``booked`` have a day to come and no
    outcome; ``remaining`` are promised and not held. ``last_sensible_date`` is the next one,
    and ``waiting`` holds those whose day has passed without an answer.
    """

    commitment: Commitment
    area: Area | None
    period: Period
    promised: int
    booked: int
    done: int
    partly_done: int
    cancelled: int
    remaining: int
    pace: Pace
    why: str
    last_sensible_date: date | None
    waiting: tuple[Occurrence, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Something that did not go as planned, and why, in the words of whoever said so.

    ``occurrence`` is as it stood before that.
    """

    occurrence: Occurrence
    what: str
    why: str
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The whole follow-up of a plan as of a day.

    ``open`` holds what has no outcome and should have one, ``ahead`` what still lies ahead
    in the plan's period.
    """

    plan: Plan
    as_of: date
    rows: tuple[StatusRow, ...]
    changes: tuple[Change, ...]
    held: tuple[tuple[Occurrence, Answer], ...]
    open: tuple[Occurrence, ...]
    ahead: tuple[Occurrence, ...]

    def rows_of(self, activity: Activity | None) -> tuple[StatusRow, ...]:
        """Return the rows of one activity; with None those of the plan's own follow-up."""
        number = activity.row if activity else 0
        return tuple(each for each in self.rows if each.commitment.row == number)


@dataclass(frozen=True, slots=True)
class _Item:
    """An occurrence and what had been said of it by the day that is asked about."""

    planned: Occurrence
    standing: Standing

    @property
    def occurrence(self) -> Occurrence:
        return applied(self.planned, self.standing)

    @property
    def spared(self) -> bool:
        outcome = self.standing.outcome
        return outcome is not None and outcome.kind is AnswerKind.NO_NEED

    @property
    def open(self) -> bool:
        return self.standing.outcome is None

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


def status(agenda: Agenda, standings: Standings, *, as_of: datetime) -> list[StatusRow]:
    """Return where each promise stands on the day of ``as_of``, in the order of the plan."""
    today = local_day(as_of, agenda.plan.zone)
    items = _items(agenda, standings, today)
    keyed: dict[tuple[str, str, str], list[_Item]] = {}
    for item in items:
        each = item.occurrence
        key = (each.commitment.id, each.area.id if each.area else "", each.counted.name)
        keyed.setdefault(key, []).append(item)
    return [_row(group, today) for group in keyed.values()]


def follow_up(agenda: Agenda, standings: Standings, *, as_of: datetime) -> FollowUp:
    """Return the follow-up as of a day: only what had been said by its end counts."""
    plan = agenda.plan
    today = local_day(as_of, plan.zone)
    items = _items(agenda, standings, today)
    unheld = [item.occurrence for item in items if item.open]
    unheld = [each for each in unheld if each.kind is not Kind.NEED]
    return FollowUp(
        plan=plan,
        as_of=today,
        rows=tuple(status(agenda, standings, as_of=as_of)),
        changes=tuple(change for item in items for change in _changes(item, today)),
        held=tuple((i.occurrence, answer) for i in items for answer in _held(i)),
        open=tuple(sorted((o for o in unheld if o.last_day < today), key=_by_day)),
        ahead=tuple(sorted((o for o in unheld if o.last_day >= today), key=_by_day)),
    )


def _items(agenda: Agenda, standings: Standings, today: date) -> list[_Item]:
    zone = agenda.plan.zone
    found = []
    for name, occurrence in agenda.by_id.items():
        said = standings.get(name, NOTHING_SAID).answers
        known = Standing(tuple(each for each in said if local_day(each.at, zone) <= today))
        found.append(_Item(occurrence, known))
    return found


def _row(items: Sequence[_Item], today: date) -> StatusRow:
    first = items[0].occurrence
    needed = first.kind is Kind.NEED
    promised = 0 if needed else len(items)
    done = sum(item.count(AnswerKind.DONE) for item in items)
    still_open = [item.occurrence for item in items if item.open]
    pace, why = (Pace.ON_TRACK, _needs(items, today)) if needed else _pace(items, today)
    return StatusRow(
        commitment=first.commitment,
        area=first.area,
        period=first.counted,
        promised=promised,
        booked=sum(each.day is not None and each.day >= today for each in still_open),
        done=done,
        partly_done=sum(item.count(AnswerKind.PARTLY_DONE) for item in items),
        cancelled=sum(item.count(AnswerKind.CANCELLED) for item in items),
        remaining=max(0, promised - done),
        pace=pace,
        why=why,
        last_sensible_date=min((o.due for o in still_open if o.due >= today), default=None),
        waiting=tuple(o for o in still_open if o.due < today),
    )


def _needs(items: Sequence[_Item], today: date) -> str:
    """What was answered to the question whether it was needed."""
    spared = sum(item.spared for item in items)
    silent = sum(item.open and item.planned.last_day < today for item in items)
    told = ((spared, "utan behov"), (silent, "saknar svar"))
    facts = [f"{n} {'period' if n == 1 else 'perioder'} {what}" for n, what in told if n]
    return "Återkommer efter behov" + (f": {', '.join(facts)}." if facts else ".")


def _pace(items: Sequence[_Item], today: date) -> tuple[Pace, str]:
    still_open = [item.occurrence for item in items if item.open]
    promised, done = len(items), sum(item.count(AnswerKind.DONE) for item in items)
    partly = sum(item.count(AnswerKind.PARTLY_DONE) for item in items)
    if done >= promised:
        return Pace.ON_TRACK, "Allt som lovats är genomfört."
    lost = promised - done - partly - sum(_can_be_held(i, today) for i in items if i.open)
    facts = _facts(items, today)
    if lost > 0:
        return Pace.OFF_TRACK, facts or f"{lost} av {promised} hölls efter periodens slut."
    if facts:
        return Pace.AT_RISK, facts
    near = [o.due for o in still_open if o.kind is Kind.SLOT and o.due <= today + SOON]
    if near:
        return Pace.AT_RISK, f"Inte bokad; sista lämpliga dag är {day_text(min(near))}."
    return Pace.ON_TRACK, "Inget saknas hittills."


def _facts(items: Sequence[_Item], today: date) -> str:
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


def _can_be_held(item: _Item, today: date) -> bool:
    """Whether an open occurrence can still count: within its period, or on a day to come."""
    occurrence = item.occurrence
    moved_on = item.planned.kind is not Kind.SLOT and today <= occurrence.last_day
    return today <= occurrence.counted.window.last or moved_on


def _changes(item: _Item, today: date) -> Iterable[Change]:
    planned, said = item.planned, item.standing.answers
    if planned.moved_from and planned.moved_from <= today:
        yield Change(planned, f"flyttat från {day_text(planned.moved_from)}", planned.reason)
    for number, answer in enumerate(said):
        if answer.kind in WORTH_TELLING:
            before = applied(planned, Standing(said[:number]))
            yield Change(before, answer.kind.value, answer.note, answer)


def _held(item: _Item) -> Iterable[Answer]:
    if item.occurrence.kind is Kind.NEED:
        return item.standing.efforts
    outcome = item.standing.outcome
    return (outcome,) if outcome and outcome.kind in HELD else ()


def _by_day(occurrence: Occurrence) -> tuple[date, str]:
    return (occurrence.due, occurrence.id)
