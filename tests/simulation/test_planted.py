"""The simulation is worth something: faults planted in copies of the code are found."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from tests.simulation.plants import PLANTS, Change, Plant, plant

HERE = Path(__file__).parents[2]
SOUND = (5, 9, 39)


def hunted(folder: Path, changes: tuple[Change, ...], seeds: tuple[int, ...]) -> str:
    """What the simulation says of a copy of the code with ``changes`` in it."""
    copytree(HERE / "bot", folder / "bot", ignore=ignore_patterns("__pycache__"))
    plant(folder / "bot", changes)
    environment = os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{HERE}"}
    command = [sys.executable, "-m", "tests.simulation.hunt", *map(str, seeds)]
    ran = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    first, _, said = ran.stdout.partition("\n")
    assert first == f"under test: {folder / 'bot'}", ran.stderr
    return said.strip()


@pytest.mark.parametrize("fault", PLANTS, ids=[each.name for each in PLANTS])
def test_a_planted_fault_is_found(tmp_path: Path, fault: Plant) -> None:
    assert hunted(tmp_path, fault.changes, fault.seeds).startswith("breach at seed")


def test_the_same_code_without_a_fault_is_found_sound(tmp_path: Path) -> None:
    assert hunted(tmp_path, (), SOUND) == "no breach"


def test_a_fault_that_fits_no_more_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\nx = 1\n")
    with pytest.raises(LookupError, match=r"a\.py has this 2 times, not once"):
        plant(tmp_path, [Change("a.py", "x = 1", "x = 2")])
