"""What operators do, and what a start finds: nothing stands still for ever."""

from datetime import datetime, timedelta

import pytest

from bot.domain.delivery import Delivery, DeliveryState, Outcome, Refused, Sent, TryAgain, Uncertain
from bot.storage.answers import SqlAnswers
from bot.storage.deliveries import SqlDeliveries
from tests.storage.ledger import (
    LATER,
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
LONG = 600 * SECOND


def settled(deliveries: SqlDeliveries, outcome: Outcome) -> Delivery:
    write(deliveries, draft())
    (found,) = claim(deliveries)
    settle(deliveries, found, outcome, rest=LONG)
    return found


@pytest.mark.parametrize(
    ("outcome", "unclear"),
    [(Refused("is_archived"), False), (TryAgain("busy"), False), (Uncertain("reset"), True)],
)
def test_what_is_retried_goes_out_at_once(
    deliveries: SqlDeliveries, outcome: Outcome, unclear: bool
) -> None:
    first = settled(deliveries, outcome)
    assert claim(deliveries, after=SECOND) == []
    assert deliveries.retry(first.id, now=NOW + SECOND)
    (again,) = claim(deliveries, after=SECOND)
    assert (again.id, again.attempt, again.uncertain) == (first.id, 2, unclear)


def test_a_retry_begins_anew_but_a_look_up_goes_back_to_the_first_attempt(
    deliveries: SqlDeliveries,
) -> None:
    refused, unclear = settled(deliveries, Refused("x")), None
    deliveries.retry(refused.id, now=NOW + LONG)
    (again,) = claim(deliveries, after=LONG)
    assert again.attempted == NOW + LONG
    settle(deliveries, again, Uncertain("reset"))
    deliveries.retry(refused.id, now=NOW + 2 * LONG)
    (unclear,) = claim(deliveries, after=2 * LONG)
    assert unclear.attempted == NOW + LONG


def test_a_failure_of_which_nobody_knows_is_looked_up_when_it_is_retried(
    deliveries: SqlDeliveries,
) -> None:
    found = settled(deliveries, Uncertain("reset"))
    (last,) = claim(deliveries, after=LONG)
    deliveries.give_up(last, "ett dygn har gått", now=NOW + LONG, then=[])
    assert deliveries.retry(found.id, now=NOW + LONG)
    assert [each.state for each in deliveries.listed([*DeliveryState], limit=9)] == [
        DeliveryState.UNCERTAIN
    ]
    assert claim(deliveries, after=LONG + SECOND)[0].uncertain


def test_what_is_on_its_way_or_over_is_neither_retried_nor_taken_back(
    deliveries: SqlDeliveries,
) -> None:
    write(deliveries, draft(), draft(target="slack:C2"), draft(target="slack:C3"))
    held, sent, withdrawn = claim(deliveries)
    settle(deliveries, sent, Sent("1"))
    deliveries.withdraw(withdrawn, "besvarad", now=NOW)
    before = deliveries.listed([*DeliveryState], limit=9)
    for each in (held.id, sent.id, withdrawn.id, 99):
        assert not deliveries.retry(each, now=NOW + LONG)
        assert not deliveries.take_back(each, "x", now=NOW)
    assert deliveries.listed([*DeliveryState], limit=9) == before


@pytest.mark.parametrize("outcome", [Refused("x"), TryAgain("x"), Uncertain("x")])
def test_what_is_not_sent_can_be_taken_back(deliveries: SqlDeliveries, outcome: Outcome) -> None:
    found = settled(deliveries, outcome)
    assert deliveries.take_back(found.id, "av misstag", now=NOW)
    ended = deliveries.find(found.id)
    assert ended
    assert (ended.state, ended.reason) == (DeliveryState.WITHDRAWN, "av misstag")
    assert claim(deliveries, after=LONG) == []


def test_the_newest_are_listed_the_oldest_of_them_first(deliveries: SqlDeliveries) -> None:
    write(deliveries, *(draft(occurrence=f"gavle/lagesbild/{n}") for n in range(4)))
    claim(deliveries)
    pending = deliveries.listed([DeliveryState.PENDING], limit=2)
    assert [each.draft.occurrence[-1] for each in pending] == ["2", "3"]
    both = [DeliveryState.PENDING, DeliveryState.CLAIMED]
    assert [each.id for each in deliveries.listed(both, limit=9)] == [1, 2, 3, 4]
    assert deliveries.find(99) is None


def test_what_a_dead_process_held_is_looked_up_first(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    claim(deliveries)
    assert deliveries.release(now=NOW) == 1
    assert claim(deliveries, after=5 * SECOND)[0].uncertain


def rest_of(deliveries: SqlDeliveries, now: datetime) -> datetime | None:
    return deliveries.soonest(now=now, within=timedelta(days=30))


def test_a_clock_that_was_set_back_leaves_no_rest_longer_than_an_hour(
    deliveries: SqlDeliveries, answers: SqlAnswers
) -> None:
    write(deliveries, draft(), draft(target="slack:C2"))
    resting, sent = claim(deliveries)
    settle(deliveries, resting, TryAgain("busy"), rest=HOUR / 2)
    settle(deliveries, sent, Sent("1"))
    say(answers)
    deliveries.hold(sent, NOW + HOUR / 2, target_wide=True)
    set_back = NOW - timedelta(days=3)
    deliveries.release(now=set_back)
    assert len(stale(deliveries, after=HOUR - timedelta(days=3))) == 1
    assert claim(deliveries, after=-SECOND) == []
    assert [each.id for each in claim(deliveries)] == [resting.id]


def test_a_rest_that_only_a_wrong_clock_can_have_meant_is_cut(deliveries: SqlDeliveries) -> None:
    settled(deliveries, TryAgain("busy"))
    (found,) = claim(deliveries, after=LONG)
    settle(deliveries, found, TryAgain("busy"), rest=timedelta(days=3))
    deliveries.release(now=NOW)
    assert rest_of(deliveries, NOW) == NOW + HOUR
    assert len(claim(deliveries, after=HOUR)) == 1


def test_a_rest_of_today_is_not_cut(deliveries: SqlDeliveries) -> None:
    settled(deliveries, TryAgain("busy"))
    deliveries.release(now=NOW)
    assert rest_of(deliveries, NOW) == NOW + LONG


def test_what_is_not_even_due_rests_until_it_is(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft(), after=timedelta(days=2))
    deliveries.release(now=NOW - timedelta(days=5))
    assert rest_of(deliveries, NOW - timedelta(days=5)) == NOW
    later = draft(occurrence=LATER)
    deliveries.write([later], written=NOW, now=NOW)
    deliveries.release(now=NOW - timedelta(days=5))
    assert rest_of(deliveries, NOW - timedelta(days=5)) == NOW
