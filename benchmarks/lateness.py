"""(f) Reminders due one after another, on a machine with time to spare: how late each is."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from benchmarks.claims import Lateness, Watch, lateness, noted
from benchmarks.contenders.watched import INTERVAL
from benchmarks.databases import empty_database, empty_file, postgres, scratch
from benchmarks.machine import facts
from benchmarks.plans import write_plans
from benchmarks.processes import Stuck
from benchmarks.product import product
from benchmarks.serving import serving, working
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, Target, share
from bot.app.clocks import wall_now

WORKERS = 2
# Time for everybody to start, and for the last ones to be claimed.
LEAD, AFTER = timedelta(seconds=20), timedelta(seconds=5)
LATE_SECONDS = 1.0
HEADINGS = (
    "",
    "reminders",
    "half within, ms",
    "99 % within, ms",
    "the latest, ms",
    "within 1 s, %",
)


def tables(sizes: Sizes) -> Iterator[Table]:
    """Let everybody have the same reminders, one after the other."""
    with scratch() as folder, product() as place, postgres() as server:
        measured_on = facts(server)
        found = {"serve, SQLite": _late(empty_file(folder, "ours"), folder, place.api, sizes)}
        for carrier in ("inline", "dbos"):
            name = f"serve and {WORKERS} workers, PostgreSQL, {carrier}"
            with empty_database(server) as url:
                found[name] = _late(url, folder, place.api, sizes, carrier)
    yield Table(
        f"{sizes.spread} reminders, one each {INTERVAL.total_seconds():g} s",
        HEADINGS,
        [_row(name, each) for name, each in found.items()],
        [
            # What must not be exceeded is the share that comes later.
            Target(f"{name}: later than 1 s", [100 - each.within(LATE_SECONDS)], 1, " %")
            for name, each in found.items()
        ],
        [measured_on],
    )


def _late(url: str, folder: Path, api: str, sizes: Sizes, carrier: str = "") -> Lateness:
    plan = str(write_plans(folder, 1, now=wall_now())[0])
    settings = {"LOFTESBOT_DELIVERY__CARRIER": carrier or "inline"}
    files = [folder / f"claims-{number}.jsonl" for number in range(1 + WORKERS * bool(carrier))]
    first = wall_now() + LEAD
    owing = Watch(files[0], api, first, sizes.spread).through
    with ExitStack() as stack:
        stack.enter_context(serving(url, "--plan", plan, through=owing, settings=settings))
        for each in files[1:]:
            through = Watch(each, api).through
            stack.enter_context(working(url, through=through, settings=settings))
        left = (first - wall_now()).total_seconds()
        if left < 0:
            raise Stuck(f"it took {LEAD - timedelta(seconds=left)} to start; the machine is busy")
        time.sleep(left + (INTERVAL * sizes.spread + AFTER).total_seconds())
    return lateness(noted(files, "due"), noted(files, "claimed"))


def _row(name: str, found: Lateness) -> tuple[str, ...]:
    ranked = [1_000 * each for each in found.seconds]
    shown = [f"{share(ranked, part):.0f}" for part in (0.5, 0.99, 1.0)] if ranked else ["–"] * 3
    number = len(ranked) + found.never
    return name, str(number), *shown, f"{found.within(LATE_SECONDS):.1f}"
