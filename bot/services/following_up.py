"""The follow-up: what was promised, done, changed and left, at any day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.answer import HELD, NEED_A_REASON, Answer, AnswerKind, Standing
from bot.domain.occurrence import Occurrence
from bot.domain.pace import Pace
from bot.domain.periods import Period
from bot.domain.plan import Activity, Area, Commitment, Plan
from bot.domain.recurrence import Kind
from bot.domain.swedish import day_text
from bot.domain.walltime import local_day
from bot.services.pacing import Item, figures, is_extra
from bot.services.planning import NOTHING_SAID, Agenda, Standings, applied

WORTH_TELLING = NEED_A_REASON | {AnswerKind.PARTLY_DONE, AnswerKind.OUT_OF_REACH}


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


def status(agenda: Agenda, standings: Standings, *, as_of: datetime) -> list[StatusRow]:
    """Return where each promise stands on the day of ``as_of``, in the order of the plan."""
    today = local_day(as_of, agenda.plan.zone)
    items = _items(agenda, standings, today)
    keyed: dict[tuple[str, str, str], list[Item]] = {}
    for item in items:
        each = item.occurrence
        key = (each.commitment.id, each.area.id if each.area else "", each.counted.name)
        keyed.setdefault(key, []).append(item)
    return [_row(group, agenda.plan, today) for group in keyed.values()]


def follow_up(agenda: Agenda, standings: Standings, *, as_of: datetime) -> FollowUp:
    """Return the follow-up as of a day: only what had been said by its end counts."""
    plan = agenda.plan
    today = local_day(as_of, plan.zone)
    items = _items(agenda, standings, today)
    unheld = [item.occurrence for item in items if item.open]
    unheld = [each for each in unheld if each.kind is not Kind.NEED and not is_extra(each)]
    return FollowUp(
        plan=plan,
        as_of=today,
        rows=tuple(status(agenda, standings, as_of=as_of)),
        changes=tuple(change for item in items for change in _changes(item, today)),
        held=tuple((i.occurrence, answer) for i in items for answer in _held(i)),
        open=tuple(sorted((o for o in unheld if o.last_day < today), key=_by_day)),
        ahead=tuple(sorted((o for o in unheld if o.last_day >= today), key=_by_day)),
    )


def _items(agenda: Agenda, standings: Standings, today: date) -> list[Item]:
    zone = agenda.plan.zone
    found = []
    for name, occurrence in agenda.by_id.items():
        said = standings.get(name, NOTHING_SAID).answers
        known = Standing(tuple(each for each in said if local_day(each.at, zone) <= today))
        found.append(Item(occurrence, known))
    return found


def _row(items: Sequence[Item], plan: Plan, today: date) -> StatusRow:
    first = items[0].occurrence
    promised, done, (pace, why) = figures(items, plan, today)
    still_open = [i.occurrence for i in items if i.open and not is_extra(i.occurrence)]
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


def _changes(item: Item, today: date) -> Iterable[Change]:
    planned, said = item.planned, item.standing.valid
    if planned.moved_from and planned.moved_from <= today:
        yield Change(planned, f"flyttat från {day_text(planned.moved_from)}", planned.reason)
    for number, answer in enumerate(said):
        if answer.kind in WORTH_TELLING:
            before = applied(planned, Standing(said[:number]))
            yield Change(before, answer.kind.value, answer.note, answer)


def _held(item: Item) -> Iterable[Answer]:
    if item.occurrence.kind is Kind.NEED:
        return item.standing.efforts
    outcome = item.standing.outcome
    return (outcome,) if outcome and outcome.kind in HELD else ()


def _by_day(occurrence: Occurrence) -> tuple[date, str]:
    return (occurrence.due, occurrence.id)
