"""Services and workers as processes of their own, over one database and one Slack."""

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as hour
from functools import cached_property
from pathlib import Path

from sqlalchemy import delete, select, update

from bot.app.office import Office, open_office
from bot.domain.delivery import DeliveryState
from bot.settings import DatabaseSettings, Settings
from bot.storage.database import Database, open_database
from bot.storage.plans import SqlClock
from bot.storage.tables import deliveries, nodes
from tests.chaos.fleet import Member, bare_environment
from tests.chaos.people import key_of
from tests.chaos.plan import DAY, PLAN, plan_text
from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.workspace import Workspace
from tests.waiting import until

CHANNEL = "C0000001"
MIDNIGHT = datetime.combine(DAY, hour(), UTC)
# On the plan's clock, which begins at midnight: then the first reminders fall due.
DUE = MIDNIGHT + timedelta(minutes=1)
OPEN = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.UNCERTAIN)
ENDING_SECONDS = 30


@dataclass
class Place:
    """A database, a Slack and a plan, and the processes that work there.

    The plan asks for ``per_minute`` things at ``DUE``, and for nothing else.
    """

    url: str
    slack: SlackStandIn
    folder: Path
    carrier: str = "inline"
    per_minute: int = 2
    members: list[Member] = field(default_factory=list)

    @property
    def plan(self) -> Path:
        """The plan's file, as it is now."""
        path = self.folder / "kaos.yaml"
        if not path.exists():
            path.write_text(plan_text(1, self.per_minute), encoding="utf-8")
        return path

    def set_clock(self, at: datetime) -> None:
        """Let the plan's clock show ``at`` when the next process starts."""
        with closing(open_database(self.url)) as database:
            SqlClock(database).note(at)

    @contextmanager
    def office(self, *plans: Path) -> Iterator[Office]:
        """Open the office, and adopt ``plans``."""
        found = open_office(Settings(database=DatabaseSettings(url=self.url)), plans)
        with closing(found.database):
            yield found

    def serve(self, name: str = "serve") -> Member:
        """Start a service, and wait until it works."""
        return self.ready(self.begin(name, "serve", "--plan", str(self.plan), "--clock", str(DAY)))

    def worker(self, name: str = "worker") -> Member:
        """Start a worker, and wait until it works."""
        return self.ready(self.begin(name, "worker"))

    def begin(self, name: str, *command: str) -> Member:
        """Start a process."""
        member = Member(name, command, self.folder)
        self.members.append(member)
        member.start(self.environment())
        return member

    def ready(self, member: Member) -> Member:
        """Wait until a process works."""

        def looked() -> bool:
            member.look()
            assert member.alive, member.said()
            return member.ready

        until(looked)
        return member

    def environment(self) -> dict[str, str]:
        """Return what processes are told."""
        return bare_environment(
            DATABASE__URL=self.url,
            DELIVERY__CARRIER=self.carrier,
            WEB__PORT="0",
            SLACK__BOT_TOKEN=self.slack.workspace.bot_token,
            SLACK__APP_TOKEN=self.slack.workspace.app_token,
            SLACK__BASE_URL=self.slack.base_url,
            SLACK__TARGET=CHANNEL,
        )

    def keys(self, *channels: str) -> list[str]:
        """Return the keys of all messages in ``channels``, or in the usual one."""
        posted = self.slack.workspace.posted
        every = (message for each in channels or (CHANNEL,) for message in posted(each))
        return [key for message in every if (key := key_of(message))]

    @cached_property
    def database(self) -> Database:
        """The database, opened when it is first looked into."""
        return open_database(self.url)

    def states(self) -> list[str]:
        """Return the state of each delivery."""
        with self.database.read() as connection:
            return list(connection.execute(select(deliveries.c.state)).scalars())

    def close(self) -> None:
        """Give the connections back."""
        if "database" in vars(self):
            self.database.close()

    def settled(self, number: int) -> bool:
        """Whether there are so many deliveries at least, and none is on its way."""
        states = self.states()
        return len(states) >= number and not any(each in OPEN for each in states)


def ends(member: Member, number: signal.Signals = signal.SIGTERM) -> int:
    """Tell a process to end; return with what it did."""
    assert member.process
    member.send(number)
    return member.process.wait(ENDING_SECONDS)


def said_plainly(members: Sequence[Member]) -> bool:
    """Whether no process wrote a traceback."""
    return not any("Traceback" in each.said() for each in members)


@contextmanager
def a_place(
    url: str, folder: Path, *, carrier: str = "inline", per_minute: int = 2
) -> Iterator[Place]:
    """Set up a Slack and a plan beside the database at ``url``; kill every process at the end."""
    workspace = Workspace(clock=lambda: time.clock_gettime(time.CLOCK_REALTIME))
    workspace.messages[CHANNEL] = []
    with SlackStandIn(workspace) as slack:
        place = Place(url, slack, folder, carrier, per_minute)
        try:
            yield place
        finally:
            for each in place.members:
                each.send(signal.SIGKILL)
                assert each.process
                each.process.wait()
            place.close()


def first_key(number: int, target: str = f"slack:{CHANNEL}") -> str:
    """The key of the reminder of that number at ``DUE``."""
    return f"{PLAN}/vakt-0101-{number}/{DAY}#day@{target}"


def let_be_silent(database: Database, name: str) -> None:
    """Let a process that is dead have been silent for long."""
    with database.write() as connection:
        connection.execute(delete(nodes).where(nodes.c.name == name))


def end_the_rest(database: Database) -> bool:
    """Let what was freed have rested, as long as whoever is only cut off could still post it."""
    freed = update(deliveries).where(deliveries.c.state == DeliveryState.UNCERTAIN)
    with database.write() as connection:
        return connection.execute(freed.values(not_before=deliveries.c.attempted)).rowcount > 0
