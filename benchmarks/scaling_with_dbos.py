"""(d) Messages a second: 1, 2 and 4 workers on PostgreSQL, carried by DBOS, and DBOS alone."""

from collections.abc import Iterator
from functools import partial

from benchmarks.databases import postgres
from benchmarks.ring import ring
from benchmarks.scaling import half, own, peer, table, teams
from benchmarks.sizes import Sizes
from benchmarks.tables import Table
from bot.carriers import dbos

OURS = f"ours, carried by DBOS, {dbos.WORKERS} threads each"
PEER = f"DBOS alone (the peer), {dbos.WORKERS} threads each"


def tables(sizes: Sizes) -> Iterator[Table]:
    """Let ours run beside DBOS alone."""
    with ring(half(sizes)) as place, postgres() as server:
        races = {
            **teams(OURS, partial(own, place, server, "dbos")),
            **teams(PEER, partial(peer, place, server)),
        }
        yield table(races, place.count, sizes, server)
