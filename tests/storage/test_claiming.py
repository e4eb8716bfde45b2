"""Claiming by many at once: one of each target, each delivery once, and nobody starves."""

from collections.abc import Sequence
from threading import Lock

import pytest
from sqlalchemy import Connection, event, select

from bot.domain.answer import AnswerKind
from bot.domain.delivery import Delivery, DeliveryState, Sent
from bot.storage import turns
from bot.storage.answers import SqlAnswers
from bot.storage.database import open_database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.tables import deliveries as rows
from tests.storage.ledger import (
    LATER,
    LEASE,
    NOW,
    SECOND,
    at_once,
    claim,
    draft,
    say,
    settle,
    wish,
    write,
)


def test_no_more_are_claimed_than_were_asked_for(deliveries: SqlDeliveries) -> None:
    write(deliveries, *(draft(target=f"room:{n}") for n in range(5)))
    assert [len(claim(deliveries, limit=each)) for each in (0, 2, 2, 2)] == [0, 2, 2, 1]


def test_the_target_that_rested_longest_comes_first(deliveries: SqlDeliveries) -> None:
    targets = [f"slack:C{n}" for n in range(3)]
    write(deliveries, *(draft(occurrence=f"gavle/x/{n}", target=targets[0]) for n in range(9)))
    write(deliveries, *(draft(target=each) for each in targets[1:]))
    served = []
    for number in range(4):
        (found,) = claim(deliveries, after=number * SECOND, limit=1)
        served.append(found.draft.target)
        settle(deliveries, found, Sent(str(number)))
    assert served == [*targets, targets[0]]


