"""APScheduler with a persistent date job for each reminder, due one after another.

``python -m benchmarks.contenders.apscheduler_spread FILE URL API CALLS THREADS FIRST``

When each is due and when its job begins is noted in FILE. All jobs are added before the first
is due, and none is ever called missed.
"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import IO

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from slack_sdk.web import WebClient

from benchmarks.claims import INTERVAL, note
from benchmarks.processes import say
from benchmarks.workload import Call, client, kept

CALLS: list[Call] = []
SLACK: list[WebClient] = []
FILES: list[IO[str]] = []


def post(number: int) -> None:
    """Make one call; a job names its function by module and name."""
    note(FILES[0], "claimed", {str(number): time.time()})
    SLACK[0].chat_postMessage(**CALLS[number])


def main(path: str, url: str, api: str, *words: str) -> None:
    """Add every job, and run them as they fall due."""
    calls, threads, first = words
    SLACK.append(client(api))
    CALLS.extend(kept(calls))
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url)},
        executors={"default": ThreadPoolExecutor(int(threads))},
        job_defaults={"misfire_grace_time": None},
        timezone=UTC,
    )
    ended, over = set[str](), Event()

    def done(event: object) -> None:
        ended.add(str(getattr(event, "job_id", "")))
        if len(ended) == len(CALLS):
            over.set()

    scheduler.add_listener(done, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
    begin = datetime.fromtimestamp(float(first), UTC)
    at = [begin + INTERVAL * number for number in range(len(CALLS))]
    with Path(path).open("w", encoding="utf-8", buffering=1) as file:
        FILES.append(file)
        note(file, "due", {str(number): each.timestamp() for number, each in enumerate(at)})
        scheduler.start()
        for number, each in enumerate(at):
            scheduler.add_job(post, "date", run_date=each, args=[number])
        say("ready")
        over.wait()
        scheduler.shutdown()
    say("done", {})


if __name__ == "__main__":
    # Started as a script it would name its jobs' function after the script.
    from benchmarks.contenders import apscheduler_spread

    apscheduler_spread.main(*sys.argv[1:])
