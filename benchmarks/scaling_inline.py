"""(d) Messages a second: one process on SQLite; 1, 2 and 4 on PostgreSQL, inline."""

from collections.abc import Iterator
from functools import partial

from benchmarks.databases import empty_file, postgres
from benchmarks.racing import Run, alone
from benchmarks.ring import BARE, Race, Ring, ring
from benchmarks.scaling import half, own, table, teams
from benchmarks.sizes import Sizes
from benchmarks.tables import Table
from bot.carriers import inline

THREADS = f"{inline.WORKERS} threads"


def tables(sizes: Sizes) -> Iterator[Table]:
    """Let ours run beside a bare loop of one process."""
    with ring(half(sizes)) as place, postgres() as server:
        races: dict[str, Race] = {
            f"{BARE} (the peer), 1 process of {THREADS}": partial(_bare, place),
            f"SQLite, 1 process of {THREADS}": partial(_on_sqlite, place),
            **teams(f"PostgreSQL, {THREADS} each", partial(own, place, server, "inline")),
        }
        yield table(races, place.count, sizes, server)


def _bare(place: Ring) -> Run:
    return alone(place.product, place.bare(), place.count, adds=False)


def _on_sqlite(place: Ring) -> Run:
    url = empty_file(place.folder, "ours")
    return alone(place.product, place.ours(url, "write"), place.count)
