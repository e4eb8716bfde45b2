"""One run: the services set up, the storm, the calm, and the count."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic

from bot.app.office import Office, open_office
from bot.settings import DatabaseSettings, Settings
from bot.storage.database import open_database
from bot.storage.plans import SqlClock
from tests.chaos.feeding import Feeding
from tests.chaos.fleet import Fleet, Member, bare_environment, tracebacks
from tests.chaos.options import Options
from tests.chaos.people import People
from tests.chaos.plan import DAY, FIRST, TARGET, plan_text
from tests.chaos.storm import Storm, durable_postgres
from tests.chaos.verdict import Counted, Verdict
from tests.chaos.weather import Stormy, slack_seconds
from tests.standins.slack.server import SlackStandIn

LOOK_SECONDS = 0.5
# The plan goes on for longer than any run; it is cut short when the storm is over.
PLAN_MINUTES = 45
BEFORE_THE_FIRST = timedelta(seconds=50)
CUT_AHEAD = timedelta(seconds=20)
MINUTE = timedelta(minutes=1)
FIRST_CHANNEL = 1_000_000
PEOPLE_REST_SECONDS = 3.0
NAMES = ("anna", "bo", "cia", "dag")


@dataclass(frozen=True)
class Scene:
    """Everything that is there before the storm begins."""

    options: Options
    folder: Path
    slack: SlackStandIn
    weather: Stormy
    fleet: Fleet
    channels: tuple[str, ...]

    @property
    def plan(self) -> Path:
        """The file that every process reads the plan from."""
        return self.folder / "kaos.yaml"

    def write_plan(self, minutes: int) -> None:
        """Let the plan ask for something in so many minutes."""
        text = plan_text(minutes, self.options.per_minute)
        draft = self.plan.with_suffix(".new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.plan)


def run(options: Options, folder: Path) -> tuple[Verdict, dict[str, int]]:
    """Run it all; return the count, and what happened."""
    # The stand-ins for people and channels live here; what goes wrong with them is told below.
    logging.getLogger("bot").setLevel(logging.CRITICAL)
    choice = Random(options.seed)
    with ExitStack() as stack:
        postgres = stack.enter_context(durable_postgres())
        url = postgres.url(postgres.create(name="kaos"))
        scene = stack.enter_context(setting(options, folder, url, choice))
        scene.write_plan(PLAN_MINUTES)
        settings = Settings(database=DatabaseSettings(url=url))
        _set_clock(url)
        _launch(scene)
        office = open_office(settings)
        stack.enter_context(closing(office.database))
        storm = Storm(options, scene.fleet, postgres, choice)
        people = _people(scene)
        feeding = Feeding(office, scene.channels[1:])
        scene.weather.storm.set()
        began = monotonic()
        with feeding, ExitStack() as crowd:
            for each in people:
                crowd.enter_context(each)
            storm.rage()
        storm.happened["seconds of storm"] = round(monotonic() - began)
        scene.weather.storm.clear()
        faults = _calm(scene, office, feeding)
        ended = scene.fleet.end()
        heard = [told for each in people for told in each.heard]
        faults += [*storm.faults, *feeding.faults, *ended]
        faults += [fault for each in people for fault in each.faults]
        faults += [*scene.fleet.unexpected, *(f"traceback in {x}" for x in tracebacks(folder))]
        targets = [f"room:{TARGET}", *(f"slack:{each}" for each in scene.channels)]
        verdict = Counted(office, scene.weather, targets).verdict(
            heard, faults, storm.happened["kills"]
        )
        happened = {**storm.happened, "starts that found no database": len(scene.fleet.excused)}
        return verdict, happened | {
            f"Slack: {k}": v for k, v in sorted(scene.weather.drawn.items())
        }


@contextmanager
def setting(options: Options, folder: Path, url: str, choice: Random) -> Iterator[Scene]:
    """Set up Slack and the places of all processes; none is started yet."""
    weather = Stormy(clock=slack_seconds, choice=Random(choice.random()))
    channels = tuple(f"C{FIRST_CHANNEL + each}" for each in range(max(1, options.channels)))
    weather.messages.update({each: [] for each in channels})
    with SlackStandIn(weather) as slack:
        environment = bare_environment(
            DATABASE__URL=url,
            DELIVERY__CARRIER=options.carrier,
            WEB__PORT="0",
            SLACK__BOT_TOKEN=weather.bot_token,
            SLACK__APP_TOKEN=weather.app_token,
            SLACK__BASE_URL=slack.base_url,
            SLACK__TARGET=channels[0],
        )
        command = ("serve", "--plan", str(folder / "kaos.yaml"), "--clock", str(DAY))
        serves = [Member(f"serve-{n}", command, folder) for n in range(1, options.serves + 1)]
        workers = [
            Member(f"worker-{n}", ("worker",), folder) for n in range(1, options.workers + 1)
        ]
        with Fleet([*serves, *workers], environment) as fleet:
            yield Scene(options, folder, slack, weather, fleet, channels)


def _set_clock(url: str) -> None:
    """Let the plan's clock begin right before something falls due."""
    with closing(open_database(url)) as database:
        SqlClock(database).note(datetime.combine(DAY, time(), UTC) + BEFORE_THE_FIRST)


def _launch(scene: Scene) -> None:
    """Start one service, which lays out the database and its clock, and then all others."""
    first, *others = scene.fleet.members
    scene.fleet.launch(first)
    _until_ready(scene, first)
    scene.fleet.launch(*others)
    _until_ready(scene, *others)


def _people(scene: Scene) -> list[People]:
    seeds = range(scene.options.seed, scene.options.seed + len(NAMES))
    return [
        People(name, scene.fleet, scene.slack, Random(seed), PEOPLE_REST_SECONDS)
        for name, seed in zip(NAMES, seeds, strict=True)
    ]


def _until_ready(scene: Scene, *members: Member) -> None:
    limit = monotonic() + scene.options.ready_limit_seconds
    while not all(each.ready for each in members):
        if monotonic() > limit:
            silent = [each.log.name for each in members if not each.ready]
            raise RuntimeError(f"not ready in time: {', '.join(silent)}")
        Event().wait(LOOK_SECONDS)


def _calm(scene: Scene, office: Office, feeding: Feeding) -> list[str]:
    """Let nothing more fall due, and wait until all that was due is at its end."""
    limit = monotonic() + scene.options.calm_limit_seconds
    scene.fleet.resume_all()
    ends = _cut(scene, office.now())
    first = scene.fleet.members[0]
    _until_ready(scene, first)
    faults = scene.fleet.relaunch(first)
    _until_ready(scene, *scene.fleet.members)
    while office.now() < ends:
        Event().wait(LOOK_SECONDS)
    feeding.catch_up()
    counted = Counted(office, scene.weather, ())
    while (left := counted.open()) and monotonic() < limit:
        Event().wait(LOOK_SECONDS)
    return [*faults, f"{left} were still open when time was up"] if left else faults


def _cut(scene: Scene, now: datetime) -> datetime:
    """Leave out of the plan what falls due later than in about a minute; return when that is."""
    zero = FIRST.replace(tzinfo=None)
    shown = (now + timedelta(hours=1)).replace(tzinfo=None)
    minutes = -(-(shown + CUT_AHEAD - zero) // MINUTE)
    scene.write_plan(minutes)
    return now + (zero + minutes * MINUTE - shown)
