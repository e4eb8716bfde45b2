"""What many tests stand on: a real database in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.storage.answers import SqlAnswers
from bot.storage.database import Database, open_database
from bot.storage.deliveries import SqlDeliveries

# How long an example takes is no rule of ours, and a busy machine would break it.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/loftesbot.db"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def answers(database: Database) -> SqlAnswers:
    return SqlAnswers(database)


@pytest.fixture
def deliveries(database: Database) -> SqlDeliveries:
    return SqlDeliveries(database)
