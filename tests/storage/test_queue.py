"""The queue: when to look again, and that looking is cheap however much rests."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text

from bot.domain.answer import AnswerKind
from bot.domain.delivery import DeliveryState, Sent, TryAgain
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.receipts import SqlReceipts
from bot.storage.rows import as_row
from bot.storage.tables import deliveries as rows
from tests.storage.ledger import (
    LATER,
    LEASE,
    NOW,
    SECOND,
    claim,
    draft,
    say,
    settle,
    stale,
    write,
)

HOUR = timedelta(hours=1)


def soonest(
    deliveries: SqlDeliveries, *, after: timedelta = timedelta(), within: timedelta = HOUR
) -> timedelta | None:
    found = deliveries.soonest(now=NOW + after, within=within)
    return found - NOW if found else None


def test_where_nothing_waits_there_is_nothing_to_look_for(deliveries: SqlDeliveries) -> None:
    assert soonest(deliveries) is None
    write(deliveries, draft())
    settle(deliveries, claim(deliveries)[0], Sent("1"))
    assert soonest(deliveries, after=2 * SECOND) is None


def test_what_rests_is_looked_for_when_its_rest_ends(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft(), after=60 * SECOND)
    assert soonest(deliveries) == 60 * SECOND
    assert soonest(deliveries, within=59 * SECOND) is None


def test_what_is_held_is_looked_for_when_its_lease_ends(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft(), draft(occurrence=LATER))
    claim(deliveries)
    assert soonest(deliveries) == LEASE
    assert soonest(deliveries, after=2 * SECOND) == LEASE


def test_what_is_ripe_is_looked_for_when_its_target_has_its_turn(
    deliveries: SqlDeliveries,
) -> None:
    write(deliveries, draft(), draft(occurrence=LATER))
    settle(deliveries, claim(deliveries)[0], Sent("1"))
    assert soonest(deliveries) == SECOND
    limited = TryAgain("429", target_wide=True)
    settle(deliveries, claim(deliveries, after=SECOND)[0], limited, rest=30 * SECOND)
    assert soonest(deliveries) == 30 * SECOND


def test_a_claim_that_ran_out_waits_for_its_turn_too(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    (found,) = claim(deliveries)
    deliveries.hold(found, NOW + LEASE + 30 * SECOND, target_wide=True)
    assert soonest(deliveries) == LEASE
    assert soonest(deliveries, after=LEASE) == LEASE + 30 * SECOND


def test_what_was_left_over_is_looked_for_at_once(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft(), draft(target="slack:C2"))
    claim(deliveries, limit=1)
    found = soonest(deliveries)
    assert found
    assert timedelta() < found < SECOND


def test_nothing_can_be_claimed_before_it_was_foretold(deliveries: SqlDeliveries) -> None:
    """Whatever state the ledger is in, a claim right before the instant finds nothing."""
    for number in range(6):
        write(deliveries, draft(target=f"slack:C{number}"), after=number * 7 * SECOND)
    now = timedelta()
    for _ in range(15):
        for found in claim(deliveries, after=now):
            settle(deliveries, found, TryAgain("busy"), rest=now + found.id * 5 * SECOND)
        coming = soonest(deliveries, after=now)
        assert coming
        assert claim(deliveries, after=coming - timedelta(microseconds=1)) == []
        now = coming


@pytest.fixture
def full(database: Database) -> Database:
    """A ledger in which thousands rest or are over, and a few are ripe, held or stale."""
    places = [f"slack:C{n}" for n in range(50)]
    both = [
        draft(occurrence=f"gavle/{kind}/{n}", target=places[n % 50])
        for kind in ("resting", "over")
        for n in range(5_000)
    ]
    resting = [as_row(each, written=NOW, now=NOW + HOUR) for each in both[:5_000]]
    sent = {"state": DeliveryState.SENT, "settled": NOW}
    over = [
        as_row(each, written=NOW, now=NOW) | sent | {"receipt": str(number)}
        for number, each in enumerate(both[5_000:])
    ]
    with database.write() as connection:
        connection.execute(insert(rows), resting)
        connection.execute(insert(rows), over)
    ledger = SqlDeliveries(database)
    write(ledger, *(draft(target=each) for each in places))
    for number, found in enumerate(claim(ledger, limit=20)[:10]):
        settle(ledger, found, Sent(f"new-{number}"))
    say(SqlAnswers(database))
    if database.shared:
        # It does so by itself; SQLite never does, and goes by the form of the query alone.
        with database.write() as connection:
            connection.execute(text("ANALYZE"))
    return database


@contextmanager
def watched(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Collect what is asked of the database."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, *rest: Any) -> None:
        seen.append((statement, rest[0]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def plans(database: Database, seen: list[tuple[str, Any]]) -> list[str]:
    """How the database goes about each of the statements, in its own words."""
    explain = "EXPLAIN" if database.shared else "EXPLAIN QUERY PLAN"
    found = []
    for statement, values in seen:
        if statement.startswith(("SELECT", "UPDATE", "WITH")):
            with database.read() as connection:
                lines = connection.exec_driver_sql(f"{explain} {statement}", values).all()
            found.append("\n".join([statement, *(" ".join(map(str, each)) for each in lines)]))
    return found


# To read a whole table, or an index in which every row has its place.
ALL_OF_IT = re.compile(
    r"Seq Scan on deliveries|SCAN deliveries$"
    r"|SCAN deliveries USING.* INDEX (sqlite_auto|uq_|ix_deliveries_occurrence)"
    r"|ix_deliveries_over",
    re.MULTILINE,
)

DEEDS: dict[str, Callable[[SqlDeliveries], object]] = {
    "claim": lambda ledger: claim(ledger, after=2 * SECOND, limit=8),
    "claim what ran out": lambda ledger: claim(ledger, after=LEASE, limit=50),
    "soonest": lambda ledger: soonest(ledger, after=2 * SECOND),
    "stale": lambda ledger: stale(ledger, after=2 * SECOND),
    "answer": lambda ledger: say(SqlAnswers(ledger.database), kind=AnswerKind.DONE, ends=True),
    "write": lambda ledger: write(ledger, draft("ask"), draft("ask", LATER)),
    "release": lambda ledger: ledger.release(now=NOW),
    "free_dead": lambda ledger: ledger.free_dead(now=NOW, silent_for=HOUR, rest=HOUR),
    "occurrence_at": lambda ledger: SqlReceipts(ledger.database).occurrence_at("slack:C1", "new-1"),
    "find": lambda ledger: ledger.find(7),
    "retry": lambda ledger: ledger.retry(7, now=NOW),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_reads_what_rests_or_is_over(full: Database, deed: str) -> None:
    with watched(full) as seen:
        assert DEEDS[deed](SqlDeliveries(full)) is not None
    found = plans(full, seen)
    assert found
    assert [each for each in found if ALL_OF_IT.search(each)] == []


def test_the_newest_that_were_sent_are_listed_without_looking_at_the_others(
    full: Database,
) -> None:
    with watched(full) as seen:
        assert len(SqlDeliveries(full).listed([DeliveryState.SENT], limit=5)) == 5
    first = plans(full, seen)[0]
    assert [each for each in ("Seq Scan", "Sort", "TEMP B-TREE") if each in first] == []


def test_reading_a_whole_table_would_be_noticed(full: Database) -> None:
    with watched(full) as seen, full.read() as connection:
        connection.execute(select(rows).where(rows.c.reason == "x")).all()
    assert [bool(ALL_OF_IT.search(each)) for each in plans(full, seen)] == [True]
