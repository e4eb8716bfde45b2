"""(b) A million deliveries that rest, beside ten thousand: SQLite."""

from collections.abc import Iterator

from benchmarks import resting
from benchmarks.databases import empty_file, scratch
from benchmarks.machine import facts
from benchmarks.sizes import Sizes
from benchmarks.tables import Table


def tables(sizes: Sizes) -> Iterator[Table]:
    """Fill two files, and run a service on each in turn."""
    with scratch() as folder:
        measured_on = facts()
        few, many = (
            resting.prepared(empty_file(folder, f"ledger-{rows}"), folder, rows, sizes.rounds)
            for rows in (sizes.few_rows, sizes.rows)
        )
        resting.measured([few, many], folder, sizes.rounds)
        yield resting.table(few, many, sizes, "SQLite", measured_on)
