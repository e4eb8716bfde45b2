"""Databases to measure on: fresh ones, kept as safe as in earnest."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import Postgres, serving

# Everything else is as the server comes, and so it survives a power cut.
QUIET = "\nlog_min_messages = fatal\n"


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="loftesbot-bench-") as folder:
        yield Path(folder)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL of our own."""
    with serving(QUIET) as server:
        yield server


def empty_file(folder: Path, name: str) -> str:
    """Return the address of a SQLite file that is not there yet."""
    path = folder / f"{name}.db"
    for each in folder.glob(f"{name}.db*"):
        each.unlink()
    return f"sqlite:///{path}"


@contextmanager
def empty_database(server: Postgres) -> Iterator[str]:
    """Give the address of an empty database of PostgreSQL."""
    name = server.create()
    try:
        yield server.url(name)
    finally:
        server.drop(name)
