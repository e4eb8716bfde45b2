"""Chaos for real: ``python -m tests.chaos --carrier dbos --seed 7 --kills 200``."""

import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from time import monotonic

from tests.chaos.disk import disk_phases
from tests.chaos.options import Options, options_of
from tests.chaos.run import run


def main(arguments: list[str] | None = None) -> int:
    """Run it, print the count, and return 0 when nothing was lost or doubled."""
    options = options_of(arguments)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="loftesbot-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    well = (not options.kills or _storm(options, folder)) and (
        not options.disk or _disk(options, folder)
    )
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
    seconds = {"seconds in all": round(monotonic() - began)}
    for name, number in (seconds | happened).items():
        print(f"{number:>7} {name}")
    print(f"\n{verdict.table()}", flush=True)
    return verdict.in_order


def _disk(options: Options, folder: Path) -> bool:
    found = disk_phases(options, folder, partial(print, flush=True))
    return all(each is None or each.in_order for each in found)


if __name__ == "__main__":
    sys.exit(main())
