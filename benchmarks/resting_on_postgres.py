"""(b) A million deliveries that rest, beside ten thousand: PostgreSQL."""

from collections.abc import Iterator

from benchmarks import resting
from benchmarks.databases import empty_database, postgres, scratch
from benchmarks.machine import facts
from benchmarks.sizes import Sizes
from benchmarks.tables import Table


def tables(sizes: Sizes) -> Iterator[Table]:
    """Fill two databases of one server, and run a service on each in turn."""
    with scratch() as folder, postgres() as server:
        measured_on = facts(server)
        with empty_database(server) as small, empty_database(server) as large:
            few = resting.prepared(small, folder, sizes.few_rows, sizes.rounds)
            many = resting.prepared(large, folder, sizes.rows, sizes.rounds)
            resting.measured([few, many], folder, sizes.rounds)
        yield resting.table(few, many, sizes, "PostgreSQL", measured_on)
