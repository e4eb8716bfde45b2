"""(a) The same with a SIGKILL when two fifths are done: lost and doubled on PostgreSQL."""

from collections.abc import Iterator

from benchmarks.databases import empty_database, postgres
from benchmarks.killing import table
from benchmarks.machine import facts
from benchmarks.racing import Run, together_and_killed
from benchmarks.ring import WORKERS, Ring, our_team, ring
from benchmarks.sizes import Sizes
from benchmarks.tables import Table
from bot.carriers import inline
from tests.postgres import Postgres


def tables(sizes: Sizes) -> Iterator[Table]:
    """Kill one worker of each team, and start it again at once."""
    with ring(sizes.count) as place, postgres() as server:
        measured_on = facts(server)
        found = {
            "DBOS alone": _dbos(place, server),
            "ours, inline": _our_workers(place, server, "inline"),
            "ours, carried by DBOS": _our_workers(place, server, "dbos"),
        }
        title = f"{place.count} reminders, one of {WORKERS} workers killed, PostgreSQL"
        yield table(title, found, measured_on)


def _dbos(place: Ring, server: Postgres) -> Run:
    with empty_database(server) as url:
        team = place.dbos_team(url, inline.WORKERS)
        return together_and_killed(place.product, team, place.count)


def _our_workers(place: Ring, server: Postgres, carrier: str) -> Run:
    with our_team(place, server, carrier) as team:
        return together_and_killed(place.product, team, place.count)
