"""One service for each SQLite file: a lock that the operating system frees when we die."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import AlreadyRunningError, DatabaseError
from bot.storage.addresses import parsed


@contextmanager
def sole_service(url: str) -> Iterator[None]:
    """Hold the file at ``url`` alone; ``AlreadyRunningError`` when another service does.

    A PostgreSQL database is held by nobody alone: any number of services may share it.
    """
    address = parsed(url)
    name = address.database
    if address.get_backend_name() != "sqlite" or not name or name == ":memory:":
        yield
        return
    path = Path(f"{name}.lock")
    try:
        handle = path.open("a", encoding="utf-8")
    except OSError as error:
        raise DatabaseError(
            f"Kan inte skriva {path} ({error.strerror}). Mappen ska finnas, och den som kör "
            "loftesbot ska få skriva i den."
        ) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(name) from None
        yield
