"""The works of a process: its jobs and its sweep, its pump, and the threads that deliver."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain.delivery import Delivery
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Commitment
from bot.services.delivering import NEEDED_TO_POST
from bot.services.planning import Standings
from bot.services.timetable import Timetable
from bot.storage.database import Database
from bot.storage.deliveries import SqlDeliveries
from tests.simulation.clock import DAY, MINUTE, SECOND
from tests.simulation.faults import Breach
from tests.simulation.ledger import after
from tests.simulation.oracle import local
from tests.simulation.process import Process
from tests.simulation.world import Event

SILENT_FOR = 30 * SECOND
REST_AFTER_FAULT = SECOND
# How often the ledger is asked when it may rest, beside working that out from the outside.
ASKS = 0.1
FAR = 30 * DAY

Job = tuple[str, str]


class Works:
    """What the threads of one process do, each at its time."""

    def __init__(self, process: Process) -> None:
        self.process, self.world, self.door = process, process.world, process.door
        self.name = process.name
        self.desk = process.desk(self._answered)
        self.busy: set[str] = set()
        self.jobs: dict[Job, datetime | None] = {}
        self.sweep_at: datetime | None = None
        self.beat_at: datetime | None = None
        self._known: dict[str, Standings] = {}
        self._planned: dict[str, Timetable] = {}
        self._started = False
        self._not_before: dict[str, datetime] = {}

    @property
    def alive(self) -> bool:
        """Whether the process was not killed yet."""
        return self.door.alive

    def start(self) -> None:
        """Take up what an earlier process left."""
        process = self.process
        process.take_in()
        if process.setting.shared:
            self.beat()
        else:
            process.deliveries.release(now=process.steady())
        self._plan_jobs()
        self._started = True
        self.want_sweep(timedelta())

    def events(self) -> Iterator[Event]:
        """Return what the threads that are free do next."""
        if not self._started:
            return
        for begins, claimed, delivery in self.process.queue.waiting:
            key = f"{self.name}/deliver/{delivery.id}.{delivery.attempt}"
            yield self._event(key, begins, partial(self._deliver, begins, claimed, delivery))
        if (at := self._dispatch_at()) and (key := f"{self.name}/dispatch") not in self.busy:
            yield self._event(key, at, self._dispatch)
        if (at := self._show_at()) and (key := f"{self.name}/show") not in self.busy:
            yield self._event(key, at, self._show)
        if self.sweep_at and (key := f"{self.name}/sweep") not in self.busy:
            yield self._event(key, self.sweep_at, self._sweep)
        if self.beat_at and (key := f"{self.name}/beat") not in self.busy:
            yield self._event(key, self.beat_at, self.beat)
        yield from self._next_job()

    def stop(self) -> None:
        """Let go of the database."""
        self.process.database.close()

    def failed(self, key: str) -> None:
        """Let a work rest that an error broke off; the sweep does what a job left undone."""
        self._not_before[key] = self.world.now + REST_AFTER_FAULT
        if "/deliver/" not in key:
            self.want_sweep(MINUTE)

    def want_sweep(self, within: timedelta) -> None:
        """Sweep within that time; the real one comes each minute, needed or not."""
        at = self.world.now + self.world.rng.random() * within
        self.sweep_at = min(at, self.sweep_at) if self.sweep_at else at

    def beat(self) -> None:
        """Tell that it is alive, and free what the dead hold."""
        self.beat_at = None
        process, now = self.process, self.process.steady()
        process.deliveries.beat(process.node, now=now)
        for other in self.world.workers:
            if isinstance(other, Works) and other is not self:
                other.has_beaten()
        process.deliveries.free_dead(now=now, silent_for=SILENT_FOR, rest=NEEDED_TO_POST)

    def has_beaten(self) -> None:
        """Beat as it does each few seconds while it lives; only where somebody looks it matters."""
        process = self.process
        if self.alive and self.door.paused_until <= self.world.now:
            plain = SqlDeliveries(Database(process.database.engine, process.database.turn))
            plain.beat(process.node, now=process.steady())

    def remind(self, plan: str, commitments: Sequence[Commitment] | None = None) -> None:
        """Write what is owed, and let the judge see whether that is all."""
        process, frame = self.process, self.door.frame
        agenda, before = process.agendas[plan], len(frame.reads)
        sends, then = agenda.plan.sends_at(process.plan_now()), process.plan_now()
        process.upkeep.remind(plan, commitments)
        if not sends:
            self._want_sweep_in_the_morning(plan)
        elif len(frame.reads) > before and process.agendas[plan] is agenda:
            chosen = agenda.plan.commitments if commitments is None else commitments
            process.setting.judge.reminded(process, plan, chosen, frame.reads[before], then)

    def _answered(self, occurrence: Occurrence) -> None:
        plan = self.process.agendas[occurrence.plan].plan
        self.remind(occurrence.plan, [occurrence.commitment])
        job = (plan.id, occurrence.commitment.id)
        self._set_job(job, self.process.answers.standings(plan.id))

    def _sweep(self) -> None:
        self.sweep_at = None
        self.process.take_in()
        self._plan_jobs()
        for plan in list(self.process.agendas):
            self.remind(plan)
            standings = self.process.answers.standings(plan)
            if self._known.get(plan) is not standings:
                self._known[plan] = standings
                self._set_jobs(plan, standings)

    def _job(self, job: Job) -> None:
        plan, name = job
        agenda = self.process.agendas[plan]
        self._set_job(job, self.process.answers.standings(plan))
        wanted = [each for each in agenda.plan.commitments if each.id == name]
        if wanted:
            self.remind(plan, wanted)

    def _plan_jobs(self) -> None:
        """Set the jobs of each plan that has another version now."""
        for plan, timetable in self.process.timetables.items():
            if self._planned.get(plan) is not timetable:
                self._planned[plan] = timetable
                self._set_jobs(plan, self.process.answers.standings(plan))

    def _set_jobs(self, plan: str, standings: Standings) -> None:
        agenda = self.process.agendas[plan]
        wanted = {(plan, each.id): None for each in agenda.plan.commitments}
        for job in [each for each in self.jobs if each[0] == plan and each not in wanted]:
            del self.jobs[job]
        for job in wanted:
            self._set_job(job, standings)

    def _set_job(self, job: Job, standings: Standings) -> None:
        plan, name = job
        timetable, now = self.process.timetables[plan], self.process.plan_now()
        for each in timetable.agenda.plan.commitments:
            if each.id == name:
                self.jobs[job] = timetable.next_instant(each, standings, after=now)

    def _next_job(self) -> Iterator[Event]:
        free = [
            (at, job)
            for job, at in self.jobs.items()
            if at and f"{self.name}/job/{'/'.join(job)}" not in self.busy
        ]
        if free:
            at, job = min(free)
            true = self.process.machine.true(at)
            yield self._event(f"{self.name}/job/{'/'.join(job)}", true, partial(self._job, job))

    def _dispatch_at(self) -> datetime | None:
        wanted = self.world.ledger.next_claim()
        if wanted is None or self.process.queue.free <= 0:
            return None
        return self.world.now + after(self.process.steady(), wanted)

    def _show_at(self) -> datetime | None:
        wanted = self.world.ledger.next_showing()
        return self.world.now + after(self.process.steady(), wanted) if wanted else None

    def _dispatch(self) -> None:
        process, ledger = self.process, self.world.ledger
        version = ledger.version
        claimed = process.delivering.dispatch(process.queue)
        if not claimed and ledger.version == version and ledger.claimable(process.steady()):
            raise Breach("something was ripe, and nothing was claimed", self.name)
        if self.world.rng.random() < ASKS:
            self._ask_for_rest()

    def _ask_for_rest(self) -> None:
        process, ledger = self.process, self.world.ledger
        now = process.steady()
        soonest = process.deliveries.soonest(now=now, within=FAR)
        truly = ledger.next_claim()
        if truly and truly <= now + FAR and (soonest is None or soonest > max(truly, now + SECOND)):
            raise Breach("it would sleep past what is ripe", f"{self.name}: {soonest}, {truly}")

    def _deliver(self, begins: datetime, claimed: datetime, delivery: Delivery) -> None:
        self.process.queue.waiting.remove((begins, claimed, delivery))
        self.door.frame.delivery, self.door.frame.begun = delivery, claimed
        try:
            if self.process.setting.shared:
                self.process.take_in()
            outcome = self.process.delivering.deliver(delivery)
            self.world.trace.note(self.door.frame.key, f"{delivery.draft.key}: {outcome}")
        finally:
            self.process.queue.held -= 1

    def _show(self) -> None:
        self.process.delivering.show_answers()

    def _want_sweep_in_the_morning(self, plan: str) -> None:
        """The real sweep comes each minute, so also in the first minute of the sending hours."""
        found, now = self.process.agendas[plan].plan, self.process.plan_now()
        day = now.astimezone(found.zone).date()
        opens = local(day, found.sending_hours.start, found.zone)
        if opens <= now:
            day += DAY
        opens = local(found.work.next_working(day), found.sending_hours.start, found.zone)
        self.world.at(
            self.process.machine.true(opens) + SECOND,
            f"{self.name}/morning",
            lambda: self.want_sweep(MINUTE),
        )

    def _event(self, key: str, at: datetime, act: Callable[[], object]) -> Event:
        at = max(at, self.door.paused_until, self._not_before.get(key, at))
        return Event(at, 0, key, act, self)
