"""(d) More processes: messages a second of one on SQLite, and of 1, 2 and 4 on PostgreSQL."""

from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.databases import empty_database, empty_file, postgres
from benchmarks.machine import facts
from benchmarks.racing import Run, alone, together
from benchmarks.ring import Race, Ring, our_team, ring, rounds, times
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, spread
from benchmarks.workload import TARGETS
from bot.carriers import dbos, inline
from tests.postgres import Postgres

WORKERS = (1, 2, 4)
SQLITE = f"SQLite, 1 process of {inline.WORKERS} threads"
INLINE = f"PostgreSQL, inline, {inline.WORKERS} threads each"
CARRIED = f"PostgreSQL, carried by DBOS, {dbos.WORKERS} threads each"
PEER = f"DBOS alone (the peer), {inline.WORKERS} threads each"
NOTE = (
    "With 50 ms a call, 8 threads can make 160 calls a second, 16 can make 320. All share the "
    "cores with the database and the stand-in."
)
HEADINGS = ("", "messages a second", "times one worker", "cpu seconds")


def tables(sizes: Sizes) -> Iterator[Table]:
    """Let every size of team take its turn, each with half as many reminders as elsewhere."""
    with ring(sizes.count // (2 * TARGETS) * TARGETS) as place, postgres() as server:
        measured_on = facts(server)
        found = rounds(_races(place, server), sizes.rounds)
        title = f"{place.count} reminders to {TARGETS} targets that answer after 50 ms"
    rows = [_row(name, runs, found[_one(name)]) for name, runs in found.items()]
    yield Table(title, HEADINGS, rows, notes=[NOTE, measured_on])


def _races(place: Ring, server: Postgres) -> dict[str, Race]:
    def file() -> Run:
        url = empty_file(place.folder, "ours")
        return alone(place.product, place.ours(url, "write"), place.count)

    def own(carrier: str, workers: int) -> Run:
        with our_team(place, server, carrier, workers) as made:
            return together(place.product, made, place.count)

    def peer(workers: int) -> Run:
        with empty_database(server) as url:
            team = place.dbos_team(url, inline.WORKERS, workers)
            return together(place.product, team, place.count)

    teams: list[tuple[str, Callable[[int], Run]]] = [
        (INLINE, partial(own, "inline")),
        (CARRIED, partial(own, "dbos")),
        (PEER, peer),
    ]
    every = {f"{name}, workers: {n}": partial(run, n) for name, run in teams for n in WORKERS}
    return {SQLITE: file, **every}


def _one(name: str) -> str:
    """The team of one that ``name`` is to be compared with."""
    return SQLITE if name == SQLITE else f"{name.rpartition(' ')[0]} 1"


def _row(name: str, runs: list[Run], one: list[Run]) -> tuple[str, ...]:
    return (
        name,
        spread([each.count / each.seconds for each in runs], 0),
        spread(times(one, runs), 2),
        spread([each.cpu for each in runs]),
    )
