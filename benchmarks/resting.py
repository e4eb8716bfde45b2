"""A ledger in which very much rests, beside one in which little does."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.claims import Watch, lateness, noted
from benchmarks.filling import fill, put
from benchmarks.plans import write_plans
from benchmarks.processes import PATIENCE_SECONDS, Stuck
from benchmarks.serving import serving
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, Target, ratios, share, spread
from benchmarks.workload import TARGETS, due, settings
from bot.app.clocks import wall_now
from bot.app.office import Office, open_office
from bot.domain.delivery import Draft

LEAD, APART = timedelta(seconds=3), timedelta(milliseconds=47)
LOOK_SECONDS = 0.2
HEADINGS = (
    "", "filled in, s", "ready after, s", "MB when ready", "MB after work",
    "due to claimed, ms", "the slowest 1 %, ms",
)  # fmt: skip


@dataclass(slots=True)
class Ledger:
    """A ledger that was filled, and what was found of a service on it, round by round."""

    url: str
    plan: Path
    rows: int
    filled_seconds: float
    drafts: list[Draft]
    ready: list[float] = field(default_factory=list)
    megabytes_ready: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    claims: list[list[float]] = field(default_factory=list)

    @property
    def middles(self) -> list[float]:
        """The median time from due to claimed, in milliseconds, round by round."""
        return [share(each, 0.5) for each in self.claims]

    @property
    def row(self) -> tuple[str, ...]:
        """The row of this ledger under ``HEADINGS``."""
        return (
            f"{self.rows:,} resting".replace(",", " "),
            f"{self.filled_seconds:.0f}",
            spread(self.ready, 2),
            spread(self.megabytes_ready, 0),
            spread(self.megabytes, 0),
            spread(self.middles),
            spread([share(each, 0.99) for each in self.claims]),
        )


def prepared(url: str, folder: Path, rows: int, rounds: int) -> Ledger:
    """Fill an empty database, and choose what will be due in each of ``rounds``."""
    plan = write_plans(folder, 1, now=wall_now())[0]
    office = open_office(settings(url), [plan])
    try:
        begun = time.monotonic()
        _fill(office, rows)
        seconds = time.monotonic() - begun
        drafts = due(office, rounds * TARGETS, now=office.now(), to="room")
        return Ledger(url, plan, rows, seconds, drafts)
    finally:
        office.database.close()


def measured(ledgers: list[Ledger], folder: Path, rounds: int) -> None:
    """Run a service on each in turn, as often as was asked."""
    for number in range(rounds):
        for each in ledgers[number % len(ledgers) :] + ledgers[: number % len(ledgers)]:
            _measure(each, folder / "claims.jsonl", number)


def table(few: Ledger, many: Ledger, sizes: Sizes, title: str, measured_on: str) -> Table:
    """Return both beside each other."""
    grown = [100 * (each - 1) for each in ratios(many.megabytes, few.megabytes)]
    return Table(
        f"{title}, {sizes.rounds} rounds of {TARGETS} that become due",
        HEADINGS,
        [few.row, many.row],
        [
            Target(
                "due to claimed, times the small ledger's", ratios(many.middles, few.middles), 2
            ),
            Target("memory grows by", grown, 20, " %", under=True),
        ],
        [measured_on],
    )


def _fill(office: Office, rows: int) -> None:
    now = office.now()
    fill(office.database, due(office, 5 * TARGETS, now=now, to="room"), rows, now=now)


def _measure(ledger: Ledger, file: Path, number: int) -> None:
    drafts = ledger.drafts[number * TARGETS : (number + 1) * TARGETS]
    with serving(ledger.url, "--plan", str(ledger.plan), through=Watch(file).through) as found:
        ledger.ready.append(found.ready_seconds)
        ledger.megabytes_ready.append(found.process.memory_megabytes())
        at = _put(ledger.url, drafts)
        _until_claimed(file, at, seconds=(len(drafts) * APART + LEAD).total_seconds())
        ledger.megabytes.append(found.process.memory_megabytes())
    late = lateness(at, noted([file], "claimed"))
    ledger.claims.append([1_000 * each for each in late.seconds])


def _put(url: str, drafts: Sequence[Draft]) -> dict[str, float]:
    office = open_office(settings(url))
    first: datetime = wall_now() + LEAD
    at = [first + APART * number for number in range(len(drafts))]
    put(office.database, drafts, at)
    office.database.close()
    return {each.key: when.timestamp() for each, when in zip(drafts, at, strict=True)}


def _until_claimed(file: Path, at: Mapping[str, float], *, seconds: float) -> None:
    time.sleep(seconds)
    end = time.monotonic() + PATIENCE_SECONDS
    while never := lateness(at, noted([file], "claimed")).never:
        if time.monotonic() > end:
            raise Stuck(f"{never} of {len(at)} were not claimed within {PATIENCE_SECONDS} s")
        time.sleep(LOOK_SECONDS)
