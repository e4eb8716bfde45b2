"""A run: from a seed to a verdict."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import rmtree
from tempfile import mkdtemp

from bot.storage.database import open_database
from bot.storage.plans import SqlPlans
from tests.simulation.arrivals import Arrivals
from tests.simulation.chain import KEY
from tests.simulation.clock import NO_TIME, SECOND
from tests.simulation.disk import Disk, make_template
from tests.simulation.faults import Breach, Chance, Fates
from tests.simulation.people import People
from tests.simulation.products import Product, Sort
from tests.simulation.scenario import Scenario, scenario
from tests.simulation.town import Layout, Town
from tests.simulation.troubles import Troubles, spread
from tests.simulation.verdict import verdict
from tests.simulation.world import World

MEMORY = Path("/dev/shm")
PACE = {Sort.SEARCHED: 1.1 * SECOND, Sort.MARKED: 2 * SECOND, Sort.KEYED: NO_TIME}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a run; ``breach`` is empty when every promise was kept."""

    seed: int
    counts: Mapping[str, int]
    digest: str
    breach: str = ""


class Workshop:
    """A folder in memory, with the empty database that every run begins with a copy of."""

    def __init__(self) -> None:
        self.folder = Path(mkdtemp(prefix="simulation-", dir=MEMORY if MEMORY.is_dir() else None))
        self.template = make_template(self.folder)
        self._number = 0

    def disk(self) -> Disk:
        """Return a fresh database."""
        self._number += 1
        return Disk(self.template, self.folder / f"{self._number}.db")

    def close(self) -> None:
        """Remove the folder."""
        rmtree(self.folder, ignore_errors=True)


@contextmanager
def workshop() -> Iterator[Workshop]:
    """Open a workshop, and clear it away."""
    opened = Workshop()
    try:
        yield opened
    finally:
        opened.close()


def run_seed(seed: int, shop: Workshop, echo: Callable[[str], object] | None = None) -> Result:
    """Run what ``seed`` makes, and tell what became of it."""
    rng = Random(seed)
    plan = scenario(seed, rng)
    return run(seed, plan, Chance(rng, plan.odds), rng, shop, echo)


def run(
    seed: int,
    plan: Scenario,
    fates: Fates,
    rng: Random,
    shop: Workshop,
    echo: Callable[[str], object] | None = None,
) -> Result:
    """Run a scenario under ``fates``."""
    disk = shop.disk()
    world = World(rng, plan.begins, disk, fates)
    world.trace.echo = echo
    breach = ""
    try:
        _live(world, plan)
    except Breach as error:
        breach = str(error)
        world.trace.note("judge", breach)
    finally:
        for each in world.workers:
            each.stop()
        disk.close()
    return Result(seed, dict(world.counts), world.trace.digest(), breach)


def _live(world: World, plan: Scenario) -> None:
    """Live through it all: the troubled time, then the calm, then the verdict."""
    town, people = _settle(world, plan)
    troubles = Troubles(town, people, dict(plan.texts), plan.turns_clocks, plan.changes_plans)
    town.open()
    spread(troubles, plan.troubles)
    world.run(plan.calms)
    world.calm_down()
    for machine in town.machines:
        troubles.set_clock(machine, NO_TIME)
    world.run(plan.ends)
    troubles.count()
    verdict(town)
    world.counts["answers"] = people.accepted


def _settle(world: World, plan: Scenario) -> tuple[Town, People]:
    """Set up the products, the town and its people, and adopt the plans."""
    seen: list[Callable[[str], object]] = []
    arrivals = Arrivals(world, lambda occurrence: [each(occurrence) for each in seen])
    products = {each.value: _product(each, plan, arrivals) for each in plan.sorts}
    places = {
        target: tuple(f"{name}:{target}" for name in products)
        for target in ("samverkan", "ledning")
    }
    database = open_database(world.disk.url)
    for name, text in plan.texts.items():
        SqlPlans(database, KEY).adopt(name, name="plan.yaml", text=text, now=world.now)
    database.close()
    town = Town(world, Layout(products, places, plan.operator, plan.machines))
    people = People(town, plan.answer_rate)
    seen.append(people.see)
    return town, people


def _product(sort: Sort, plan: Scenario, arrivals: Arrivals) -> Product:
    encloses = plan.encloses and sort is Sort.SEARCHED
    return Product(sort, PACE[sort], encloses, arrivals.judge)
