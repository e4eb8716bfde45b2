"""Teams of 1, 2 and 4 workers, each with half as many reminders as elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from benchmarks.databases import empty_database
from benchmarks.machine import facts
from benchmarks.racing import Run, together
from benchmarks.ring import Race, Ring, our_team, rounds, times
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, spread
from benchmarks.workload import TARGETS
from bot.carriers import dbos
from tests.postgres import Postgres

WORKERS = (1, 2, 4)
HEADINGS = ("", "messages a second", "times one worker", "cpu seconds")
NOTE = (
    "With 50 ms a call, 8 threads can make 160 calls a second, 16 can make 320. All share the "
    "cores with the database and the stand-in."
)


def half(sizes: Sizes) -> int:
    """Return how many reminders each team has."""
    return sizes.count // (2 * TARGETS) * TARGETS


def teams(name: str, run: Callable[[int], Run]) -> dict[str, Race]:
    """Return the races of each size of team, by their names."""
    return {f"{name}, workers: {number}": partial(run, number) for number in WORKERS}


def own(place: Ring, server: Postgres, carrier: str, workers: int) -> Run:
    """Let a team of ours run."""
    with our_team(place, server, carrier, workers) as team:
        return together(place.product, team, place.count)


def peer(place: Ring, server: Postgres, workers: int) -> Run:
    """Let a team of DBOS alone run."""
    with empty_database(server) as url:
        team = place.dbos_team(url, dbos.WORKERS, workers)
        return together(place.product, team, place.count)


def table(races: Mapping[str, Race], count: int, sizes: Sizes, server: Postgres) -> Table:
    """Let every team take its turn."""
    measured_on = facts(server)
    found = rounds(races, sizes.rounds)
    return Table(
        f"{count} reminders to {TARGETS} targets that answer after 50 ms",
        HEADINGS,
        [_row(name, runs, found[_one(name)]) for name, runs in found.items()],
        notes=[NOTE, measured_on],
    )


def _one(name: str) -> str:
    """The team of one that ``name`` is to be compared with; itself where it is no team."""
    team, found, _number = name.partition(", workers: ")
    return f"{team}{found}1" if found else name


def _row(name: str, runs: Sequence[Run], one: Sequence[Run]) -> tuple[str, ...]:
    return (
        name,
        spread([each.count / each.seconds for each in runs], 0),
        spread(times(one, runs), 2),
        spread([each.cpu for each in runs]),
    )
