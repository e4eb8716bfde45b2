"""The scene: Slack, the plan, the places of all processes and the people; its start and its end."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from http.client import HTTPException
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic

from bot.app.office import Office
from bot.storage.database import open_database
from bot.storage.plans import SqlClock
from tests.chaos.fleet import Fleet, Member, bare_environment, tracebacks
from tests.chaos.options import Options
from tests.chaos.people import People, ask
from tests.chaos.plan import DAY, FIRST, TARGET, plan_text
from tests.chaos.verdict import Counted, Verdict
from tests.chaos.weather import Stormy, slack_seconds
from tests.standins.slack.server import SlackStandIn

LOOK_SECONDS = 0.5
# The first processes are ready by then, and what they find is not yet due.
HEAD_START = timedelta(seconds=10)
MIDNIGHT = datetime.combine(DAY, time(), UTC)
# What falls due is written by the next sweep at the latest, each second.
AFTERWARDS = timedelta(seconds=3)
CUT_AHEAD = timedelta(seconds=20)
MINUTE = timedelta(minutes=1)
FIRST_CHANNEL = 1_000_000
PEOPLE_REST_SECONDS = 3.0
NAMES = ("anna", "bo", "cia", "dag")


@dataclass(frozen=True)
class Scene:
    """Everything that is there before anything happens."""

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

    def launch(self, url: str) -> None:
        """Start one service, which lays out the database and its clock, and then all others."""
        self.write_plan(self.options.minutes)
        with closing(open_database(url)) as database:
            SqlClock(database).note(MIDNIGHT + MINUTE - HEAD_START)
        first, *others = self.fleet.members
        self.fleet.launch(first)
        self.until_ready(first)
        self.fleet.launch(*others)
        self.until_ready(*others)

    def people(self) -> list[People]:
        """Return everybody who answers."""
        seeds = range(self.options.seed, self.options.seed + len(NAMES))
        return [
            People(name, self.fleet, self.slack, Random(seed), PEOPLE_REST_SECONDS)
            for name, seed in zip(NAMES, seeds, strict=True)
        ]

    def until_ready(self, *members: Member) -> None:
        """Wait until all of ``members`` work."""
        limit = monotonic() + self.options.ready_limit_seconds
        while not all(each.ready for each in members):
            if monotonic() > limit:
                silent = [each.log.name for each in members if not each.ready]
                raise RuntimeError(f"not ready in time: {', '.join(silent)}")
            Event().wait(LOOK_SECONDS)

    def calm(
        self,
        office: Office,
        catch_up: Callable[[], None],
        meanwhile: Callable[[Office], None],
    ) -> list[str]:
        """Let nothing more fall due, wait until all that was due is at its end, and end.

        ``catch_up`` writes what is due beside the services; ``meanwhile`` is called as long as
        anything is on its way.
        """
        limit = monotonic() + self.options.calm_limit_seconds
        self.fleet.resume_all()
        ends = self._cut(office.now())
        first = self.fleet.members[0]
        self.until_ready(first)
        faults = self.fleet.relaunch(first)
        self.until_ready(*self.fleet.members)
        while self._earliest() < ends + AFTERWARDS:
            Event().wait(LOOK_SECONDS)
        catch_up()
        counted = Counted(office, self.weather, ())
        while (left := counted.open()) and monotonic() < limit:
            meanwhile(office)
            Event().wait(LOOK_SECONDS)
        if left:
            faults.append(f"{left} were still open when time was up")
        return faults + self.fleet.end()

    def verdict(
        self, office: Office, people: Sequence[People], faults: Sequence[str], killed: int
    ) -> Verdict:
        """Count, and add what was found wrong: by ``people``, and in what the processes said."""
        targets = [f"room:{TARGET}", *(f"slack:{each}" for each in self.channels)]
        heard = [told for each in people for told in each.heard]
        every = [
            *faults,
            *(fault for each in people for fault in each.faults),
            *self.fleet.unexpected,
            *(f"traceback in {each}" for each in tracebacks(self.folder)),
        ]
        return Counted(office, self.weather, targets).verdict(heard, every, killed)

    def _earliest(self) -> datetime:
        """What the clock shows that is the latest to get anywhere: each start costs it a little."""
        shown: list[datetime] = []
        for each in self.fleet.ready(serving=True):
            with suppress(OSError, HTTPException):
                _status, body = ask(each.address, "/health")
                shown.append(datetime.fromisoformat(json.loads(body)["clock"]))
        return min(shown, default=MIDNIGHT)

    def _cut(self, now: datetime) -> datetime:
        """Leave out of the plan what falls due later than in about a minute; say when that is."""
        zero = FIRST.replace(tzinfo=None)
        shown = (now + timedelta(hours=1)).replace(tzinfo=None)
        minutes = min(-(-(shown + CUT_AHEAD - zero) // MINUTE), self.options.minutes)
        self.write_plan(minutes)
        return now + (zero + minutes * MINUTE - shown)


@contextmanager
def setting(options: Options, folder: Path, url: str, choice: Random) -> Iterator[Scene]:
    """Set up Slack and the places of all processes; none is started yet."""
    weather = Stormy(clock=slack_seconds, choice=Random(choice.random()))
    channels = tuple(f"C{FIRST_CHANNEL + each}" for each in range(max(1, options.channels)))
    weather.messages.update({each: [] for each in channels})
    with _quiet(), SlackStandIn(weather) as slack:
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


def leave(_office: Office) -> None:
    """Do nothing meanwhile."""


@contextmanager
def _quiet() -> Iterator[None]:
    """Let our own code in this process say nothing; what goes wrong with it is told as a fault."""
    log = logging.getLogger("bot")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
