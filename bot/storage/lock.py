"""One service for each SQLite file: a lock that the operating system frees when we die."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import AlreadyRunningError, DatabaseError
from bot.storage.database import sqlite_url


@contextmanager
def sole_service(url: str) -> Iterator[None]:
    """Hold the database at ``url`` alone; ``AlreadyRunningError`` when another service does."""
    name = sqlite_url(url).database
    if not name or name == ":memory:":
        yield
        return
    path = Path(f"{name}.lock")
    try:
        handle = path.open("a", encoding="utf-8")
    except OSError as error:
        raise DatabaseError(f"Kan inte skriva {path}: {error.strerror}.") from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(name) from None
        yield
