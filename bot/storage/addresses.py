"""Addresses of databases: which are understood, and how they are shown without their secrets."""

import re
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.errors import DatabaseError

DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
EXAMPLES = "sqlite:///loftesbot.db eller postgresql://användare:lösenord@värd/databas"
SECRET = ("password", "sslpassword")


def parsed(url: str) -> URL:
    """Return the address of a SQLite file or a PostgreSQL database; ``DatabaseError`` else."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseError(
            f"Databasens adress {shown(url)!r} går inte att tolka. Exempel: {EXAMPLES}"
        ) from None
    driver = DRIVERS.get(found.drivername)
    if driver is None:
        raise DatabaseError(f"Databasen {shown(url)!r} stöds inte; ange {EXAMPLES}.")
    return found.set(drivername=driver)


def exists(url: str) -> bool:
    """Whether there is a database to open; a server is taken to have one."""
    found = parsed(url)
    return found.get_backend_name() != "sqlite" or Path(found.database or "").is_file()


def shown(url: str) -> str:
    """Return the address as people may see it: without any password."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        return re.sub(r"://.*@", "://***@", url, flags=re.DOTALL)
    return found.difference_update_query(SECRET).render_as_string(hide_password=True)
