"""The disk: a real SQLite database that outlives every process, and an eye on its rows."""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol

from sqlalchemy import Connection, event

from bot.storage.database import Database, open_database
from tests.simulation.faults import Fault, database_error

# Each change of a delivery's row leaves a note, in the very transaction that makes it.
NOTES = """
CREATE TABLE notes (id INTEGER PRIMARY KEY, row INTEGER NOT NULL, old TEXT, new TEXT NOT NULL);
CREATE TRIGGER note_new AFTER INSERT ON deliveries BEGIN
  INSERT INTO notes (row, old, new) VALUES (new.id, NULL, new.state); END;
CREATE TRIGGER note_change AFTER UPDATE ON deliveries BEGIN
  INSERT INTO notes (row, old, new) VALUES (new.id, old.state, new.state); END;
"""


def make_template(folder: Path) -> Path:
    """Make an empty database, with the triggers that note changes; it is copied for each run."""
    path = folder / "template.db"
    open_database(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as connection:
        connection.executescript(NOTES)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


class Opened:
    """A database that is open, and the fuse that lets a transaction break midway."""

    def __init__(self, database: Database) -> None:
        self.database, self.fuse = database, list[int]()
        event.listen(database.engine, "before_cursor_execute", self._burn)

    def _burn(self, *_statement: object) -> None:
        """Count down at each statement while the fuse burns, and break the one where it ends."""
        if self.fuse:
            self.fuse[0] -= 1
            if self.fuse[0] == 0:
                raise database_error("disk I/O error")


class Disk:
    """A copy of the template, and a connection that only looks at it."""

    def __init__(self, template: Path, path: Path) -> None:
        self.path = path
        shutil.copyfile(template, path)
        self._eye = sqlite3.connect(path, isolation_level=None)
        self._eye.row_factory = sqlite3.Row
        self._opened: dict[str, Opened] = {}

    @property
    def url(self) -> str:
        """The address under which a process opens it."""
        return f"sqlite:///{self.path}"

    def look(self, statement: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Return what is committed, without any of the code under test."""
        return self._eye.execute(statement, values).fetchall()

    def opened(self, machine: str) -> "Opened":
        """Return the database as ``machine`` opens it; its statements stay compiled in between."""
        if machine not in self._opened:
            self._opened[machine] = Opened(open_database(f"sqlite:///{self.path}"))
        return self._opened[machine]

    def close(self) -> None:
        """Look no more, and remove the files."""
        self._eye.close()
        for tail in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + tail).unlink(missing_ok=True)


class Doorway(Protocol):
    """What a database asks of the process that uses it."""

    def step(self, port: str, what: str) -> Fault | None:
        """Tell that the process is about to do ``what``; return the fault that it meets."""

    def reads(self) -> None:
        """Tell that it sees now what is committed."""

    def wrote(self) -> None:
        """Tell that a transaction was committed."""

    def die(self) -> NoReturn:
        """End the process here and now."""

    def which_statement(self) -> int:
        """Choose the statement of a transaction at which it breaks, from 1 on."""


@dataclass(frozen=True, slots=True)
class WatchedDatabase(Database):
    """The real database, that fails or dies where the process's fate says so."""

    door: Doorway
    fuse: list[int]

    @contextmanager
    def read(self, *, single: bool = False) -> Iterator[Connection]:
        """Read as the original does, after a step of the process."""
        if self.door.step("read", "reads"):
            raise database_error("database is locked")
        self.door.reads()
        with Database.read(self, single=single) as connection:
            yield connection

    @contextmanager
    def write(self, *, alone: str = "", single: bool = False) -> Iterator[Connection]:
        """Write as the original does, after a step of the process, and perhaps not to the end."""
        fault = self.door.step("write", "writes")
        if fault is Fault.LOCKED:
            raise database_error("database is locked")
        if fault is Fault.BROKEN:
            self.fuse.append(self.door.which_statement())
        try:
            with Database.write(self, alone=alone, single=single) as connection:
                yield connection
                self._before_commit(fault)
        finally:
            self.fuse.clear()
        self.door.wrote()
        if fault is Fault.UNCLEAR:
            raise database_error("disk I/O error")

    def _before_commit(self, fault: Fault | None) -> None:
        if fault is Fault.KILLED:
            self.door.die()
        if fault in {Fault.FULL, Fault.BROKEN}:
            raise database_error("database or disk is full")


def watched(opened: Opened, door: Doorway) -> WatchedDatabase:
    """Return the database as a process behind ``door`` uses it."""
    opened.fuse.clear()
    return WatchedDatabase(opened.database.engine, opened.database.turn, door, opened.fuse)
