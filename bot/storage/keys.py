"""Keys that a database was born with, and that nobody has to set."""

from dataclasses import dataclass

from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.tables import keys

VEIL = "veil"


@dataclass(frozen=True, slots=True)
class SqlKeys:
    """Reads the keys that the migrations made, each of them once."""

    database: Database

    def veil(self) -> bytes:
        """Return the key that hides the ids of what is sensitive; it never changes."""
        chosen = select(keys.c.value).where(keys.c.name == VEIL)
        with self.database.read(single=True) as connection:
            return bytes(connection.execute(chosen).scalar_one())
