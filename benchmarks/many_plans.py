"""(c) All municipalities at once: 290 plans served by one process, and what it costs at rest."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.databases import empty_file, scratch
from benchmarks.machine import facts
from benchmarks.plans import write_plans
from benchmarks.serving import serving
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, Target
from bot.app.clocks import wall_now
from bot.domain.workdays import WorkCalendar

# The first sweep works out every reminder of every plan; rest begins after it.
SETTLING_SECONDS = 15
HEADINGS = ("SQLite", "first start, s", "later start, s", "MB at rest", "of a core at rest, %")


@dataclass(frozen=True, slots=True)
class _Found:
    first_seconds: float
    later_seconds: float
    megabytes: float
    percent: float


def tables(sizes: Sizes) -> Iterator[Table]:
    """Serve one plan, and then all of them."""
    measured_on = facts()
    with scratch() as folder:
        files = write_plans(folder, sizes.plans, now=wall_now())
        settling = min(SETTLING_SECONDS, sizes.quiet_seconds)
        one = _served(folder, files[:1], settling, sizes.quiet_seconds)
        every = _served(folder, files, settling, sizes.quiet_seconds)
    yield Table(
        f"{sizes.plans} plans, at rest for {sizes.quiet_seconds} s",
        HEADINGS,
        [_row("1 plan (the peer)", one), _row(f"{sizes.plans} plans", every)],
        [Target("an idle process, of a core", [every.percent], most=2, unit=" %", under=True)],
        [
            "A first start reads and adopts the files; a later one finds them in the database.",
            *_warning(),
            measured_on,
        ],
    )


def _served(folder: Path, files: Sequence[Path], settling: int, quiet: int) -> _Found:
    url = empty_file(folder, "plans")
    named = [word for each in files for word in ("--plan", str(each))]
    with serving(url, *named) as first:
        pass
    with serving(url) as later:
        time.sleep(settling)
        before = later.process.cpu_seconds()
        time.sleep(quiet)
        spent = later.process.cpu_seconds() - before
        megabytes = later.process.memory_megabytes()
    percent = 100 * spent / quiet
    return _Found(first.ready_seconds, later.ready_seconds, megabytes, percent)


def _warning() -> list[str]:
    day = wall_now().astimezone(ZoneInfo("Europe/Stockholm")).date()
    if WorkCalendar().is_working(day):
        return []
    return ["**Today is a free day, when a sweep has nothing to do: measure on a working day.**"]


def _row(name: str, found: _Found) -> tuple[str, ...]:
    return (
        name,
        f"{found.first_seconds:.1f}",
        f"{found.later_seconds:.1f}",
        f"{found.megabytes:.0f}",
        f"{found.percent:.2f}",
    )
