"""From occurrences to reminders: who is told what, and at which instant."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.answer import PLACEMENTS, Answer, AnswerKind, Standing
from bot.domain.occurrence import Occurrence
from bot.domain.periods import Window
from bot.domain.plan import Commitment, Plan, Policy
from bot.domain.recurrence import Kind
from bot.domain.reminder import Reminder, StepKind
from bot.domain.walltime import instant, local_day
from bot.services.planning import NOTHING_SAID, Agenda, Standings

DAY, WEEK = timedelta(days=1), timedelta(days=7)
# What can wait for a digest, or come a few days early in one.
DIGESTED = frozenset({StepKind.BOOK, StepKind.AHEAD, StepKind.SILENCE, StepKind.ASK, StepKind.NAG})
# The later in the list, the more a step matters when two fall on one instant.
URGENCY = (
    StepKind.BOOK,
    StepKind.AHEAD,
    StepKind.SILENCE,
    StepKind.DAY,
    StepKind.LOST,
    StepKind.ASK,
    StepKind.NAG,
    StepKind.SNOOZED,
    StepKind.NOTICE,
    StepKind.CANNOT,
    StepKind.ESCALATE,
)


def schedule(plan: Plan, occurrence: Occurrence, standing: Standing) -> list[Reminder]:
    """Return every reminder of ``occurrence``, past and to come, in the order in which they go out.

    ``occurrence`` is as the answers left it. An outcome ends the schedule: what is left then
    is the notice of a cancellation.
    """
    maker = _Maker(plan, occurrence, standing)
    steps = [*maker.asked_for(), *maker.before(), *maker.afterwards(), *maker.notices()]
    # Of steps that fall on one instant only the most urgent is worth a message.
    by_urgency = sorted(steps, key=lambda each: URGENCY.index(each.kind))
    urgent = {each.at: each for each in by_urgency}
    return sorted(urgent.values(), key=lambda each: each.at)


def reminders(agenda: Agenda, window: Window, standings: Standings | None = None) -> list[Reminder]:
    """Return the reminders that go out on the days of ``window``, the earliest first."""
    found = [
        each
        for occurrence in agenda.by_id
        for each in scheduled(agenda, occurrence, standings or {})
        if local_day(each.at, agenda.plan.zone) in window
    ]
    return sorted(found, key=lambda each: (each.at, each.occurrence.id, each.step))


def scheduled(agenda: Agenda, occurrence: str, standings: Standings) -> list[Reminder]:
    """Return the schedule of the occurrence of that id under what has been answered."""
    standing = standings.get(occurrence, NOTHING_SAID)
    return schedule(agenda.plan, agenda.find(occurrence, standing), standing)


def newest_due(steps: Sequence[Reminder], *, now: datetime) -> Reminder | None:
    """Return the last of ``steps`` whose instant has come; the one that may still go out."""
    return next((each for each in reversed(steps) if each.at <= now), None)


def first_sending(plan: Plan, moment: datetime) -> datetime:
    """Return ``moment`` where ``plan`` sends then, else the next working morning."""
    if plan.sends_at(moment):
        return moment
    local = moment.astimezone(plan.zone)
    early = local.time() < plan.sending_hours.start
    morning = plan.work.next_working(local.date() if early else local.date() + DAY)
    return instant(morning, plan.sending_hours.start, plan.zone)


def step_kind(step: str) -> StepKind:
    """Return the kind of a step from its name: ``nag-2+1`` is a nag."""
    return StepKind(step.partition("+")[0].partition("-")[0])


def step_number(step: str) -> int:
    """Return the number in a step's name: ``nag-2+1`` is 2; 0 where there is none."""
    return int(step.partition("+")[0].partition("-")[2] or 0)


def digest_day(plan: Plan, day: date, *, before: bool) -> date:
    """Return the last day of a digest up to ``day``, or else the first one from ``day`` on.

    That is the first working day from Monday on; in a long pause many weeks have the same.
    """
    monday = day - day.weekday() * DAY
    found = plan.work.next_working(monday)
    while found > day if before else found < day:
        monday += -WEEK if before else WEEK
        found = plan.work.next_working(monday)
    return found


