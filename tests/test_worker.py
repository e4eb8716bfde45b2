"""Workers as processes: they deliver what services wrote, and nothing is lost when one ends."""

import signal
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app.clocks import shared_clock
from bot.carriers.inline import WORKERS
from bot.domain.delivery import Draft
from bot.storage.tables import nodes
from tests.chaos.plan import DAY, PLAN
from tests.postgres import Postgres
from tests.processes import (
    CHANNEL,
    DUE,
    Place,
    a_place,
    end_the_rest,
    ends,
    first_key,
    let_be_silent,
    said_plainly,
)
from tests.standins.slack.faults import slow
from tests.waiting import until

SHORTLY = timedelta(seconds=1.5)
AT_ONCE = WORKERS
MANY = [f"C10000{number:02}" for number in range(AT_ONCE + 4)]
HELD_BACK_SECONDS = 2.0
FOR_LONG_SECONDS = 60.0


@pytest.fixture
def place(postgres_url: str, tmp_path: Path) -> Iterator[Place]:
    with a_place(postgres_url, tmp_path) as made:
        yield made


@pytest.fixture(params=["inline", "dbos"])
def carried(request: pytest.FixtureRequest, postgres_url: str, tmp_path: Path) -> Iterator[Place]:
    with a_place(postgres_url, tmp_path, carrier=request.param) as made:
        yield made


def owe(place: Place, *channels: str, number: int = 1) -> None:
    """Write a reminder to each of ``channels``, as a service does that is gone by now."""
    place.set_clock(DUE)
    for each in channels:
        place.slack.workspace.messages.setdefault(each, [])
    targets = [f"slack:{each}" for each in channels]
    occurrence = f"{PLAN}/vakt-0101-{number}/{DAY}"
    owed = [Draft(first_key(number, each), PLAN, occurrence, "day", each, DUE) for each in targets]
    with place.office(place.plan) as office:
        office.deliveries.write(owed, written=DUE, now=shared_clock(office.database)())


def posts(place: Place, number: int) -> bool:
    return len(place.slack.workspace.called("chat.postMessage")) >= number


def known_nodes(place: Place) -> Sequence[str]:
    with place.database.read() as connection:
        return connection.execute(select(nodes.c.name)).scalars().all()


def settles(place: Place, number: int) -> bool:
    """Whether all is at its end, where nobody who is gone can still be posting."""
    end_the_rest(place.database)
    return place.settled(number)


def test_a_worker_delivers_what_a_service_wrote(carried: Place) -> None:
    carried.per_minute = 3
    carried.set_clock(DUE - SHORTLY)
    service = carried.serve()
    until(carried.keys)
    assert ends(service) == 0
    assert len(carried.keys()) < 3
    carried.worker()
    until(lambda: settles(carried, 9))
    assert sorted(carried.keys()) == [first_key(each) for each in (1, 2, 3)]
    assert said_plainly(carried.members)


def test_two_services_on_one_database_post_once(carried: Place) -> None:
    carried.per_minute = 1
    carried.set_clock(DUE - 2 * SHORTLY)
    first = carried.begin("first", "serve", "--plan", str(carried.plan), "--clock", str(DAY))
    carried.serve("second")
    carried.ready(first)
    until(lambda: carried.settled(3))
    assert carried.keys() == [first_key(1)]
    assert [ends(each) for each in carried.members] == [0, 0]
    assert said_plainly(carried.members)


def test_a_worker_that_is_told_to_end_finishes_what_it_posts_and_gives_back_the_rest(
    place: Place,
) -> None:
    owe(place, *MANY)
    slack = place.slack.workspace
    slack.fail_next("chat.postMessage", *[slow(HELD_BACK_SECONDS)] * AT_ONCE)
    first = place.worker("first")
    until(lambda: posts(place, AT_ONCE))
    assert ends(first) == 0
    begun = place.keys(*MANY)
    assert (len(begun), place.states().count("sent")) == (AT_ONCE, AT_ONCE)
    assert known_nodes(place) == []
    place.worker("second")
    until(lambda: settles(place, len(MANY)))
    assert sorted(place.keys(*MANY)) == sorted(first_key(1, f"slack:{each}") for each in MANY)
    assert said_plainly(place.members)


def test_a_worker_that_is_told_to_end_while_the_database_is_away_ends(
    carried: Place, postgres: Postgres
) -> None:
    worker = carried.worker()
    postgres.stop("immediate")
    try:
        # The queue may have said so first, and the worker not yet.
        until(lambda: "Databasen svarar inte" in worker.said())
        assert "Nya försök görs" in worker.said()
        assert ends(worker) == 0
    finally:
        postgres.start()
    assert said_plainly([worker])
    assert "Databasen svarar inte" in worker.said()


def test_a_worker_delivers_by_the_plan_that_was_adopted_while_it_runs(place: Place) -> None:
    owe(place, CHANNEL)
    place.worker()
    until(lambda: place.settled(2))
    text = place.plan.read_text(encoding="utf-8")
    place.plan.write_text(text.replace("title: Vakt 01.01 2", "title: Ny vakt"), encoding="utf-8")
    owe(place, CHANNEL, number=2)
    until(lambda: place.settled(4))
    before, after = (m for m in place.slack.workspace.posted(CHANNEL) if m.get("metadata"))
    assert "Vakt 01.01 1" in str(before)
    assert "Ny vakt" in str(after)


def test_killed_while_it_posts_another_worker_finds_the_message(carried: Place) -> None:
    owe(carried, CHANNEL)
    carried.slack.workspace.fail_next("chat.postMessage", slow(FOR_LONG_SECONDS))
    first = carried.worker("first")
    until(lambda: posts(carried, 1))
    assert ends(first, signal.SIGKILL) == -signal.SIGKILL
    (name,) = known_nodes(carried)
    carried.worker("second")
    let_be_silent(carried.database, name)
    until(lambda: end_the_rest(carried.database))
    until(lambda: carried.settled(2))
    assert carried.keys() == [first_key(1)]
    assert carried.slack.workspace.called("conversations.history")
    assert carried.states() == ["sent", "sent"]
