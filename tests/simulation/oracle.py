"""The oracle: which steps an occurrence has under its answers, told again from the rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.answer import Answer
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Plan, Policy

DAY = timedelta(days=1)
MOVES = ("booked", "postponed")
ENDS = ("done", "partly_done", "cancelled", "no_need")
BEFOREHAND = ("book", "ahead", "day")
# Of several steps at one instant the last named here is worth a message.
URGENT_LAST = (
    "book",
    "ahead",
    "day",
    "lost",
    "ask",
    "nag",
    "snoozed",
    "notice",
    "cannot",
    "escalate",
)


@dataclass(frozen=True, slots=True)
class Due:
    """A step and the instant at which it falls due."""

    at: datetime
    step: str


@dataclass(frozen=True, slots=True)
class Story:
    """One occurrence and all that was said of it, the first answer first."""

    plan: Plan
    planned: Occurrence
    said: tuple[Answer, ...]

    @property
    def moves(self) -> list[Answer]:
        """The bookings and postponements."""
        return [each for each in self.said if each.kind in MOVES]

    @property
    def since_move(self) -> list[Answer]:
        """What was said since the last of them, that one included."""
        found: list[Answer] = []
        for each in self.said:
            found = [each] if each.kind in MOVES else [*found, each]
        return found

    @property
    def end(self) -> Answer | None:
        """The outcome, if it has one that still holds."""
        found = [each for each in self.since_move if each.kind in ENDS]
        return found[-1] if found else None

    @property
    def unbooked(self) -> bool:
        """Whether it still waits for a day."""
        return self.planned.kind == "slot" and not self.moves

    @property
    def first(self) -> date:
        """The day that reminders beforehand lead up to."""
        if self.moves and self.moves[-1].day:
            return self.moves[-1].day
        if self.planned.kind == "deadline":
            return self.planned.window.first
        return self.planned.day or self.planned.due

    @property
    def last(self) -> date:
        """The day after which it is over."""
        if self.moves and self.moves[-1].day:
            return self.moves[-1].day
        return self.planned.day or self.planned.window.last

    @property
    def policy(self) -> Policy:
        """The rules that it is reminded by."""
        return self.plan.policies[self.planned.commitment.policy]


def steps(plan: Plan, planned: Occurrence, said: Sequence[Answer]) -> list[Due]:
    """Return every step of an occurrence, past and to come, the earliest first."""
    story = Story(plan, planned, tuple(said))
    found = [*_word_of_a_change(story)]
    if not story.end:
        found += [*_beforehand(story), *_afterwards(story), *_asked_for(story)]
    by_instant: dict[datetime, Due] = {}
    for each in sorted(found, key=lambda due: URGENT_LAST.index(kind_of(due.step))):
        by_instant[each.at] = each
    tail = f"+{len(story.moves)}" if story.moves else ""
    return [Due(at, by_instant[at].step + tail) for at in sorted(by_instant)]


def newest(found: Sequence[Due], now: datetime) -> Due | None:
    """Return the last of the steps whose instant has come by ``now``."""
    past = [each for each in found if each.at <= now]
    return past[-1] if past else None


def kind_of(step: str) -> str:
    """Return the first word of a step's name."""
    return step.split("+", maxsplit=1)[0].split("-", maxsplit=1)[0]


def _beforehand(story: Story) -> Iterator[Due]:
    """One step for each lead time and one on the day, on working days, the later on each day."""
    policy, start = story.policy, story.first
    leads = policy.book_ahead_days if story.unbooked else policy.ahead_days
    name = "book" if story.unbooked else "ahead"
    wanted = [(f"{name}-{n}", start - n * DAY, policy.at) for n in sorted(leads, reverse=True)]
    if policy.on_the_day:
        wanted.append(("day", start, policy.day_at))
    by_day: dict[date, Due] = {}
    for step, day, at in wanted:
        moved = _working(story.plan, day, 1)
        if moved > start or (moved == start and day < start):
            moved = _working(story.plan, day, -1)
        due = Due(local(moved, at, story.plan.zone), step)
        if not _silenced(story, due.at):
            by_day[moved] = due
    told = story.moves[-1].at if story.moves else None
    yield from (each for each in by_day.values() if told is None or each.at > told)


def _silenced(story: Story, at: datetime) -> bool:
    """Whether the newest "remind me later" came before ``at`` and asks for silence until after."""
    asked = [each for each in story.since_move if each.kind == "snoozed"]
    if not asked or asked[-1].day is None:
        return False
    return asked[-1].at < at < local(asked[-1].day, story.policy.at, story.plan.zone)


