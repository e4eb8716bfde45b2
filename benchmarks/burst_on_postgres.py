"""(a) Reminders due at once, to 200 targets that answer after 50 ms: PostgreSQL, two workers."""

from collections.abc import Iterator

from benchmarks.databases import empty_database, postgres
from benchmarks.machine import facts
from benchmarks.racing import Run, together
from benchmarks.ring import HEADINGS, WORKERS, Race, Ring, our_team, ring, rounds, row, times
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, Target
from bot.carriers import inline
from tests.postgres import Postgres

# Ours has as many threads with either carrier, and so has the peer.
THREADS = inline.WORKERS
DBOS = f"DBOS alone, {THREADS} threads each"
INLINE, CARRIED = "ours, inline", "ours, carried by DBOS"
MOST = 1.5


def tables(sizes: Sizes) -> Iterator[Table]:
    """Let the three take turns."""
    with ring(sizes.count) as place, postgres() as server:
        measured_on = facts(server)
        found = rounds(_races(place, server), sizes.rounds)
    peer = found[DBOS]
    yield Table(
        f"{sizes.count} reminders, {WORKERS} workers, PostgreSQL",
        HEADINGS,
        [
            row(f"{DBOS} (the peer)", peer, peer, sizes.count),
            *(
                row(f"{own}, {THREADS} threads each", found[own], peer, sizes.count)
                for own in (INLINE, CARRIED)
            ),
        ],
        [
            Target(f"{own}, times {DBOS}", times(found[own], peer), most=MOST)
            for own in (INLINE, CARRIED)
        ],
        [measured_on],
    )


def _races(place: Ring, server: Postgres) -> dict[str, Race]:
    def peer() -> Run:
        with empty_database(server) as url:
            return together(place.product, place.dbos_team(url, THREADS), place.count)

    def own(carrier: str) -> Run:
        with our_team(place, server, carrier) as team:
            return together(place.product, team, place.count)

    return {DBOS: peer, INLINE: lambda: own("inline"), CARRIED: lambda: own("dbos")}
