"""Chaos for real: ``python -m tests.chaos --carrier dbos --seed 7 --kills 200``."""

import shutil
import sys
import tempfile
from pathlib import Path
from time import monotonic

from tests.chaos.disk import disk_phase
from tests.chaos.options import Options, options_of
from tests.chaos.run import run


def main(arguments: list[str] | None = None) -> int:
    """Run it, print the count, and return 0 when nothing was lost or doubled."""
    options = options_of(arguments)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="loftesbot-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    well = _storm(options, folder) and (not options.disk or _disk(options, folder))
    if well and options.keep is None:
        shutil.rmtree(folder)
    else:
        print(f"what every process said: {folder}")
    return 0 if well else 1


def _storm(options: Options, folder: Path) -> bool:
    began = monotonic()
    print(
        f"storm: carrier {options.carrier}, seed {options.seed}, {options.kills} kills", flush=True
    )
    verdict, happened = run(options, folder)
    print(", ".join(f"{name} {number}" for name, number in happened.items()))
    print(f"{monotonic() - began:.0f} s")
    print(verdict.table(), flush=True)
    return verdict.in_order


def _disk(options: Options, folder: Path) -> bool:
    began = monotonic()
    print("\ndisk: SQLite on a disk that is full, and then can only be read", flush=True)
    verdict = disk_phase(options, folder / "sqlite")
    if verdict is None:
        print("left out: the phase with a full disk is not written yet")
        return True
    print(f"{monotonic() - began:.0f} s")
    print(verdict.table(), flush=True)
    return verdict.in_order


if __name__ == "__main__":
    sys.exit(main())
