"""An engine for carriers, over a database of each kind."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bot.storage.database import open_database


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_database(database_url)
    yield opened.engine
    opened.close()
