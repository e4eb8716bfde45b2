"""Towns live through plans of three years, and every promise is kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.run import Workshop, run_seed

# Odd numbers live through three years; the other half is in ``test_more_seeds.py``.
YEARS = range(1, 50, 2)
REPLAYED = 39
HERE = Path(__file__).parents[2]
DIGEST = (
    "from tests.simulation.run import run_seed, workshop\n"
    "import logging; logging.disable()\n"
    "with workshop() as shop: print(run_seed(int(__import__('sys').argv[1]), shop).digest)\n"
)


@pytest.mark.parametrize("seed", YEARS)
def test_every_promise_is_kept_for_three_years(shop: Workshop, seed: int) -> None:
    keeps_every_promise(shop, seed)


def keeps_every_promise(shop: Workshop, seed: int) -> None:
    result = run_seed(seed, shop)
    assert not result.breach, f"{result.breach}\nReplay: python -m tests.simulation {seed} --trace"
    assert result.counts["arrivals"] > 0
    assert result.counts["verified"] > 0
    assert result.counts["recounts"] > 0


def test_a_seed_replays_from_its_number_in_another_process(shop: Workshop) -> None:
    said = {run_seed(REPLAYED, shop).digest}
    for order in ("1", "77"):
        environment = os.environ | {"PYTHONHASHSEED": order}
        command = [sys.executable, "-c", DIGEST, str(REPLAYED)]
        ran = subprocess.run(
            command, cwd=HERE, env=environment, capture_output=True, text=True, check=True
        )
        said.add(ran.stdout.strip())
    assert len(said) == 1


def test_another_seed_is_another_story(shop: Workshop) -> None:
    assert run_seed(39, shop).digest != run_seed(41, shop).digest
