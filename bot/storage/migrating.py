"""Migrating: from whatever tables a database has to the newest, all of it or nothing."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot.domain.errors import DatabaseError
from bot.storage.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"
MOST_NAMES = 3


def migrate(
    connection: Connection, name: str, *, scripts: Path = MIGRATIONS, to: str = "head"
) -> None:
    """Bring the tables up to date, or up to a revision, in the transaction of ``connection``.

    ``name`` is what the database is called before people. One whose tables are not ours, or
    newer than we know, is refused with a ``DatabaseError``.
    """
    if connection.dialect.name == "postgresql":
        # Many rows may have to be moved, and another process may be at it already.
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10min'")
    _refuse_what_is_not_ours(connection, name, scripts)
    command.upgrade(_config(connection, scripts), to)


def _refuse_what_is_not_ours(connection: Connection, name: str, scripts: Path) -> None:
    tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
    ours, foreign = tables & set(metadata.tables), sorted(tables - set(metadata.tables))
    versions = set(MigrationContext.configure(connection).get_current_heads())
    known = {each.revision for each in ScriptDirectory(str(scripts)).walk_revisions()}
    if versions and not versions <= known:
        if not ours:
            raise DatabaseError(_belongs_to_another(name, foreign))
        raise DatabaseError(
            f"Databasen {name} är gjord av en nyare version av loftesbot (tabellversion "
            f"{', '.join(sorted(versions))}). Uppgradera loftesbot, eller ange en annan databas. "
            "Ingenting har ändrats."
        )
    if foreign and not versions:
        raise DatabaseError(_belongs_to_another(name, foreign))
    if ours and not versions:
        raise DatabaseError(
            f"Databasen {name} har tabeller ({_some(sorted(ours))}) men inte uppgiften om deras "
            "version: den är skadad, eller kopierad till hälften. Återställ en säkerhetskopia, "
            "eller ange en tom databas. Ingenting har ändrats."
        )


def _belongs_to_another(name: str, tables: list[str]) -> str:
    found = f" ({_some(tables)})" if tables else ""
    return (
        f"Databasen {name} har tabeller som hör till ett annat program{found}. "
        "Ange en tom databas. Ingenting har ändrats."
    )


def _some(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")


def _config(connection: Connection, scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    return config
