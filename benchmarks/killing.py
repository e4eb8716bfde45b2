"""(a) The same burst with a SIGKILL when two fifths are done: what is lost, what comes twice."""

from collections.abc import Iterator

from benchmarks.databases import empty_database, empty_file, postgres
from benchmarks.machine import facts
from benchmarks.racing import Run, alone_and_killed, together_and_killed
from benchmarks.ring import APSCHEDULER, BARE, WORKERS, Ring, our_team, ring
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, Target
from bot.carriers import inline
from tests.postgres import Postgres

HEADINGS = ("killed midway, started again", "seconds", "lost", "doubled")


def tables(sizes: Sizes) -> Iterator[Table]:
    """Kill everybody once, on SQLite and then on PostgreSQL; the product counts."""
    with ring(sizes.count) as place:
        measured_on = facts()
        found = {
            f"{BARE}; it remembers nothing": _bare(place),
            APSCHEDULER: _apscheduler(place),
            "ours": _ours(place),
        }
        yield _table(f"{place.count} reminders, one process, SQLite", found, measured_on)
        with postgres() as server:
            measured_on = facts(server)
            found = {
                "DBOS alone": _dbos(place, server),
                "ours, inline": _our_workers(place, server, "inline"),
                "ours, carried by DBOS": _our_workers(place, server, "dbos"),
            }
        title = f"{place.count} reminders, one of {WORKERS} workers killed, PostgreSQL"
        yield _table(title, found, measured_on)


def _table(title: str, found: dict[str, Run], measured_on: str) -> Table:
    rows = [
        (name, f"{run.seconds:.1f}", str(run.lost), str(run.taken.doubled))
        for name, run in found.items()
    ]
    ours = {name: run for name, run in found.items() if name.startswith("ours")}
    targets = [
        Target(f"{name}: {what}", [number], most=0)
        for name, run in ours.items()
        for what, number in (("lost", run.lost), ("doubled", run.taken.doubled))
    ]
    return Table(title, HEADINGS, rows, targets, [measured_on])


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


def _dbos(place: Ring, server: Postgres) -> Run:
    with empty_database(server) as url:
        team = place.dbos_team(url, inline.WORKERS)
        return together_and_killed(place.product, team, place.count)


def _our_workers(place: Ring, server: Postgres, carrier: str) -> Run:
    with our_team(place, server, carrier) as team:
        return together_and_killed(place.product, team, place.count)
