"""APScheduler, behind one module: one job per commitment, and the sweep beside them.

Jobs live in memory only: they are made anew from plan and ledger at every start. That is
why a restart loses nothing, and why two schedulers can never fight over one job store.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Condition
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.domain.clock import PlanClock
from bot.domain.errors import BotError
from bot.domain.plan import Commitment
from bot.services.ports import AnswerLedger
from bot.services.timetable import Timetable

log = logging.getLogger(__name__)

# A job that has nothing left to do stays in the list, in case an answer gives it work again.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
LOOK_AGAIN = timedelta(seconds=30)
JOB = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}

NextInstant = Callable[[datetime], datetime | None]


class NeedTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires at the next instant at which a commitment needs anything.

    Whatever it raised would end APScheduler's only thread, and every job with it. So where the
    ledger cannot be asked it fires before long, to ask again.
    """

    def __init__(self, next_instant: NextInstant) -> None:
        self.next_instant = next_instant

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        """Return the first instant of the machine's clock later than those given."""
        after = max(previous_fire_time, now) if previous_fire_time else now
        try:
            return self.next_instant(after) or NEVER
        except Exception as error:  # noqa: BLE001 - no job may end the others
            log.log(
                logging.DEBUG if isinstance(error, BotError) else logging.ERROR,
                "it is not known when a job runs next, will look again: %s", error,
            )  # fmt: skip
            return after + LOOK_AGAIN


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as it is listed; ``next_run`` is None when nothing is planned."""

    id: str
    name: str
    next_run: datetime | None


class Scheduler:
    """Runs the jobs; ``clock`` is the machine's."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()}, job_defaults=JOB, timezone=UTC
        )
        self._scheduler.add_listener(_tell, EVENT_JOB_ERROR)
        self._closing, self._running, self._idle = False, 0, Condition()
        # The listener says in one line what the executor would print as a traceback. A run
        # that is skipped because one is under way has its work done by that one or the sweep.
        logging.getLogger("apscheduler.executors.default").setLevel(logging.CRITICAL)
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

    def add_commitments(
        self,
        timetable: Timetable,
        answers: AnswerLedger,
        clock: PlanClock,
        remind: Callable[[Sequence[Commitment]], None],
    ) -> None:
        """Add one job for each commitment of a plan, in place of those of an older version.

        ``clock`` maps the plan's instants to ours.
        """
        plan = timetable.agenda.plan
        wanted = {plan.commitment_id(each) for each in plan.commitments}
        for job in self._scheduler.get_jobs():
            if job.id.startswith(f"{plan.id}/") and job.id not in wanted:
                job.remove()

        def next_need(commitment: Commitment, after: datetime) -> datetime | None:
            standings, then = answers.standings(plan.id), clock.plan(after)
            found = timetable.next_instant(commitment, standings, after=then)
            return clock.machine(found) if found else None

        for each in plan.commitments:
            name = plan.commitment_id(each)
            self.add(name, each.title, partial(next_need, each), partial(remind, [each]))

    def add(
        self, job_id: str, name: str, next_instant: NextInstant, run: Callable[[], Any]
    ) -> None:
        """Add the job of a commitment; ``next_instant`` maps and returns machine instants."""
        self._scheduler.add_job(
            partial(self._run, run),
            NeedTrigger(next_instant),
            id=job_id,
            name=name,
            replace_existing=True,
            **JOB,
        )

    def every(self, job_id: str, name: str, run: Callable[[], Any], *, seconds: float) -> None:
        """Add a job that runs at once and then every ``seconds``."""
        trigger = IntervalTrigger(seconds=seconds, timezone=UTC)
        self._scheduler.add_job(
            partial(self._run, run),
            trigger,
            id=job_id,
            name=name,
            next_run_time=self._clock(),
            **JOB,
        )

    def refresh(self, job_id: str) -> None:
        """Work out anew when a job runs next, after an answer has changed what it needs."""
        job = None if self._closing else self._scheduler.get_job(job_id)
        if job is not None:
            next_run = job.trigger.get_next_fire_time(None, self._clock())
            if getattr(job, "next_run_time", None) == next_run:
                return
            try:
                job.modify(next_run_time=next_run)
            except JobLookupError:
                # Stopped in between; then there is nothing to refresh any more.
                if not self._closing:
                    raise

    def start(self) -> None:
        """Begin to run jobs, in threads of their own."""
        self._scheduler.start()

    def stop(self) -> None:
        """Let the jobs that run finish, and run no more.

        APScheduler's own waiting holds a lock that a job which refreshes another needs.
        """
        self._closing = True
        self._scheduler.shutdown(wait=False)
        with self._idle:
            self._idle.wait_for(lambda: self._running == 0)

    def jobs(self) -> list[JobView]:
        """Return every job, in the order of the plan; also before ``start``."""
        return [self._view(job) for job in self._scheduler.get_jobs()]

    def _run(self, run: Callable[[], Any]) -> None:
        with self._idle:
            if self._closing:
                return
            self._running += 1
        try:
            run()
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()

    def _view(self, job: Any) -> JobView:
        # Before the start a job has no time yet; its trigger knows it all the same.
        pending = job.trigger.get_next_fire_time(None, self._clock())
        next_run = getattr(job, "next_run_time", None) or pending
        return JobView(job.id, job.name, None if next_run == NEVER else next_run)


def _tell(event: JobExecutionEvent) -> None:
    log.error("job %s failed, the sweep will do its work: %s", event.job_id, event.exception)
    log.debug("%s", event.traceback)
