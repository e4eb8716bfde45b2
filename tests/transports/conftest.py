"""Each product of the table, started for one test."""

from collections.abc import Iterator

import pytest

from bot.storage.database import Database
from tests.transports.rig import Rig
from tests.transports.rigs import RIGS


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, database: Database) -> Iterator[Rig]:
    with RIGS[request.param].opened(database) as found:
        yield found
