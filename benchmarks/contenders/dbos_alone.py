"""DBOS alone: one workflow for each reminder, put in a queue, run by any number of workers.

``python -m benchmarks.contenders.dbos_alone URL API CALLS THREADS NAME``

It is used as kindly as can be: the call is the workflow, without a step whose end would be
written too; the argument is a number; a worker takes ahead of its threads and looks often.
"""

import signal
import sys
import time
from threading import Event

from dbos import DBOS, DBOSClient, DBOSConfig

from benchmarks.processes import say
from benchmarks.workload import client, kept

APPLICATION, QUEUE, WORKFLOW = "alone", "reminders", "post"
VERSION = "1"
LOOK_SECONDS = 0.05
AHEAD = 2


def configuration(url: str, name: str, threads: int) -> DBOSConfig:
    """Return the configuration of a worker."""
    return {
        "name": APPLICATION,
        "application_version": VERSION,
        "executor_id": name,
        "system_database_url": url,
        "max_executor_threads": threads,
        "sys_db_pool_size": threads + 4,
        "log_level": "ERROR",
    }


def main(url: str, api: str, path: str, threads: str, name: str) -> None:
    """Work until told to end."""
    slack, calls, end = client(api), kept(path), Event()
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    DBOS(config=configuration(url, name, int(threads)))

    @DBOS.workflow(name=WORKFLOW)
    def post(number: int) -> None:
        slack.chat_postMessage(**calls[number])

    DBOS.launch()
    DBOS.register_queue(
        QUEUE, worker_concurrency=AHEAD * int(threads), polling_interval_sec=LOOK_SECONDS
    )
    say("ready")
    end.wait()
    say("done", {"cpu": time.process_time()})
    DBOS.destroy(workflow_completion_timeout_sec=0)


def put_in_queue(url: str, count: int) -> None:
    """Put every reminder in the queue, all in one transaction."""
    from bot.storage.addresses import parsed
    from bot.storage.engines import make_engine

    engine = make_engine(parsed(url))
    queue = DBOSClient(system_database_engine=engine, application_name=APPLICATION)
    with engine.begin() as connection:
        for number in range(count):
            queue.enqueue_in_transaction(
                connection,
                {"workflow_name": WORKFLOW, "queue_name": QUEUE, "app_version": VERSION},
                number,
            )
    queue.destroy()
    engine.dispose()


def open_workflows(url: str) -> int:
    """Return how many are not finished."""
    from sqlalchemy import text

    from bot.storage.addresses import parsed
    from bot.storage.engines import make_engine

    engine = make_engine(parsed(url))
    with engine.connect() as connection:
        counted = text(
            "SELECT count(*) FROM dbos.workflow_status WHERE status IN ('ENQUEUED', 'PENDING')"
        )
        found = int(connection.execute(counted).scalar_one())
    engine.dispose()
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