def test_who_holds_a_delivery_is_known(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    (found,) = claim(deliveries, holder="a")
    assert found.holder == "a"
    assert claim(deliveries, after=LEASE, holder="b")[0].holder == "b"


def test_a_claim_that_ran_out_comes_before_what_is_older(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft(), draft(occurrence=LATER))
    (older,) = claim(deliveries)
    deliveries.withdraw(older, "x", now=NOW)
    (held,) = claim(deliveries, after=SECOND)
    revived = rows.update().where(rows.c.id == older.id).values(state=DeliveryState.PENDING)
    with deliveries.database.write() as connection:
        connection.execute(revived)
    (again,) = claim(deliveries, after=LEASE + SECOND)
    assert again.id == held.id
    assert deliveries.counts() == {"claimed": 1, "pending": 1}


def test_what_is_enlisted_is_kept_in_the_same_transaction(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())

    def enlist(connection: object, found: Sequence[Delivery]) -> None:
        assert isinstance(connection, Connection)
        chosen = select(rows.c.holder).where(rows.c.id == found[0].id)
        assert connection.execute(chosen).scalar_one() == "n1"
        raise OSError("the engine takes nothing")

    with pytest.raises(OSError, match="takes nothing"):
        deliveries.claim(wish(), enlist)
    assert deliveries.counts() == {"pending": 1}
    (found,) = claim(deliveries)
    assert (found.attempt, found.uncertain) == (1, False)


def test_nothing_is_enlisted_when_nothing_is_claimed(deliveries: SqlDeliveries) -> None:
    called: list[object] = []
    deliveries.claim(wish(), lambda connection, _found: called.append(connection))
    assert called == []


def test_many_threads_claim_each_delivery_once(deliveries: SqlDeliveries) -> None:
    write(deliveries, *(draft(target=f"room:{n}") for n in range(100)))
    taken: list[int] = []

    def work(_thread: int) -> None:
        while found := claim(deliveries, limit=5):
            taken.extend(each.id for each in found)

    at_once(work)
    # What a thread could not lock at once is left to the next look.
    work(0)
    assert sorted(taken) == list(range(1, 101))


def test_many_processes_never_hold_two_of_one_target(database_url: str) -> None:
    """Each thread has a database of its own, as a process has; some settle, some just die."""
    targets, of_each = 4, 12
    first = open_database(database_url)
    drafts = [
        draft(occurrence=f"gavle/lagesbild/{n}", target=f"room:{target}")
        for n in range(of_each)
        for target in range(targets)
    ]
    write(SqlDeliveries(first), *drafts)
    held: dict[str, int] = {}
    guard, sent = Lock(), list[int]()

    def work(_thread: int) -> None:
        database = open_database(database_url)
        ledger = SqlDeliveries(database)
        while len(sent) < len(drafts):
            for found in claim(ledger, limit=3):
                with guard:
                    assert found.draft.target not in held
                    held[found.draft.target] = found.id
                with guard:
                    assert held.pop(found.draft.target) == found.id
                    assert settle(ledger, found, Sent(str(found.id)))
                    sent.append(found.id)
        database.close()

    at_once(work)
    assert sorted(sent) == sorted(set(sent)) == list(range(1, len(drafts) + 1))
    for target in range(targets):
        ours = [each for each in sent if drafts[each - 1].target == f"room:{target}"]
        assert ours == sorted(ours)
    first.close()


def test_one_that_somebody_is_changing_holds_up_no_other_target(postgres_url: str) -> None:
    database = open_database(postgres_url)
    deliveries = SqlDeliveries(database)
    write(deliveries, draft(), draft(occurrence=LATER), draft(target="slack:C2"))
    with database.write() as connection:
        connection.execute(rows.update().where(rows.c.id == 1).values(wanted=7))
        assert [each.id for each in claim(deliveries)] == [3]
        # Nor does a younger one slip past it, and it is looked for again soon.
        assert claim(deliveries, after=2 * SECOND) == []
        soon = deliveries.soonest(now=NOW + 2 * SECOND, within=60 * SECOND)
        assert soon
        assert soon <= NOW + 3 * SECOND
    assert [each.id for each in claim(deliveries, after=2 * SECOND)] == [1]
    database.close()


def test_drafts_are_written_once_however_many_write_them(database_url: str) -> None:
    def work(thread: int) -> int:
        database = open_database(database_url)
        drafts = [
            draft(step, occurrence=f"gavle/lagesbild/{n}", target=target)
            for n in range(40)
            for step in ("ahead-5", "day")
            for target in ("room:x", "slack:C1")
        ]
        # Whichever order they come in, nobody waits for anybody for ever.
        written = write(SqlDeliveries(database), *(drafts[::-1] if thread % 2 else drafts))
        database.close()
        return written

    assert sum(at_once(work)) == 160
    database = open_database(database_url)
    assert SqlDeliveries(database).counts() == {"pending": 80, "withdrawn": 80}
    database.close()


def test_a_target_that_somebody_claims_from_is_left_to_them(postgres_url: str) -> None:
    database = open_database(postgres_url)
    deliveries = SqlDeliveries(database)
    write(deliveries, draft(), draft(target="slack:C2"))
    with database.write() as connection:
        turns.lock_free(connection, ["slack:C1"], now=NOW)
        assert [each.draft.target for each in claim(deliveries)] == ["slack:C2"]
    assert [each.draft.target for each in claim(deliveries)] == ["slack:C1"]
    database.close()


def test_what_is_withdrawn_at_the_last_moment_is_not_claimed(postgres_url: str) -> None:
    database, other = open_database(postgres_url), open_database(postgres_url)
    deliveries = SqlDeliveries(database)
    write(deliveries, draft())

    def meddle(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "FROM deliveries" in statement and "FOR UPDATE" in statement:
            say(SqlAnswers(other), kind=AnswerKind.DONE, ends=True)

    event.listen(database.engine, "before_cursor_execute", meddle)
    assert claim(deliveries) == []
    event.remove(database.engine, "before_cursor_execute", meddle)
    assert deliveries.counts() == {"withdrawn": 1}
    database.close()
    other.close()