def _afterwards(story: Story) -> Iterator[Due]:
    """The question, the nags and the ladder, each so many working days after the one before."""
    policy, day = story.policy, story.last
    if policy.ask_after_days is None and not policy.nags:
        return
    if policy.ask_after_days is not None:
        day = _pushed(story, _days_on(story.plan, day, policy.ask_after_days), hushed=False)
        yield _on_a_working_day(story, "ask", day)
    rungs = len(_rungs(story)) if policy.escalate else 0
    names = [f"nag-{n}" for n in range(1, policy.nags + 1)]
    for name in [*names, *(f"escalate-{n}" for n in range(1, rungs + 1))]:
        day = _pushed(story, _days_on(story.plan, day, policy.nag_every_days), hushed=True)
        yield _on_a_working_day(story, name, day)


def _pushed(story: Story, day: date, *, hushed: bool) -> date:
    """Move ``day`` past each silence that was asked for before the step on it was due."""
    snoozes = [each for each in story.since_move if each.kind == "snoozed"]
    for each in story.since_move:
        until = each.day if snoozes and each == snoozes[-1] else None
        if each.kind == "acknowledged" and hushed:
            seen = each.at.astimezone(story.plan.zone).date()
            until = _days_on(story.plan, seen, story.policy.hush_days)
        if until and day < until and each.at < local(day, story.policy.at, story.plan.zone):
            day = until
    return day


def _rungs(story: Story) -> list[tuple[str, ...]]:
    """Deputies first, then each role of the ladder that is not responsible itself."""
    plan, responsible = story.plan, story.planned.commitment.responsible
    deputies = tuple({d: 0 for role in responsible if (d := plan.roles[role].deputy)})
    above = [(role,) for role in plan.escalation if role not in responsible]
    return [*([deputies] if deputies else []), *above] or [responsible]


def _asked_for(story: Story) -> Iterator[Due]:
    snoozes = [each for each in story.since_move if each.kind == "snoozed" and each.day]
    for each in snoozes[-1:]:
        yield _on_a_working_day(story, f"snoozed-{each.id}", each.day or story.last)
    for each in story.since_move:
        if each.kind == "cannot":
            yield _as_soon_as_allowed(story.plan, f"cannot-{each.id}", each.at)
        if each.kind == "out_of_reach":
            day = each.at.astimezone(story.plan.zone).date()
            at = local(day, story.policy.day_at, story.plan.zone)
            yield Due(at, f"lost-{each.id}")


def _word_of_a_change(story: Story) -> Iterator[Due]:
    """Word of a cancellation, or else of the newest day, while it is of any use."""
    told = story.end or (story.moves[-1] if story.moves else None)
    if told is None or told.at.astimezone(story.plan.zone).date() > story.last:
        return
    if told.kind in (*MOVES, "cancelled"):
        yield _as_soon_as_allowed(story.plan, f"notice-{told.id}", told.at)


def _as_soon_as_allowed(plan: Plan, step: str, at: datetime) -> Due:
    here = at.astimezone(plan.zone)
    opens, closes = plan.sending_hours.start, plan.sending_hours.end
    if plan.work.is_working(here.date()) and opens <= here.time() < closes:
        return Due(at, step)
    day = here.date() if here.time() < opens else here.date() + DAY
    return Due(local(_working(plan, day, 1), opens, plan.zone), step)


def _on_a_working_day(story: Story, step: str, day: date) -> Due:
    return Due(local(_working(story.plan, day, 1), story.policy.at, story.plan.zone), step)


def _working(plan: Plan, day: date, by: int) -> date:
    while not plan.work.is_working(day):
        day += by * DAY
    return day


def _days_on(plan: Plan, day: date, number: int) -> date:
    for _ in range(number):
        day = _working(plan, day + DAY, 1)
    return day


@lru_cache(maxsize=20_000)
def local(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant at which a wall clock in ``zone`` shows ``at`` on ``day``.

    It is sought among the offsets that the zone has around that day: of two instants the
    first, and where the clock never shows that time, as if it had not been turned yet.
    """
    shown = datetime.combine(day, at).replace(tzinfo=UTC)
    around = [(shown + n * DAY).astimezone(zone).utcoffset() or timedelta() for n in (-2, 2)]
    found = [shown - offset for offset in around]
    true = [each for each in found if each.astimezone(zone).replace(tzinfo=UTC) == shown]
    return min(true, default=found[0])
