"""(a) The same with a SIGKILL when two fifths are done: lost and doubled on SQLite."""

from collections.abc import Iterator

from benchmarks.databases import empty_file
from benchmarks.killing import table
from benchmarks.machine import facts
from benchmarks.racing import Run, alone_and_killed
from benchmarks.ring import APSCHEDULER, BARE, Ring, ring
from benchmarks.sizes import Sizes
from benchmarks.tables import Table


def tables(sizes: Sizes) -> Iterator[Table]:
    """Kill everybody once, and start each again at once."""
    measured_on = facts()
    with ring(sizes.count) as place:
        found = {
            f"{BARE}; it remembers nothing": _bare(place),
            APSCHEDULER: _apscheduler(place),
            "ours": _ours(place),
        }
        yield table(f"{place.count} reminders, one process, SQLite", found, measured_on)


def _bare(place: Ring) -> Run:
    command = place.bare()
    return alone_and_killed(place.product, command, command, place.count)


def _apscheduler(place: Ring) -> Run:
    url = empty_file(place.folder, "apscheduler")
    first, again = (place.apscheduler(url, task) for task in ("add", "resume"))
    return alone_and_killed(place.product, first, again, place.count)


def _ours(place: Ring) -> Run:
    url = empty_file(place.folder, "ours")
    first, again = (place.ours(url, task) for task in ("write", "resume"))
    return alone_and_killed(place.product, first, again, place.count)
