"""(f) Reminders due one after another, on a machine with time to spare: how late each is."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta

from benchmarks.claims import INTERVAL, Lateness, Watch, lateness, noted
from benchmarks.databases import empty_database, empty_file, postgres
from benchmarks.machine import facts
from benchmarks.plans import write_plans
from benchmarks.processes import Stuck, running
from benchmarks.ring import CONTENDERS, Ring, ring
from benchmarks.serving import serving, working
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, Target, share
from bot.app.clocks import wall_now
from bot.carriers import inline

WORKERS = 2
PEER = "APScheduler, SQLite (the peer)"
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
    with ring(sizes.spread) as place, postgres() as server:
        measured_on = facts(server)
        peer = _peer(place)
        found = {"serve, SQLite": _late(place, empty_file(place.folder, "late"))}
        for carrier in ("inline", "dbos"):
            name = f"serve and {WORKERS} workers, PostgreSQL, {carrier}"
            with empty_database(server) as url:
                found[name] = _late(place, url, carrier)
    yield Table(
        f"{sizes.spread} reminders, one each {INTERVAL.total_seconds():g} s",
        HEADINGS,
        [_row(PEER, peer), *(_row(name, each) for name, each in found.items())],
        [
            # What must not be exceeded is the share that comes later.
            Target(f"{name}: later than 1 s", [100 - each.within(LATE_SECONDS)], 1, " %")
            for name, each in found.items()
        ],
        [measured_on],
    )


def _late(place: Ring, url: str, carrier: str = "") -> Lateness:
    plan = str(write_plans(place.folder, 1, now=wall_now())[0])
    settings = {"LOFTESBOT_DELIVERY__CARRIER": carrier or "inline"}
    number = 1 + WORKERS * bool(carrier)
    files = [place.folder / f"claims-{each}.jsonl" for each in range(number)]
    first, api = wall_now() + LEAD, place.product.api
    owing = Watch(files[0], api, first, place.count).through
    with ExitStack() as stack:
        stack.enter_context(serving(url, "--plan", plan, through=owing, settings=settings))
        for each in files[1:]:
            through = Watch(each, api).through
            stack.enter_context(working(url, through=through, settings=settings))
        _wait_until(first)
        time.sleep((INTERVAL * place.count + AFTER).total_seconds())
    return lateness(noted(files, "due"), noted(files, "claimed"))


def _peer(place: Ring) -> Lateness:
    file, url = place.folder / "jobs.jsonl", empty_file(place.folder, "apscheduler")
    first = wall_now() + LEAD
    words = (str(file), url, place.product.api, place.calls, str(inline.WORKERS))
    module = f"{CONTENDERS}.apscheduler_spread"
    with running(module, *words, str(first.timestamp())) as process:
        process.hear("ready")
        _wait_until(first)
        process.facts()
    return lateness(noted([file], "due"), noted([file], "claimed"))


def _wait_until(first: datetime) -> None:
    left = (first - wall_now()).total_seconds()
    if left < 0:
        raise Stuck(f"it took {LEAD.total_seconds() - left:.0f} s to start: the machine is busy")
    time.sleep(left)


def _row(name: str, found: Lateness) -> tuple[str, ...]:
    ranked = [1_000 * each for each in found.seconds]
    shown = [f"{share(ranked, part):.0f}" for part in (0.5, 0.99, 1.0)] if ranked else ["–"] * 3
    number = len(ranked) + found.never
    return name, str(number), *shown, f"{found.within(LATE_SECONDS):.1f}"
