"""(a) Two thousand reminders due at once, to two hundred targets that answer after 50 ms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.contenders import dbos_alone, ours
from benchmarks.databases import empty_database, empty_file, postgres, scratch
from benchmarks.product import Product, product
from benchmarks.racing import (
    Command,
    Run,
    Team,
    alone,
    alone_and_killed,
    together,
    together_and_killed,
)
from benchmarks.tables import Table, Target, ratio, spread
from benchmarks.workload import calls, due, keep, office
from bot.app.clocks import wall_now
from bot.carriers import inline
from tests.postgres import Postgres

COUNT = 2_000
ROUNDS = 2
WORKERS = 2
HEADINGS = ("", "seconds", "of it adding", "cpu", "a second", "times the peer")
LOSSES = ("killed at 40 %", "seconds", "lost", "doubled")
MOST = 1.5
CONTENDERS = "benchmarks.contenders"


@dataclass(frozen=True, slots=True)
class Ring:
    """Where the contenders meet: a product, a folder, the calls written down."""

    product: Product
    folder: Path

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
        return (f"{CONTENDERS}.ours", url, self.product.api, str(COUNT), carrier, task)

    def dbos(self, url: str, name: str) -> Command:
        """A worker of DBOS alone."""
        words = (url, self.product.api, self.calls, str(inline.WORKERS), name)
        return (f"{CONTENDERS}.dbos_alone", *words)


def tables() -> Iterator[Table]:
    """Run everybody on SQLite, and then on PostgreSQL."""
    with scratch() as folder, product() as place:
        ring = Ring(place, folder)
        prepared = office(empty_file(folder, "prepared"))
        keep(calls(prepared, due(prepared, COUNT)), Path(ring.calls))
        prepared.database.close()
        yield _on_sqlite(ring)
        yield _killed_on_sqlite(ring)
        with postgres() as server:
            yield _on_postgres(ring, server)
            yield _killed_on_postgres(ring, server)


def _on_sqlite(ring: Ring) -> Table:
    bare, own, peer = [], [], []
    for _ in range(ROUNDS):
        bare.append(alone(ring.product, ring.bare(), adds=False))
        own.append(alone(ring.product, ring.ours(empty_file(ring.folder, "ours"), "write")))
        kept = empty_file(ring.folder, "apscheduler")
        peer.append(alone(ring.product, ring.apscheduler(kept, "add")))
    return Table(
        f"{COUNT} reminders, one process of {inline.WORKERS} threads, SQLite",
        HEADINGS,
        [
            _row("bare loop: nothing but the calls (the peer)", bare, bare),
            _row("ours", own, bare),
            _row("APScheduler, a persistent job each", peer, bare),
        ],
        [
            Target("ours, times the bare loop", _ratio(own, bare), most=MOST),
            Target("ours, times APScheduler", _ratio(own, peer), most=1.0),
        ],
    )


def _killed_on_sqlite(ring: Ring) -> Table:
    url = empty_file(ring.folder, "ours")
    again = ring.ours(url, "resume")
    own = alone_and_killed(ring.product, ring.ours(url, "write"), again, COUNT)
    url = empty_file(ring.folder, "apscheduler")
    again = ring.apscheduler(url, "resume")
    peer = alone_and_killed(ring.product, ring.apscheduler(url, "add"), again, COUNT)
    rows = [_losses("ours", own), _losses("APScheduler, a persistent job each", peer)]
    return Table("The process killed and started again, SQLite", LOSSES, rows, _nothing(own))


def _on_postgres(ring: Ring, server: Postgres) -> Table:
    dbos, threads, queue = [], [], []
    for _ in range(ROUNDS):
        with empty_database(server) as url:
            dbos.append(together(ring.product, _dbos_team(ring, url), COUNT))
        with empty_database(server) as url:
            threads.append(together(ring.product, _our_team(ring, url, "inline"), COUNT))
        with empty_database(server) as url:
            queue.append(together(ring.product, _our_team(ring, url, "dbos"), COUNT))
    return Table(
        f"{COUNT} reminders, {WORKERS} workers, PostgreSQL",
        HEADINGS,
        [
            _row(f"DBOS alone, {inline.WORKERS} threads each (the peer)", dbos, dbos),
            _row(f"ours, inline, {inline.WORKERS} threads each", threads, dbos),
            _row("ours, carried by DBOS", queue, dbos),
        ],
        [
            Target("ours, inline, times DBOS alone", _ratio(threads, dbos), most=MOST),
            Target("ours, carried by DBOS, times DBOS alone", _ratio(queue, dbos), most=MOST),
        ],
    )


def _killed_on_postgres(ring: Ring, server: Postgres) -> Table:
    rows, targets = [], []
    with empty_database(server) as url:
        run = together_and_killed(ring.product, _dbos_team(ring, url), COUNT)
        rows.append(_losses("DBOS alone", run))
    for carrier in ("inline", "dbos"):
        with empty_database(server) as url:
            run = together_and_killed(ring.product, _our_team(ring, url, carrier), COUNT)
        rows.append(_losses(f"ours, {carrier}", run))
        targets += _nothing(run, f"ours, {carrier}: ")
    title = f"One of {WORKERS} workers killed and started again, PostgreSQL"
    return Table(title, LOSSES, rows, targets)


def _dbos_team(ring: Ring, url: str) -> Team:
    workers = [ring.dbos(url, f"worker-{number}") for number in range(WORKERS)]
    give = partial(dbos_alone.put_in_queue, url, COUNT)
    return Team(workers, give, partial(dbos_alone.open_workflows, url))


def _our_team(ring: Ring, url: str, carrier: str) -> Team:
    writer = office(url)
    found = due(writer, COUNT)

    def give() -> None:
        writer.deliveries.write(found, written=writer.now(), now=wall_now())

    return Team([ring.ours(url, "work", carrier)] * WORKERS, give, partial(ours.left, writer))


def _row(name: str, runs: Sequence[Run], peer: Sequence[Run]) -> tuple[str, ...]:
    seconds = [each.seconds for each in runs]
    return (
        name,
        spread(seconds),
        spread([each.adding for each in runs]),
        spread([each.cpu for each in runs]),
        spread([COUNT / each for each in seconds], 0),
        f"{_ratio(runs, peer):.2f}",
    )


def _losses(name: str, run: Run) -> tuple[str, ...]:
    lost = COUNT - run.taken.different
    return name, f"{run.seconds:.1f}", str(lost), str(run.taken.doubled)


def _nothing(run: Run, whose: str = "") -> list[Target]:
    return [
        Target(f"{whose}lost", COUNT - run.taken.different, most=0),
        Target(f"{whose}doubled", run.taken.doubled, most=0),
    ]


def _ratio(runs: Sequence[Run], peer: Sequence[Run]) -> float:
    return ratio([each.seconds for each in runs], [each.seconds for each in peer])
