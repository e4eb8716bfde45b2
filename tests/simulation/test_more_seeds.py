"""More towns; in a file of their own, so that the cores share them."""

import pytest

from tests.simulation.run import Workshop
from tests.simulation.test_simulation import keeps_every_promise


@pytest.mark.parametrize("seed", range(51, 102, 2))
def test_every_promise_is_kept_for_three_years(shop: Workshop, seed: int) -> None:
    keeps_every_promise(shop, seed)


@pytest.mark.parametrize("seed", [14, 34])
def test_every_promise_is_kept_when_all_comes_at_once(shop: Workshop, seed: int) -> None:
    keeps_every_promise(shop, seed)
