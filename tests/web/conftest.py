"""A world behind the pages, and a client of the real application."""

from collections.abc import Iterator

import pytest

from bot.storage.database import Database
from tests.web.builders import World
from tests.web.serving import Client, served


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.fixture
def client(world: World) -> Iterator[Client]:
    with served(world) as found:
        yield found
