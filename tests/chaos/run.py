"""One run on PostgreSQL: the services set up, the storm, the calm, and the count."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from time import monotonic

from bot.app.office import Office, open_office
from bot.settings import DatabaseSettings, Settings
from tests.chaos.feeding import Feeding
from tests.chaos.options import Options
from tests.chaos.people import People
from tests.chaos.scene import Scene, leave, setting
from tests.chaos.storm import Storm, durable_postgres
from tests.chaos.verdict import Verdict
from tests.postgres import Postgres

# So many cannot all miss the moment between posting and recording.
MANY_KILLS = 40


def run(options: Options, folder: Path) -> tuple[Verdict, dict[str, int]]:
    """Run it all on a PostgreSQL of its own; return the count, and what happened."""
    with durable_postgres() as postgres:
        return run_on(postgres, options, folder)


def run_on(
    postgres: Postgres, options: Options, folder: Path, meanwhile: Callable[[Office], None] = leave
) -> tuple[Verdict, dict[str, int]]:
    """Run it all; ``meanwhile`` is called again and again while the last things arrive."""
    choice = Random(options.seed)
    with ExitStack() as stack:
        url = postgres.url(postgres.create())
        scene = stack.enter_context(setting(options, folder, url, choice))
        scene.launch(url)
        office = open_office(Settings(database=DatabaseSettings(url=url)))
        stack.enter_context(closing(office.database))
        storm = Storm(options, scene.fleet, postgres, choice)
        people, feeding = scene.people(), Feeding(office, scene.channels[1:])
        _rage(scene, storm, people, feeding)
        faults = scene.calm(office, feeding.catch_up, meanwhile)
        faults += [*storm.faults, *feeding.faults]
        killed = storm.happened["kills"]
        verdict = scene.verdict(office, people, faults, killed)
        if killed >= MANY_KILLS and not verdict.cut:
            verdict.faults.append("nobody was killed between posting and recording: an idle storm")
        happened = {**storm.happened, "starts that found no database": len(scene.fleet.excused)}
        drawn = sorted(scene.weather.drawn.items())
        return verdict, happened | {f"Slack: {name}": number for name, number in drawn}


def _rage(scene: Scene, storm: Storm, people: list[People], feeding: Feeding) -> None:
    """Let it storm while everybody answers."""
    scene.weather.storm.set()
    began = monotonic()
    with feeding, ExitStack() as crowd:
        for each in people:
            crowd.enter_context(each)
        storm.rage()
    storm.happened["seconds of storm"] = round(monotonic() - began)
    scene.weather.storm.clear()