def roles_of(plan: Plan, commitment: Commitment, step: str) -> tuple[str, ...]:
    """Return the roles that ``step`` speaks to; an escalation climbs one rung each time."""
    if step.startswith(StepKind.LOST):
        return tuple(dict.fromkeys((*commitment.responsible, *plan.escalation[:1])))
    if step.startswith(StepKind.CANNOT):
        return ladder(plan, commitment)[0]
    if step.startswith(StepKind.ESCALATE):
        # The ladder may have lost rungs since the step was written.
        rungs = ladder(plan, commitment)
        return rungs[min(step_number(step), len(rungs)) - 1]
    return commitment.responsible


def ladder(plan: Plan, commitment: Commitment) -> list[tuple[str, ...]]:
    """Return the rungs above the responsible: deputies, coordinator, steering group."""
    above = [(role,) for role in plan.escalation if role not in commitment.responsible]
    return [rung for rung in (plan.deputies(commitment), *above) if rung] or [
        commitment.responsible
    ]


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the steps of one occurrence."""

    plan: Plan
    occurrence: Occurrence
    standing: Standing

    @property
    def unwanted(self) -> bool:
        """Whether nobody has to be reminded: it is welcome beyond what was promised."""
        return self.occurrence.optional and self.occurrence.kind is Kind.SLOT

    @property
    def policy(self) -> Policy:
        return self.plan.policies[self.occurrence.commitment.policy]

    def notices(self) -> Iterator[Reminder]:
        """Word of a new day, or of a cancellation, goes out as soon as it is known."""
        outcome = self.standing.outcome
        told = outcome or self.standing.placement
        if told is None or local_day(told.at, self.plan.zone) > self.occurrence.last_day:
            return
        if told.kind in {*PLACEMENTS, AnswerKind.CANCELLED}:
            yield self._soon(StepKind.NOTICE, f"notice-{told.id}", told.at)

    def before(self) -> Iterator[Reminder]:
        """Lead times and the day itself: the later of two on one day, none before a booking."""
        if self.standing.outcome or self.unwanted:
            return
        placed = self.standing.placement
        steps = {each.day: each for each in self._leads()}
        yield from (each for each in steps.values() if not placed or each.at > placed.at)

    def _leads(self) -> Iterator[Reminder]:
        unbooked = self.occurrence.kind is Kind.SLOT
        kind = StepKind.BOOK if unbooked else StepKind.AHEAD
        days = self.policy.book_ahead_days if unbooked else self.policy.ahead_days
        for ahead in sorted(days, reverse=True):
            day = self.occurrence.first_day - ahead * DAY
            if step := self._beforehand(kind, f"{kind}-{ahead}", day, self.policy.at):
                yield step
        nudge = self.occurrence.asking.nudge
        if nudge and (step := self._beforehand(StepKind.SILENCE, "silence", nudge, self.policy.at)):
            yield step
        if self.policy.on_the_day:
            first = self.occurrence.first_day
            if step := self._beforehand(StepKind.DAY, "day", first, self.policy.day_at):
                yield step

    def afterwards(self) -> Iterator[Reminder]:
        """The question whether it was done, then nags, then the ladder; then silence.

        Where an answer has its own time, the nags begin on the working day after that.
        """
        silent = self.policy.ask_after_days is None and not self.policy.nags
        if self.standing.outcome or silent or self.unwanted:
            return
        day, wait = self.occurrence.last_day, self.policy.nag_every_days
        if self.policy.ask_after_days is not None:
            day = self._quiet_until(self._later(day, self.policy.ask_after_days), snoozes_only=True)
            day = self._digest_day(day)
            yield self._on(StepKind.ASK, "ask", day)
        if answer_by := self.occurrence.asking.answer_by:
            day, wait = max(day, answer_by), 1
        for number in range(1, self.policy.nags + 1):
            day, wait = self._quiet_until(self._later(day, wait)), self.policy.nag_every_days
            day = self._digest_day(day)
            yield self._on(StepKind.NAG, f"nag-{number}", day)
        rungs = ladder(self.plan, self.occurrence.commitment) if self.policy.escalate else []
        for number in range(1, len(rungs) + 1):
            day = self._quiet_until(self._later(day, self.policy.nag_every_days))
            yield self._on(StepKind.ESCALATE, f"escalate-{number}", day)

    def asked_for(self) -> Iterator[Reminder]:
        """What answers ask for themselves: once more on a day, somebody who stands in, bad news."""
        if self.standing.outcome:
            return
        snooze, attendance = self.standing.snooze, self.standing.attendance(self.occurrence.times)
        if snooze and snooze.day:
            yield self._on(StepKind.SNOOZED, f"snoozed-{snooze.id}", snooze.day)
        for answer in self.standing.current:
            if answer.kind is AnswerKind.CANNOT and answer in attendance:
                yield self._soon(StepKind.CANNOT, f"cannot-{answer.id}", answer.at)
            if answer.kind is AnswerKind.OUT_OF_REACH:
                # At the hour of the day itself, which then needs no message of its own.
                day = local_day(answer.at, self.plan.zone)
                yield self._on(StepKind.LOST, f"lost-{answer.id}", day, at=self.policy.day_at)

    def _beforehand(self, kind: StepKind, name: str, day: date, at: time) -> Reminder | None:
        """A step before the start; it is never moved past it, and a snooze swallows it."""
        work, start = self.plan.work, self.occurrence.first_day
        moved = work.next_working(day)
        if moved > start or (moved == start and kind is not StepKind.DAY and day < start):
            moved = work.previous_working(day)
        if kind in DIGESTED:
            moved = self._digest_day(moved, before=True)
        reminder = self._on(kind, name, moved, at=at)
        return None if self._snoozed(reminder.at) else reminder

    def _on(self, kind: StepKind, name: str, day: date, *, at: time | None = None) -> Reminder:
        working = self.plan.work.next_working(day) if at is None else day
        return self._at(kind, name, instant(working, at or self.policy.at, self.plan.zone))

    def _soon(self, kind: StepKind, name: str, at: datetime) -> Reminder:
        """At once, or on the next working morning when that is no hour to send at."""
        return self._at(kind, name, first_sending(self.plan, at))

    def _at(self, kind: StepKind, name: str, at: datetime) -> Reminder:
        revision = self.occurrence.revision
        step = f"{name}+{revision}" if revision else name
        roles = roles_of(self.plan, self.occurrence.commitment, step)
        day = local_day(at, self.plan.zone)
        return Reminder(self.occurrence, kind, step, day, at, roles)

    def _digest_day(self, day: date, *, before: bool = False) -> date:
        """The day of the digest that a step of ``day`` belongs in, where there is one."""
        wanted = self.plan.in_digest(self.occurrence.commitment)
        return digest_day(self.plan, day, before=before) if wanted else day

    def _later(self, day: date, working_days: int) -> date:
        return self.plan.work.add_working(day, working_days)

    def _snoozed(self, at: datetime) -> bool:
        """Whether somebody had asked, before ``at``, to be left alone until after it."""
        snooze = self.standing.snooze
        if snooze is None or snooze.day is None:
            return False
        return snooze.at < at < instant(snooze.day, self.policy.at, self.plan.zone)

    def _quiet_until(self, day: date, *, snoozes_only: bool = False) -> date:
        """Push ``day`` past the silence that was asked for before it came."""
        for answer in self.standing.current:
            silent = self._silence(answer, snoozes_only=snoozes_only)
            unsent = answer.at < instant(day, self.policy.at, self.plan.zone)
            if silent and unsent and day < silent:
                day = silent
        return day

    def _silence(self, answer: Answer, *, snoozes_only: bool) -> date | None:
        """The day on which the silence that ``answer`` asks for ends."""
        if answer.kind is AnswerKind.SNOOZED:
            return answer.day if answer == self.standing.snooze else None
        if answer.kind is AnswerKind.ACKNOWLEDGED and not snoozes_only:
            asked = local_day(answer.at, self.plan.zone)
            return self._later(asked, self.policy.hush_days)
        return None
