"""(a) Reminders due at once, to 200 targets that answer after 50 ms: PostgreSQL, two workers."""

from collections.abc import Iterator

from benchmarks.databases import empty_database, postgres
from benchmarks.machine import facts
from benchmarks.racing import Run, together
from benchmarks.ring import HEADINGS, WORKERS, Race, Ring, our_team, ring, rounds, row, times
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, Target
from bot.carriers import dbos, inline
from tests.postgres import Postgres

# Each of ours beside a DBOS that has as many threads.
FEW, MANY = (f"DBOS alone, {each} threads each" for each in (inline.WORKERS, dbos.WORKERS))
INLINE, CARRIED = "ours, inline", "ours, carried by DBOS"
MOST = 1.5


def tables(sizes: Sizes) -> Iterator[Table]:
    """Let the four take turns."""
    with ring(sizes.count) as place, postgres() as server:
        measured_on = facts(server)
        found = rounds(_races(place, server), sizes.rounds)
    pairs = [(INLINE, FEW, inline.WORKERS), (CARRIED, MANY, dbos.WORKERS)]
    yield Table(
        f"{sizes.count} reminders, {WORKERS} workers, PostgreSQL",
        HEADINGS,
        [
            line
            for own, peer, threads in pairs
            for line in (
                row(f"{peer} (the peer of the next)", found[peer], found[peer], sizes.count),
                row(f"{own}, {threads} threads each", found[own], found[peer], sizes.count),
            )
        ],
        [
            Target(f"{own}, times {peer}", times(found[own], found[peer]), most=MOST)
            for own, peer, _threads in pairs
        ],
        [measured_on],
    )


def _races(place: Ring, server: Postgres) -> dict[str, Race]:
    def peer(threads: int) -> Run:
        with empty_database(server) as url:
            return together(place.product, place.dbos_team(url, threads), place.count)

    def own(carrier: str) -> Run:
        with our_team(place, server, carrier) as team:
            return together(place.product, team, place.count)

    return {
        FEW: lambda: peer(inline.WORKERS),
        INLINE: lambda: own("inline"),
        MANY: lambda: peer(dbos.WORKERS),
        CARRIED: lambda: own("dbos"),
    }
