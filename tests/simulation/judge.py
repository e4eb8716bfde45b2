"""The judge: holds every write, every post and every arrival against what was promised."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.answer import Answer
from bot.domain.message import Message
from bot.domain.plan import Commitment
from bot.services.planning import Agenda
from tests.simulation.clock import DAY, HOUR, NO_TIME, SECOND
from tests.simulation.faults import Breach
from tests.simulation.ledger import Change, Row
from tests.simulation.oracle import BEFOREHAND, Due, Story, kind_of, newest, steps
from tests.simulation.products import TIME_OUT, Attempt
from tests.simulation.world import Frame, Reading, World

# What may follow a state; what a row cannot leave is its end.
FOLLOWS = {
    None: {"pending"},
    "pending": {"pending", "claimed", "withdrawn"},
    "claimed": {"claimed", "sent", "failed", "withdrawn", "pending", "uncertain"},
    "uncertain": {"uncertain", "claimed", "withdrawn"},
    "sent": {"sent"},
    "failed": {"failed", "pending", "uncertain", "withdrawn"},
    "withdrawn": {"withdrawn", "pending", "uncertain"},
}
LAST_TRY = 3 * DAY


class View(Protocol):
    """What the judge asks of a process: the plans that it has in force, and its clocks."""

    name: str

    @property
    def agendas(self) -> Mapping[str, Agenda]:
        """The plans, as they are in force there."""

    def since(self, plan: str, occurrence: str) -> datetime:
        """Return when the plan began to ask for an occurrence."""

    def plan_now(self) -> datetime:
        """Return what the plan's clock shows there."""

    def lease_now(self) -> datetime:
        """Return what its clock of leases shows."""


