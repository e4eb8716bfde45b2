"""SQLite on a small disk that is filled, freed, and made read-only, under a service that runs."""

from pathlib import Path

from tests.chaos.options import Options
from tests.chaos.verdict import Verdict


def disk_phase(options: Options, folder: Path) -> Verdict | None:
    return None
