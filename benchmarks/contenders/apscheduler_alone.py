"""APScheduler with a persistent store and one date job for each reminder.

``python -m benchmarks.contenders.apscheduler_alone URL API CALLS THREADS add|resume``

It is used as kindly as can be: no job is ever called missed (its own default forgets what
is a second late), and a job's argument is a number, not a message.
"""

import sys
import time
from datetime import UTC, datetime
from threading import Event

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from slack_sdk.web import WebClient

from benchmarks.processes import say
from benchmarks.workload import Call, client, kept

CALLS: list[Call] = []
SLACK: list[WebClient] = []


def post(number: int) -> None:
    """Make one call; a job names its function by module and name."""
    SLACK[0].chat_postMessage(**CALLS[number])


class Done:
    """Tells when as many jobs have run as there were."""

    def __init__(self) -> None:
        self.ended, self.event, self.wanted = 0, Event(), sys.maxsize

    def __call__(self, _event: object) -> None:
        self.ended += 1
        if self.ended >= self.wanted:
            self.event.set()


def main(url: str, api: str, path: str, threads: str, task: str) -> None:
    """Add every job and then run them all, or run what a process that was killed has left."""
    SLACK.append(client(api))
    CALLS.extend(kept(path))
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url)},
        executors={"default": ThreadPoolExecutor(int(threads))},
        job_defaults={"misfire_grace_time": None},
        timezone=UTC,
    )
    done = Done()
    scheduler.add_listener(done, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
    say("begun", time.monotonic())
    scheduler.start(paused=True)
    if task == "add":
        for number in range(len(CALLS)):
            scheduler.add_job(post, "date", run_date=datetime.now(UTC), args=[number])
    say("added", time.monotonic())
    done.wanted = len(scheduler.get_jobs())
    scheduler.resume()
    if done.wanted:
        done.event.wait()
    scheduler.shutdown()
    say("done", {"cpu": time.process_time()})


if __name__ == "__main__":
    # Started as a script it would name its jobs' function after the script.
    from benchmarks.contenders import apscheduler_alone

    apscheduler_alone.main(*sys.argv[1:])
