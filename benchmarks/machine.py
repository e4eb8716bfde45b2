"""The machine: what the figures were measured on."""

import os
import platform
import sqlite3
from pathlib import Path

import psycopg

from tests.postgres import Postgres


def facts(server: Postgres | None = None) -> str:
    """Return a line that says on what, and beside how much else, it is measured.

    To be asked before the work begins: the load is that of others.
    """
    database = _postgres(server) if server else f"SQLite {sqlite3.sqlite_version}"
    load = os.getloadavg()[0]
    return (
        f"Measured on {len(os.sched_getaffinity(0))} cores ({_processor()}), "
        f"{_memory_gigabytes():.0f} GB, Linux {platform.release().partition('-')[0]}, "
        f"Python {platform.python_version()}, {database}; load before it began: {load:.1f}."
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return " ".join(value.split())
    return platform.machine()


def _memory_gigabytes() -> float:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30


def _postgres(server: Postgres) -> str:
    with psycopg.connect(server.url("postgres")) as connection:
        number = connection.info.server_version
    return f"PostgreSQL {number // 10_000}.{number % 10_000}"
