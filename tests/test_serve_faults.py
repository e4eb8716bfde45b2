"""The service as a process, on disks that fail it and databases that it must not touch."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.storage.database import open_database
from bot.storage.trouble import DISK, FULL
from tests.chaos.fleet import Member
from tests.chaos.people import ask
from tests.chaos.plan import DAY, PLAN
from tests.disks import FailingDisk, SmallDisk, failing_disk, or_skipped, small_disk
from tests.postgres import CONFIGURATION, Postgres
from tests.processes import (
    DUE,
    ENDING_SECONDS,
    Place,
    a_place,
    ends,
    first_key,
    said_plainly,
)
from tests.waiting import until

LATER = DUE + timedelta(seconds=3)
SHORTLY = timedelta(seconds=6)
FROM_SCRIPT = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Sec-Fetch-Site": "same-origin",
    "X-Requested-With": "fetch",
}
MANY = [f"Anna {number:02}" for number in range(40)]
# What cannot be pressed into less room.
LONG = "".join(Random(1).choices("abcdefghijklmnopqrstuvwxyzåäö", k=1_800))
FUTURE = "UPDATE alembic_version SET version_num = '9999'"
HALF = "DELETE FROM alembic_version"


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[SmallDisk]:
    with or_skipped(small_disk(tmp_path / "tiny")) as disk:
        yield disk


@pytest.fixture
def failing(tmp_path: Path) -> Iterator[FailingDisk]:
    with or_skipped(failing_disk(tmp_path / "failing")) as disk:
        yield disk


@pytest.fixture
def tiny_for_postgres() -> Iterator[tuple[SmallDisk, Postgres]]:
    """A server whose whole folder lies on a small disk; a socket's path has to be short."""
    with TemporaryDirectory(prefix="loftesbot-pg-", dir="/tmp") as folder, ExitStack() as stack:
        disk = stack.enter_context(or_skipped(small_disk(Path(folder), kilobytes=160 * 1024)))
        server = Postgres(disk.folder)
        server.prepare(CONFIGURATION)
        server.start()
        stack.callback(server.stop, "immediate")
        yield disk, server


def health(service: Member) -> Mapping[str, Any]:
    _status, body = ask(service.address, "/health")
    found: Mapping[str, Any] = json.loads(body)
    return found


def told(service: Member) -> list[str]:
    return list(health(service)["troubles"])


def answered(service: Member, number: int, *, by: str = "Anna", note: str = "") -> tuple[bool, str]:
    """Answer on the page; return whether it was taken, and what was said."""
    fields = {
        "occurrence": f"{PLAN}/vakt-0101-{number}/{DAY}",
        "kind": "acknowledged",
        "by": by,
        "note": note,
        "nonce": f"the-answer-of-{by.replace(' ', '-')}-to-{number}",
    }
    _status, body = ask(
        service.address, "/answers", method="POST", body=urlencode(fields), headers=FROM_SCRIPT
    )
    found = json.loads(body)
    return found["ok"], found["text"]


def given(place: Place) -> list[str]:
    with place.office() as office:
        return [each.by for s in office.answers.standings(PLAN).values() for each in s.answers]


def test_on_a_full_disk_it_says_so_and_goes_on_when_there_is_room(
    tiny: SmallDisk, tmp_path: Path
) -> None:
    with a_place(f"sqlite:///{tiny.folder}/loftesbot.db", tmp_path) as place:
        place.set_clock(DUE - SHORTLY)
        service = place.serve()
        tiny.fill()
        until(lambda: told(service) == [FULL])
        assert answered(service, 1) == (False, FULL)
        until(lambda: health(service)["clock"] > LATER.isoformat())
        assert place.keys() == []
        tiny.free()
        until(lambda: told(service) == [])
        until(lambda: place.settled(6))
        assert sorted(place.keys()) == [first_key(1), first_key(2)]
        assert given(place) == []
        assert answered(service, 1)[0]
        assert given(place) == ["Anna"]
        assert ends(service) == 0
        assert said_plainly([service])
        assert f"{FULL} Nya försök görs." in service.said()


def test_where_postgresql_has_no_room_no_answer_is_noted_that_is_not_kept(
    tiny_for_postgres: tuple[SmallDisk, Postgres], tmp_path: Path
) -> None:
    disk, server = tiny_for_postgres
    with a_place(server.url(server.create()), tmp_path) as place:
        place.set_clock(DUE - SHORTLY)
        service = place.serve()
        disk.fill()
        # A server goes on in the room that it has taken already, and that is soon used up.
        replies = {by: answered(service, 1, by=by, note=LONG) for by in MANY}
        noted = [by for by, (taken, _text) in replies.items() if taken]
        refused = {text for taken, text in replies.values() if not taken}
        assert refused == {FULL}
        assert sorted(given(place)) == sorted(noted)
        disk.free()
        assert [answered(service, 1, by=by, note=LONG)[0] for by in MANY] == [True] * len(MANY)
        until(lambda: place.settled(6))
        assert sorted(given(place)) == sorted(MANY)
        assert sorted(place.keys()) == [first_key(1), first_key(2)]
        assert ends(service) == 0
        assert said_plainly([service])


def test_on_a_disk_that_turns_read_only_it_says_so_and_ends_cleanly(
    failing: FailingDisk, tmp_path: Path
) -> None:
    with a_place(f"sqlite:///{failing.folder}/loftesbot.db", tmp_path) as place:
        place.set_clock(DUE - SHORTLY)
        service = place.serve()
        assert answered(service, 1)[0]
        failing.fail()
        until(lambda: told(service) == [DISK])
        assert answered(service, 2) == (False, DISK)
        assert ends(service) == 0
        assert said_plainly([service])
        failing.mend()
        again = place.serve("again")
        until(lambda: place.settled(6))
        assert sorted(place.keys()) == [first_key(1), first_key(2)]
        assert given(place) == ["Anna"]
        assert told(again) == []


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (FUTURE, "nyare version av loftesbot (tabellversion 9999)"),
        (HALF, "inte uppgiften om deras version"),
    ],
)
def test_a_database_that_is_not_for_it_is_refused_in_one_line(
    database_url: str, tmp_path: Path, statement: str, says: str
) -> None:
    with closing(open_database(database_url)) as database, database.write() as connection:
        connection.exec_driver_sql(statement)
    with a_place(database_url, tmp_path) as place:
        service = place.begin("serve", "serve", "--plan", str(place.plan))
        assert service.process
        assert service.process.wait(ENDING_SECONDS) == 1
        (line,) = service.said().splitlines()
        assert says in line
