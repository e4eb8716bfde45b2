"""(e) From the start of ``serve`` until it says that it is ready, and its memory at rest."""

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from benchmarks.databases import empty_database, empty_file, postgres, scratch
from benchmarks.machine import facts
from benchmarks.plans import write_plans
from benchmarks.processes import ROOT, held_megabytes
from benchmarks.serving import serving
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, Target, spread
from bot.app.clocks import wall_now

# What every program costs that stands on the libraries which were given.
LIBRARIES = "import apscheduler, sqlalchemy, slack_sdk, icalendar, pydantic_settings"
TELL = "print(open('/proc/self/status').read())"
PEER = "python that imports the libraries, and ends"
NEW, FILE, SERVER = "serve, a new SQLite file", "serve, SQLite", "serve, PostgreSQL"
HEADINGS = ("", "ready after, s", "MB when ready", "MB at rest")


def tables(sizes: Sizes) -> Iterator[Table]:
    """Start everybody in turn, as often as was asked; then let ours rest, side by side."""
    with scratch() as folder, postgres() as server, empty_database(server) as database:
        measured_on = facts(server)
        plan = str(write_plans(folder, 1, now=wall_now())[0])
        kept = {FILE: empty_file(folder, "kept"), SERVER: database}
        for url in kept.values():
            _start(url, plan)
        found: dict[str, list[tuple[float, float]]] = {PEER: [], NEW: [], FILE: [], SERVER: []}
        for _ in range(sizes.starts):
            found[PEER].append(_import())
            found[NEW].append(_start(empty_file(folder, "new"), plan))
            for name, url in kept.items():
                found[name].append(_start(url, plan))
        resting = _resting(kept, plan, sizes.quiet_seconds)
    seconds = {name: [each[0] for each in every] for name, every in found.items()}
    ready = {name: [each[1] for each in every] for name, every in found.items()}
    yield Table(
        f"{sizes.starts} starts each, then {sizes.quiet_seconds} s of rest",
        HEADINGS,
        [
            (name, spread(seconds[name], 2), spread(ready[name], 0), spread(resting[name], 0))
            for name in found
        ],
        [
            *(
                Target(f"{each}: ready", seconds[each], 2, " s", under=True)
                for each in (NEW, *kept)
            ),
            *(Target(f"{each}: at rest", resting[each], 150, " MB") for each in kept),
        ],
        ["The processes are new each time; the files are in the system's cache.", measured_on],
    )


def _start(url: str, plan: str) -> tuple[float, float]:
    with serving(url, "--plan", plan) as found:
        return found.ready_seconds, found.process.memory_megabytes()


def _import() -> tuple[float, float]:
    begun = time.monotonic()
    told = subprocess.run(
        [sys.executable, "-c", f"{LIBRARIES}; {TELL}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return time.monotonic() - begun, held_megabytes(told.stdout)


def _resting(urls: Mapping[str, str], plan: str, seconds: int) -> Mapping[str, list[float]]:
    """Return what each holds after a quiet time."""
    found = defaultdict[str, list[float]](list)
    with ExitStack() as stack:
        every = {
            name: stack.enter_context(serving(url, "--plan", plan)) for name, url in urls.items()
        }
        time.sleep(seconds)
        for name, each in every.items():
            found[name].append(each.process.memory_megabytes())
    return found
