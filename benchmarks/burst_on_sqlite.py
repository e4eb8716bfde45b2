"""(a) Reminders due at once, to 200 targets that answer after 50 ms: SQLite, one process."""

from collections.abc import Iterator

from benchmarks.databases import empty_file
from benchmarks.machine import facts
from benchmarks.racing import Run, alone
from benchmarks.ring import APSCHEDULER, BARE, HEADINGS, Race, Ring, ring, rounds, row, times
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, Target
from bot.carriers import inline

OURS = "ours"


def tables(sizes: Sizes) -> Iterator[Table]:
    """Let the three take turns."""
    measured_on = facts()
    with ring(sizes.count) as place:
        found = rounds(_races(place), sizes.rounds)
    bare, own, peer = found[BARE], found[OURS], found[APSCHEDULER]
    yield Table(
        f"{sizes.count} reminders, one process of {inline.WORKERS} threads, SQLite",
        HEADINGS,
        [
            row(f"{BARE} (the peer)", bare, bare, sizes.count),
            row(OURS, own, bare, sizes.count),
            row(APSCHEDULER, peer, bare, sizes.count),
        ],
        [
            Target("ours, times the bare loop", times(own, bare), most=1.5),
            Target("ours, times APScheduler", times(own, peer), most=1.0),
        ],
        [measured_on],
    )


def _races(place: Ring) -> dict[str, Race]:
    def own() -> Run:
        url = empty_file(place.folder, "ours")
        return alone(place.product, place.ours(url, "write"), place.count)

    def peer() -> Run:
        url = empty_file(place.folder, "apscheduler")
        return alone(place.product, place.apscheduler(url, "add"), place.count)

    def bare() -> Run:
        return alone(place.product, place.bare(), place.count, adds=False)

    return {BARE: bare, OURS: own, APSCHEDULER: peer}
