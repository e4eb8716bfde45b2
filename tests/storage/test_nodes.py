"""Heartbeats: what a dead node held is freed, what a living one holds is left alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.delivery import Node, Sent, Uncertain
from bot.storage.deliveries import SqlDeliveries
from bot.storage.tables import nodes
from tests.storage.ledger import AT_ONCE, LEASE, NOW, SECOND, claim, draft, settle, write

SILENT = 15 * SECOND
REST = 45 * SECOND


def node(name: str) -> Node:
    return Node(name, "worker", NOW)


def free_dead(deliveries: SqlDeliveries, *, after: timedelta) -> int:
    return deliveries.free_dead(now=NOW + after, silent_for=SILENT, rest=REST)


def test_what_a_living_node_holds_is_left_alone(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    deliveries.beat(node("n1"), now=NOW)
    claim(deliveries, holder="n1")
    assert free_dead(deliveries, after=SILENT) == 0
    deliveries.beat(node("n1"), now=NOW + SILENT)
    assert free_dead(deliveries, after=2 * SILENT) == 0


def test_what_a_silent_node_holds_is_looked_up_after_a_rest(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    deliveries.beat(node("n1"), now=NOW)
    claim(deliveries, holder="n1")
    assert [free_dead(deliveries, after=SILENT + SECOND) for _ in range(2)] == [1, 0]
    assert claim(deliveries, after=SILENT + REST) == []
    (again,) = claim(deliveries, after=SILENT + REST + SECOND, holder="n2")
    assert (again.uncertain, again.attempt, again.attempted) == (True, 2, NOW)


def test_a_node_that_was_only_cut_off_can_no_longer_record(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    (found,) = claim(deliveries, holder="n1")
    assert free_dead(deliveries, after=AT_ONCE) == 1
    assert not deliveries.holds(found)
    assert not settle(deliveries, found, Sent("1"))


def test_what_another_node_delivers_is_freed_when_that_one_is_silent(
    deliveries: SqlDeliveries,
) -> None:
    write(deliveries, draft())
    (found,) = claim(deliveries, holder="claimer")
    deliveries.take_up([(found.id, found.attempt)], holder="n1")
    deliveries.beat(node("n1"), now=NOW)
    assert free_dead(deliveries, after=SILENT) == 0
    assert free_dead(deliveries, after=SILENT + SECOND) == 1


def test_an_attempt_that_was_taken_over_takes_nothing_up(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    (found,) = claim(deliveries, holder="claimer")
    deliveries.beat(node("claimer"), now=NOW)
    deliveries.take_up([(found.id, found.attempt - 1)], holder="n1")
    assert free_dead(deliveries, after=SECOND) == 0


def test_what_was_given_back_goes_out_at_once(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    deliveries.give_back(claim(deliveries, holder="n1"), now=NOW)
    (found,) = claim(deliveries, after=SECOND, holder="n2")
    assert (found.attempt, found.uncertain) == (2, False)


def test_what_was_unclear_and_is_given_back_is_still_looked_up(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    settle(deliveries, claim(deliveries)[0], Uncertain("who knows"))
    later = LEASE + SECOND
    deliveries.give_back(claim(deliveries, after=later), now=NOW + later)
    (found,) = claim(deliveries, after=later + SECOND)
    assert (found.attempt, found.uncertain) == (3, True)


def test_what_somebody_else_took_over_is_not_given_back(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    (found,) = claim(deliveries)
    (taken,) = claim(deliveries, after=LEASE + SECOND)
    deliveries.give_back([found], now=NOW)
    assert deliveries.holds(taken)


def test_a_node_that_left_holds_nothing(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    deliveries.beat(node("n1"), now=NOW)
    deliveries.beat(node("n2"), now=NOW)
    claim(deliveries, holder="n1")
    deliveries.leave("n1")
    assert free_dead(deliveries, after=SECOND) == 1


@pytest.mark.parametrize("set_back", [timedelta(minutes=30), timedelta(days=400)])
def test_a_node_from_before_the_clock_was_set_back_is_not_alive(
    deliveries: SqlDeliveries, set_back: timedelta
) -> None:
    write(deliveries, draft())
    deliveries.beat(node("n1"), now=NOW)
    claim(deliveries, holder="n1")
    assert free_dead(deliveries, after=-set_back) == 1


def test_nodes_that_are_long_gone_are_forgotten(deliveries: SqlDeliveries) -> None:
    deliveries.beat(node("n1"), now=NOW)
    deliveries.beat(node("n2"), now=NOW + timedelta(hours=20))
    free_dead(deliveries, after=timedelta(hours=25))
    with deliveries.database.read() as connection:
        assert connection.execute(select(nodes.c.name)).scalars().all() == ["n2"]
