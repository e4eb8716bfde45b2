"""A server of calendars on loopback."""

from collections.abc import Iterator

import pytest

from tests.standins.source import SourceStandIn


@pytest.fixture
def source() -> Iterator[SourceStandIn]:
    """A server that answers on loopback as it is told."""
    with SourceStandIn() as stand_in:
        yield stand_in
