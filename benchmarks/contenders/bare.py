"""The limit: a pool of threads that does nothing but the calls.

``python -m benchmarks.contenders.bare API CALLS THREADS``
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.processes import say
from benchmarks.workload import client, kept


def main(api: str, path: str, threads: str) -> None:
    """Make every call, and tell when it began."""
    slack, calls = client(api), kept(path)
    with ThreadPoolExecutor(int(threads)) as pool:
        say("begun", time.monotonic())
        list(pool.map(lambda call: slack.chat_postMessage(**call), calls))
    say("done", {"cpu": time.process_time()})


if __name__ == "__main__":
    main(*sys.argv[1:])
