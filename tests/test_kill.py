"""The service as a process: killed without warning, and started again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from bot.domain.delivery import DeliveryState, Part
from bot.storage.database import open_database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.tables import deliveries, nodes
from tests.processes import end_the_rest, let_be_silent
from tests.standins.slack.faults import slow
from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.workspace import Workspace
from tests.waiting import until

PLAN = Path(__file__).parents[1] / "schedules/gavle-2018-2020.yaml"
CHANNEL = "C0000001"
# From midnight to the first reminder, 07.30, in about three seconds.
FAST = "10000"


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    workspace = Workspace(clock=lambda: time.clock_gettime(time.CLOCK_REALTIME))
    workspace.messages[CHANNEL] = []
    with SlackStandIn(workspace) as stand_in:
        yield stand_in


@contextmanager
def serving(url: str, slack: SlackStandIn, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    settings = {
        "LOFTESBOT_DATABASE__URL": url,
        "LOFTESBOT_WEB__PORT": "0",
        "LOFTESBOT_SLACK__BOT_TOKEN": slack.workspace.bot_token,
        "LOFTESBOT_SLACK__APP_TOKEN": slack.workspace.app_token,
        "LOFTESBOT_SLACK__BASE_URL": slack.base_url,
        "LOFTESBOT_SLACK__TARGET": CHANNEL,
    }
    command = [sys.executable, "-m", "bot", "serve", "--plan", str(PLAN), *arguments]
    with subprocess.Popen(
        command,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def keys(slack: SlackStandIn) -> list[str]:
    every = slack.workspace.posted(CHANNEL)
    return [m["metadata"]["event_payload"]["key"] for m in every if m.get("metadata")]


def page(base: str, path: str) -> bytes:
    with closing(HTTPConnection(urlsplit(base).netloc, timeout=10)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read()


def has_messages(slack: SlackStandIn, number: int) -> bool:
    return len(keys(slack)) >= number


def sent(url: str) -> int:
    database = open_database(url)
    found = SqlDeliveries(database).counts().get("sent", 0)
    database.close()
    return found


def test_killed_between_posting_and_recording_there_is_one_message(
    database_url: str, slack: SlackStandIn
) -> None:
    slack.workspace.fail_next("chat.postMessage", slow(60))
    with serving(database_url, slack, "--clock", "2018-01-02", "--speed", FAST) as process:
        first = until(lambda: keys(slack))
        process.send_signal(signal.SIGKILL)
        process.wait()
    with closing(open_database(database_url)) as database, database.read() as connection:
        of_the_dead = connection.execute(select(nodes.c.name)).scalars().all()
    assert sent(database_url) <= 1
    with (
        closing(open_database(database_url)) as database,
        serving(database_url, slack, "--clock", "2018-01-02", "--speed", "1"),
    ):
        for name in of_the_dead:
            let_be_silent(database, name)
        until(lambda: end_the_rest(database))
        until(lambda: slack.workspace.called("conversations.history"))
        until(lambda: sent(database_url) >= 3, seconds=60)
    assert keys(slack).count(first[0]) == 1
    assert len(set(keys(slack))) == len(keys(slack))


def test_killed_again_and_again_every_reminder_is_there_once(
    sqlite_url: str, slack: SlackStandIn
) -> None:
    for number in range(1, 4):
        with serving(sqlite_url, slack, "--clock", "2018-01-02", "--speed", "100000") as process:
            until(partial(has_messages, slack, number))
            process.send_signal(signal.SIGKILL)
            process.wait()
    with serving(sqlite_url, slack, "--clock", "2018-01-02", "--speed", "1"):
        until(lambda: open_deliveries(sqlite_url) == 0, seconds=60)
    assert len(set(keys(slack))) == len(keys(slack))
    assert set(keys(slack)) == set(room_keys(sqlite_url))


def open_deliveries(url: str) -> int:
    database = open_database(url)
    counts = SqlDeliveries(database).counts()
    database.close()
    return sum(counts.get(state, 0) for state in ("pending", "claimed", "uncertain"))


def room_keys(url: str) -> list[str]:
    """The keys that the ledger says were sent to Slack."""
    database = open_database(url)
    with database.read() as connection:
        messages = select(deliveries.c.key).where(
            deliveries.c.state == DeliveryState.SENT,
            deliveries.c.part == Part.MESSAGE,
            deliveries.c.target.startswith("slack:"),
        )
        found = connection.execute(messages).scalars().all()
    database.close()
    return list(found)


def test_it_ends_cleanly_when_it_is_told_to(database_url: str, slack: SlackStandIn) -> None:
    with serving(database_url, slack) as process:
        assert process.stdout
        base = process.stdout.readline().split()[1]
        assert json.loads(page(base, "/health"))["plans"] == ["gavle-2018-2020"]
        process.send_signal(signal.SIGTERM)
        out, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in out + errors


def test_a_second_service_on_the_same_file_is_refused(sqlite_url: str, slack: SlackStandIn) -> None:
    with serving(sqlite_url, slack) as first:
        assert first.stdout
        first.stdout.readline()
        with serving(sqlite_url, slack) as second:
            _out, errors = second.communicate(timeout=20)
        assert second.returncode == 1
        assert "kör redan" in errors
        assert "Traceback" not in errors
