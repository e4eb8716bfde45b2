"""The ring in which the contenders meet: who does the same work, and in which words it is told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.contenders import dbos_alone, ours
from benchmarks.databases import empty_database, empty_file, scratch
from benchmarks.processes import Stuck
from benchmarks.product import Product, product
from benchmarks.racing import Command, Run, Team
from benchmarks.tables import ratios, spread
from benchmarks.workload import calls, due, keep, office
from bot.app.clocks import wall_now
from bot.carriers import inline
from tests.postgres import Postgres

WORKERS = 2
CONTENDERS = "benchmarks.contenders"
HEADINGS = ("", "seconds", "of it adding", "cpu seconds", "a second", "times the peer")
BARE = "bare loop: nothing but the calls"
APSCHEDULER = "APScheduler, a persistent job each"

Race = Callable[[], Run]


@dataclass(frozen=True, slots=True)
class Ring:
    """A product, a folder, and how many reminders there are."""

    product: Product
    folder: Path
    count: int

    @property
    def calls(self) -> str:
        """The file with the calls that peers make."""
        return str(self.folder / "calls.json")

    def bare(self) -> Command:
        """A pool of threads that does nothing but the calls."""
        return (f"{CONTENDERS}.bare", self.product.api, self.calls, str(inline.WORKERS))

    def apscheduler(self, url: str, task: str) -> Command:
        """APScheduler with a persistent job for each reminder."""
        words = (url, self.product.api, self.calls, str(inline.WORKERS), task)
        return (f"{CONTENDERS}.apscheduler_alone", *words)

    def ours(self, url: str, task: str, carrier: str = "inline") -> Command:
        """The delivery service."""
        return (f"{CONTENDERS}.ours", url, self.product.api, str(self.count), carrier, task)

    def dbos_team(self, url: str, threads: int, workers: int = WORKERS) -> Team:
        """Workers of DBOS alone."""
        words = (url, self.product.api, self.calls, str(threads))
        every = [
            (f"{CONTENDERS}.dbos_alone", *words, f"worker-{number}") for number in range(workers)
        ]
        give = partial(dbos_alone.put_in_queue, url, self.count)
        return Team(every, give, partial(dbos_alone.open_workflows, url))

    @contextmanager
    def our_team(self, url: str, carrier: str, workers: int = WORKERS) -> Iterator[Team]:
        """Workers of ours."""
        writer = office(url)
        found = due(writer, self.count)

        def give() -> None:
            writer.deliveries.write(found, written=writer.now(), now=wall_now())

        try:
            yield Team(
                [self.ours(url, "work", carrier)] * workers, give, partial(ours.left, writer)
            )
        finally:
            writer.database.close()


@contextmanager
def ring(count: int) -> Iterator[Ring]:
    """Open a ring, with the calls of ``count`` reminders written down."""
    with scratch() as folder, product() as place:
        made = Ring(place, folder, count)
        prepared = office(empty_file(folder, "prepared"))
        keep(calls(prepared, due(prepared, count)), Path(made.calls))
        prepared.database.close()
        yield made


@contextmanager
def our_team(made: Ring, server: Postgres, carrier: str, workers: int = WORKERS) -> Iterator[Team]:
    """Workers of ours, on an empty database of ``server``."""
    with empty_database(server) as url, made.our_team(url, carrier, workers) as team:
        yield team


def rounds(races: Mapping[str, Race], number: int) -> dict[str, list[Run]]:
    """Let everybody run ``number`` times, each round beginning with another one."""
    names, found = list(races), {name: list[Run]() for name in races}
    for turn in range(number):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            run = races[name]()
            if run.lost or run.taken.doubled:
                raise Stuck(f"{name}: {run.lost} lost, {run.taken.doubled} doubled, undisturbed")
            found[name].append(run)
    return found


def seconds(runs: Sequence[Run]) -> list[float]:
    """Return how long each run took."""
    return [each.seconds for each in runs]


def times(runs: Sequence[Run], peer: Sequence[Run]) -> list[float]:
    """Return how many times as long as the peer's each run took."""
    return ratios(seconds(runs), seconds(peer))


def row(name: str, runs: Sequence[Run], peer: Sequence[Run], count: int) -> tuple[str, ...]:
    """Return the row of one contender under ``HEADINGS``."""
    return (
        name,
        spread(seconds(runs)),
        spread([each.adding for each in runs], 2),
        spread([each.cpu for each in runs]),
        spread([count / each.seconds for each in runs], 0),
        spread(times(runs, peer), 2),
    )