@dataclass(slots=True)
class Judge:
    """Raises a ``Breach`` at the step that breaks a promise.

    ``places`` are those behind a plan's target. ``taken_back`` are deliveries that an operator
    withdrew, ``newest`` the plans as they were adopted last.
    """

    world: World
    places: Mapping[str, tuple[str, ...]]
    taken_back: set[int] = field(default_factory=set)
    newest: dict[str, Agenda] = field(default_factory=dict)
    _steps: dict[tuple[Agenda, str], tuple[int, list[Due], list[datetime]]] = field(
        default_factory=dict
    )
    _withdrawn_under: dict[int, Agenda | None] = field(default_factory=dict)
    _written_under: dict[int, tuple[Agenda, int]] = field(default_factory=dict)
    _seen: dict[str, tuple[Agenda, int, int]] = field(default_factory=dict)

    def steps(self, agenda: Agenda, occurrence: str, said: tuple[Answer, ...]) -> list[Due]:
        """Return what the oracle says of an occurrence; what was worked out last is kept."""
        return self._worked_out(agenda, occurrence, said)[1]

    def changed(self, view: View, frame: Frame, changes: Iterable[Change]) -> None:
        """Judge what a transaction of ``view`` did to the ledger."""
        for change in changes:
            self._states(change)
            row = change.row
            before = change.before.state if change.before else None
            if row.part == "message" and change.waits_anew:
                self._written(view, frame, row)
            if row.state == "withdrawn" and before != "withdrawn":
                self._withdrawn(view, frame, row)
            if row.state == "claimed":
                self._claimed(row)
            if row.state == "failed" and row.reason.startswith("gav upp"):
                self._given_up(view, row)
            if row.state in {"failed", "withdrawn"} and not row.reason:
                raise Breach("an end without a reason", row.key)

    def reminded(
        self,
        view: View,
        plan: str,
        commitments: Iterable[Commitment],
        reading: Reading,
        then: datetime,
    ) -> None:
        """Judge that what was owed ``then``, by the answers of ``reading``, is in the ledger."""
        agenda = view.agendas[plan]
        for commitment in commitments:
            for occurrence in agenda.by_commitment[commitment.id]:
                name = occurrence.id
                said = self.world.known.of(name)
                if said and len(self.world.known.of(name, reading.answers)) != len(said):
                    continue
                _count, found, instants = self._worked_out(agenda, name, said)
                past = bisect_right(instants, then)
                seen = (agenda, len(said), past)
                if past and self._seen.get(name) != seen:
                    self._owed(view, agenda, name, found[past - 1])
                    self._seen[name] = seen

    def begins(self, view: View, frame: Frame, attempt: Attempt, content: object) -> None:
        """Judge a post that begins, by what its process could know."""
        row, reading = self.world.ledger.by_key[attempt.key], frame.reads[-1]
        if not reading.held:
            raise Breach("posted without holding it", row.key)
        left = row.lease_until - view.lease_now() if row.lease_until else TIME_OUT
        steady = frame.stalled < SECOND and attempt.machine.settings == reading.settings
        if steady and left < TIME_OUT:
            raise Breach("posted with too little of its lease left", f"{row.key}: {left}")
        if row.part == "message" and max(_instants(view, frame)) < row.due:
            raise Breach("posted before its time", f"{row.key}: {view.plan_now()} < {row.due}")
        if row.part == "message" and isinstance(content, Message):
            self._still_wanted(view, row, frame, content)

    def _still_wanted(self, view: View, row: Row, frame: Frame, message: Message) -> None:
        reading = frame.reads[-1]
        agenda = _in_force(view, frame, row.plan)
        if agenda is None or row.occurrence not in agenda.by_id:
            raise Breach("posted though the plan has dropped it", row.key)
        said = self.world.known.of(row.occurrence, reading.answers)
        story = Story(agenda.plan, agenda.by_id[row.occurrence], said)
        found = self.steps(agenda, row.occurrence, said)
        if story.end and row.step not in {each.step for each in found}:
            raise Breach("posted after an outcome", f"{row.key}: {story.end.kind}")
        instants = _instants(view, frame)
        now = {newest(found, at) for at in instants}
        if row.step not in {each.step for each in now if each}:
            raise Breach("posted though something newer had happened", f"{row.key}: {instants}")
        if kind_of(row.step) in BEFOREHAND and all(_over(story, each) for each in instants):
            raise Breach("posted beforehand, but afterwards", row.key)
        told = message.history[-1:]
        if said and not (told and said[-1].note in told[0]):
            raise Breach("posted without the newest answer", f"{row.key}: {told}")

    def _states(self, change: Change) -> None:
        before = change.before.state if change.before else None
        for state in change.states:
            if state not in FOLLOWS[before]:
                raise Breach("a state that cannot follow", f"{change.row.key}: {before}, {state}")
            before = state

    def _given_up(self, view: View, row: Row) -> None:
        """Three days are tried, however many attempts they hold; a clock may be an hour wrong."""
        tried = view.lease_now() - row.attempted if row.attempted else NO_TIME
        if tried < LAST_TRY - 3 * HOUR:
            raise Breach("gave up too early", f"{row.key}: {tried}")

    def _claimed(self, row: Row) -> None:
        others = [
            each
            for each in self.world.ledger.open.values()
            if each.target == row.target and each.state == "claimed" and each.id != row.id
        ]
        if others:
            raise Breach("two at one target", f"{row.key} beside {others[0].key}")

    def _written(self, view: View, frame: Frame, row: Row) -> None:
        """What is written, or waits again, is owed, and not older than what was written before."""
        if row.id in self.taken_back:
            raise Breach("taken back by an operator, and written again", row.key)
        reading, agenda = frame.reads[-1], _in_force(view, frame, row.plan)
        if agenda is None or row.occurrence not in agenda.by_id:
            raise Breach("written though no plan asks for it", row.key)
        said = self.world.known.of(row.occurrence, reading.answers)
        found = self.steps(agenda, row.occurrence, said)
        due = [newest(found, at) for at in _instants(view, frame)]
        wanted = [each for each in due if each and (each.step, each.at) == (row.step, row.due)]
        if not wanted:
            raise Breach("written though it is not owed", f"{row.key} {row.due}: {due}")
        if row.due < view.since(row.plan, row.occurrence):
            raise Breach("written though it was due before the plan asked for it", row.key)
        self._written_under[row.id] = (agenda, len(said))
        for other in self._newer_at_its_target(row):
            # A clock that was set back brings the same hour again.
            been = other.due <= max(_instants(view, frame))
            if been and self._written_under[other.id] == (agenda, len(said)):
                raise Breach("an older step after a newer one", f"{row.key} after {other.key}")

    def _newer_at_its_target(self, row: Row) -> list[Row]:
        about = self.world.ledger.about(row.occurrence)
        alike = [each for each in about if each.part == "message" and each.target == row.target]
        return [each for each in alike if each.due > row.due]

    def _withdrawn(self, view: View, frame: Frame, row: Row) -> None:
        """What is withdrawn had lost its meaning, or an operator wanted it so."""
        agenda, newest = _in_force(view, frame, row.plan), self.newest[row.plan]
        self._withdrawn_under[row.id] = agenda
        if row.id in self.taken_back or row.part != "message":
            return
        if agenda is None or row.occurrence not in agenda.by_id:
            if row.occurrence in newest.by_id:
                raise Breach("withdrawn by an old version of the plan", row.key)
            return
        counts = [each.answers for each in frame.reads[-1:]]
        for count in (*counts, len(self.world.known.every)):
            said = self.world.known.of(row.occurrence, count)
            if any(self._meaningless(agenda, row, said, at) for at in _instants(view, frame)):
                return
        raise Breach("withdrawn without cause", f"{row.key}: {row.reason}")

    def _meaningless(
        self, agenda: Agenda, row: Row, said: tuple[Answer, ...], now: datetime
    ) -> bool:
        last = newest(self.steps(agenda, row.occurrence, said), max(now, row.due))
        story = Story(agenda.plan, agenda.by_id[row.occurrence], said)
        over = kind_of(row.step) in BEFOREHAND and _over(story, now)
        return over or last is None or last.step != row.step

    def _owed(self, view: View, agenda: Agenda, name: str, due: Due) -> None:
        if due.at < view.since(agenda.plan.id, name):
            return
        planned = agenda.by_id[name]
        for place in self.places[planned.commitment.target]:
            row = self.world.ledger.by_key.get(f"{name}#{due.step}@{place}")
            if row is None:
                raise Breach("owed, and not written", f"{name}#{due.step}@{place}")
            if row.state == "withdrawn" and not self._rightly(agenda, row, due):
                raise Breach("owed, but withdrawn earlier", f"{row.key}: {row.reason}")

    def _rightly(self, agenda: Agenda, row: Row, due: Due) -> bool:
        said = self.world.known.of(row.occurrence)
        story = Story(agenda.plan, agenda.by_id[row.occurrence], said)
        over = kind_of(row.step) in BEFOREHAND and _over(story, self.world.now)
        # What gave way to a newer step has done so for good, also if that one was taken back.
        newer = [
            each
            for each in self._newer_at_its_target(row)
            if each.state != "withdrawn" or each.id in self.taken_back
        ]
        # On a clock that is set back, or behind another's, the newer one may not be due yet.
        steps = self.steps(agenda, row.occurrence, said)
        soon = any(due.at < each.at <= due.at + HOUR for each in steps)
        replaced = row.reason == "ersatt av en nyare"
        overtaken = row.reason == "gäller inte längre; något nyare har hänt" and soon
        gave_way = self.world.counts["clocks"] > 0 and (replaced or overtaken)
        # A newer plan may let go of the step that had come after it.
        stayed = row.due == due.at and self._withdrawn_under[row.id] is not agenda
        return row.id in self.taken_back or over or gave_way or stayed or bool(newer)

    def _worked_out(
        self, agenda: Agenda, occurrence: str, said: tuple[Answer, ...]
    ) -> tuple[int, list[Due], list[datetime]]:
        kept = self._steps.get((agenda, occurrence))
        if kept and kept[0] == len(said):
            return kept
        found = steps(agenda.plan, agenda.by_id[occurrence], said)
        kept = (len(said), found, [each.at for each in found])
        self._steps[agenda, occurrence] = kept
        return kept


def _over(story: Story, now: datetime) -> bool:
    return now.astimezone(story.plan.zone).date() > story.last


def _in_force(view: View, frame: Frame, plan: str) -> Agenda | None:
    """The plan that the work goes by: what it saw beside the clock, whatever was adopted since."""
    return frame.plans.get(plan) or view.agendas.get(plan)


def _instants(view: View, frame: Frame) -> tuple[datetime, datetime]:
    """What the plan's clock showed when the work looked at it, and what it shows now."""
    now = view.plan_now()
    return (frame.clock or now, now)
