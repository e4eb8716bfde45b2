"""Writing: a key goes out once, and one that is owed again waits again."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.delivery import DeliveryState, Sent, Uncertain, Withdrawal
from bot.storage.deliveries import SqlDeliveries
from tests.storage.ledger import NOW, claim, draft, settle, write

DAY = timedelta(days=1)
MOVED = replace(draft(), due=NOW + DAY)


def withdraw(deliveries: SqlDeliveries, reason: str) -> None:
    """Write a step, claim it, and take it back."""
    write(deliveries, draft())
    assert deliveries.withdraw(claim(deliveries)[0], reason, now=NOW)


def test_a_step_that_was_moved_waits_again_at_its_new_instant(deliveries: SqlDeliveries) -> None:
    withdraw(deliveries, Withdrawal.OVERTAKEN)
    assert write(deliveries, MOVED, after=DAY) == 1
    assert write(deliveries, MOVED, after=DAY) == 0
    assert claim(deliveries) == []
    found = claim(deliveries, after=DAY)[0]
    assert (found.draft, found.attempt, found.reason) == (MOVED, 2, "")
    assert found.attempted == NOW + DAY
    settle(deliveries, found, Sent("1"))
    assert write(deliveries, replace(MOVED, due=NOW + 2 * DAY)) == 0


def test_a_step_that_stayed_where_it_was_is_not_written_again(deliveries: SqlDeliveries) -> None:
    withdraw(deliveries, Withdrawal.OVERTAKEN)
    assert write(deliveries, draft()) == 0


def test_a_step_that_a_plan_dropped_and_asks_for_again_waits_again(
    deliveries: SqlDeliveries,
) -> None:
    withdraw(deliveries, Withdrawal.UNPLANNED)
    assert write(deliveries, draft()) == 1


def test_what_was_answered_replaced_or_taken_back_by_somebody_stays_so(
    deliveries: SqlDeliveries,
) -> None:
    for number, reason in enumerate((Withdrawal.ANSWERED, Withdrawal.REPLACED, "av Anna")):
        step = replace(draft(f"nag-{number}"), due=NOW)
        write(deliveries, step)
        found = deliveries.listed([DeliveryState.PENDING], limit=1)[0]
        assert deliveries.take_back(found.id, reason, now=NOW)
        assert write(deliveries, replace(step, due=NOW + DAY)) == 0


def test_a_step_that_an_answer_ended_waits_again_once_that_is_taken_back(
    deliveries: SqlDeliveries,
) -> None:
    withdraw(deliveries, Withdrawal.TAKEN_BACK)
    assert write(deliveries, draft()) == 1


def test_a_moved_step_that_may_have_arrived_is_looked_up_first(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    settle(deliveries, claim(deliveries)[0], Uncertain("who knows"))
    again = claim(deliveries, after=DAY)[0]
    assert deliveries.withdraw(again, Withdrawal.OVERTAKEN, now=NOW)
    write(deliveries, MOVED, after=2 * DAY)
    found = claim(deliveries, after=2 * DAY)[0]
    assert found.uncertain
    assert found.attempted == NOW
