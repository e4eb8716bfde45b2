"""A workshop for all seeds of a worker."""

import gc
import logging
from collections.abc import Iterator

import pytest

from tests.simulation.run import Workshop, workshop


@pytest.fixture(scope="package")
def opened() -> Iterator[Workshop]:
    with workshop() as made:
        yield made


@pytest.fixture
def shop(opened: Workshop) -> Iterator[Workshop]:
    """The workshop, with nobody who logs, and without a collector of garbage in the midst."""
    logging.disable()
    gc.freeze()
    gc.disable()
    yield opened
    gc.enable()
    gc.unfreeze()
    logging.disable(logging.NOTSET)
