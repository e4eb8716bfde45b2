"""The ledger of deliveries: each outcome, each turn, and who may record."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.answer import AnswerKind
from bot.domain.delivery import DeliveryState, Outcome, Part, Refused, Sent, TryAgain, Uncertain
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.receipts import SqlReceipts
from bot.storage.tables import turns
from tests.storage.ledger import (
    LATER,
    LEASE,
    MEETING,
    NOW,
    SECOND,
    claim,
    draft,
    say,
    settle,
    stale,
    write,
)


def test_a_key_is_written_once_whoever_computes_it(deliveries: SqlDeliveries) -> None:
    assert [write(deliveries, draft()) for _ in range(3)] == [1, 0, 0]


def test_what_is_computed_again_and_again_uses_up_no_numbers(deliveries: SqlDeliveries) -> None:
    for _ in range(5):
        write(deliveries, draft())
    write(deliveries, draft(), draft(occurrence=LATER))
    assert [each.id for each in deliveries.listed([DeliveryState.PENDING], limit=9)] == [1, 2]


def test_a_newer_step_takes_the_place_of_one_that_waits(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft("ahead-5"))
    write(deliveries, draft("day"))
    assert [each.draft.step for each in claim(deliveries)] == ["day"]
    assert deliveries.counts() == {"claimed": 1, "withdrawn": 1}


def test_what_falls_due_later_by_a_clock_set_back_keeps_waiting(
    deliveries: SqlDeliveries,
) -> None:
    write(deliveries, draft("day"))
    write(deliveries, replace(draft("cannot-7"), due=NOW - SECOND))
    assert deliveries.counts() == {"pending": 2}


def test_of_each_target_one_delivery_at_a_time_is_claimed(deliveries: SqlDeliveries) -> None:
    others = [draft(occurrence=f"gavle/lagesbild/2018-W0{n}") for n in (5, 7)]
    write(deliveries, draft(), *others, draft(target="room:samverkan"))
    first = claim(deliveries)
    assert [each.draft.target for each in first] == ["slack:C1", "room:samverkan"]
    assert claim(deliveries, after=SECOND) == []
    settle(deliveries, first[0], Sent("1"))
    assert [each.draft.occurrence[-3:] for each in claim(deliveries, after=SECOND)] == ["W05"]


def test_a_target_waits_for_its_turn_before_the_products_limit(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft(), draft(occurrence=LATER))
    settle(deliveries, claim(deliveries)[0], Sent("1"))
    assert claim(deliveries, after=0.9 * SECOND) == []
    assert len(claim(deliveries, after=SECOND)) == 1


def test_a_rate_limit_holds_its_target_and_no_other(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft(), draft(occurrence=LATER))
    limited = TryAgain("429", 30 * SECOND, target_wide=True)
    settle(deliveries, claim(deliveries)[0], limited, rest=30 * SECOND)
    write(deliveries, draft("day", target="slack:C2"))
    assert [each.draft.target for each in claim(deliveries, after=29 * SECOND)] == ["slack:C2"]
    assert [each.draft.target for each in claim(deliveries, after=30 * SECOND)] == ["slack:C1"]


def test_a_claim_whose_lease_ran_out_comes_back_as_unclear(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    first = claim(deliveries)[0]
    assert claim(deliveries, after=LEASE - SECOND) == []
    (again,) = claim(deliveries, after=LEASE)
    assert (again.uncertain, again.attempt, again.attempted) == (True, 2, first.attempted)


def test_only_the_newest_attempt_may_record(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    old = claim(deliveries)[0]
    new = claim(deliveries, after=LEASE)[0]
    assert not settle(deliveries, old, Sent("old"))
    assert not deliveries.withdraw(old, "x", now=NOW)
    assert settle(deliveries, new, Sent("new"))
    assert SqlReceipts(deliveries.database).occurrence_at("slack:C1", "new") == MEETING


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Sent("1"), DeliveryState.SENT),
        (Refused("is_archived"), DeliveryState.FAILED),
        (TryAgain("busy"), DeliveryState.PENDING),
        (Uncertain("reset"), DeliveryState.UNCERTAIN),
    ],
)
def test_each_outcome_has_its_state(
    deliveries: SqlDeliveries, outcome: Outcome, state: DeliveryState
) -> None:
    write(deliveries, draft())
    settle(deliveries, claim(deliveries)[0], outcome)
    assert deliveries.counts() == {state: 1}


def test_an_unclear_one_rests_until_the_product_can_know_it(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    settle(deliveries, claim(deliveries)[0], Uncertain("reset"))
    assert claim(deliveries, after=4 * SECOND) == []
    assert claim(deliveries, after=5 * SECOND)[0].uncertain


def test_what_hangs_under_a_message_is_written_when_it_is_sent(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    file = replace(draft(), key="file", part=Part.CALENDAR, thread="1")
    settle(deliveries, claim(deliveries)[0], Sent("1"), [file])
    (found,) = claim(deliveries, after=SECOND)
    assert (found.draft.part, found.draft.thread) == (Part.CALENDAR, "1")


def test_an_outcome_withdraws_what_is_pending(
    deliveries: SqlDeliveries, answers: SqlAnswers
) -> None:
    write(deliveries, draft(), draft(occurrence=LATER))
    say(answers, kind=AnswerKind.DONE, ends=True)
    assert deliveries.counts() == {"pending": 1, "withdrawn": 1}


def test_a_sent_message_is_stale_until_it_shows_the_newest_answer(
    deliveries: SqlDeliveries, answers: SqlAnswers
) -> None:
    write(deliveries, draft())
    settle(deliveries, claim(deliveries)[0], Sent("1"))
    assert stale(deliveries, after=SECOND) == []
    say(answers)
    ((delivery, answer),) = stale(deliveries, after=SECOND)
    deliveries.hold(delivery, NOW + 3 * SECOND)
    assert stale(deliveries, after=2 * SECOND) == []
    deliveries.show(delivery, answer, now=NOW)
    assert stale(deliveries, after=3 * SECOND) == []


def test_showing_answers_takes_its_turn_in_the_targets_one_queue(
    deliveries: SqlDeliveries, answers: SqlAnswers
) -> None:
    write(deliveries, draft(), draft(occurrence=LATER))
    for number in (0, 1):
        (found,) = claim(deliveries, after=number * SECOND)
        settle(deliveries, found, Sent(str(number)))
    say(answers)
    say(answers, LATER)
    pace = {"slack": SECOND}
    assert deliveries.stale(now=NOW + 1.5 * SECOND, pace=pace) == []
    assert len(deliveries.stale(now=NOW + 2 * SECOND, pace=pace)) == 1
    assert deliveries.stale(now=NOW + 2.5 * SECOND, pace=pace) == []


def test_a_rate_limit_on_showing_holds_the_whole_target(
    deliveries: SqlDeliveries, answers: SqlAnswers
) -> None:
    write(deliveries, draft())
    (found,) = claim(deliveries)
    settle(deliveries, found, Sent("1"))
    write(deliveries, draft(occurrence=LATER))
    say(answers)
    ((delivery, _),) = stale(deliveries, after=SECOND)
    deliveries.hold(delivery, NOW + 30 * SECOND, target_wide=True)
    assert claim(deliveries, after=29 * SECOND) == []
    assert len(claim(deliveries, after=30 * SECOND)) == 1


def test_what_a_dead_process_held_is_looked_up_first(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    claim(deliveries)
    assert deliveries.release(now=NOW) == 1
    assert claim(deliveries, after=5 * SECOND)[0].uncertain


def test_a_shorter_rest_never_cuts_a_longer_one(
    deliveries: SqlDeliveries, answers: SqlAnswers
) -> None:
    write(deliveries, draft())
    (found,) = claim(deliveries)
    limited = TryAgain("429", 300 * SECOND, target_wide=True)
    settle(deliveries, found, limited, rest=300 * SECOND)
    deliveries.hold(found, NOW + 10 * SECOND, target_wide=True)
    write(deliveries, draft("ask"))
    assert claim(deliveries, after=299 * SECOND) == []
    assert len(claim(deliveries, after=300 * SECOND)) == 1


@pytest.mark.parametrize("outcome", [TryAgain("busy"), Uncertain("reset")])
def test_what_is_tried_again_rests_with_its_whole_target_and_keeps_its_place(
    deliveries: SqlDeliveries, outcome: Outcome
) -> None:
    write(deliveries, draft(), draft(occurrence=LATER))
    settle(deliveries, claim(deliveries)[0], outcome, rest=60 * SECOND)
    write(deliveries, draft("ask", LATER))
    assert claim(deliveries, after=59 * SECOND) == []
    assert claim(deliveries, after=60 * SECOND)[0].draft.occurrence == MEETING


def test_failures_of_a_target_are_counted_until_it_answers(
    deliveries: SqlDeliveries, database: Database
) -> None:
    write(deliveries, draft())
    counted = []
    outcomes: list[Outcome] = [TryAgain("busy"), Uncertain("reset"), Sent("1")]
    for number, outcome in enumerate(outcomes):
        (found,) = claim(deliveries, after=number * LEASE)
        assert deliveries.claimed(found.id, found.attempt) == found
        settle(deliveries, found, outcome, rest=number * LEASE)
        with database.read() as connection:
            counted.append(connection.execute(select(turns.c.failures)).scalar_one())
    assert counted == [1, 2, 0]


def test_an_attempt_is_held_until_it_is_settled_or_taken_over(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    old = claim(deliveries)[0]
    assert deliveries.holds(old)
    assert deliveries.claimed(old.id, old.attempt) == old
    new = claim(deliveries, after=LEASE)[0]
    assert (deliveries.holds(old), deliveries.holds(new)) == (False, True)
    assert deliveries.claimed(old.id, old.attempt) is None
    settle(deliveries, new, Sent("1"))
    assert not deliveries.holds(new)
    assert not deliveries.holds(replace(new, id=99))


@pytest.mark.parametrize("unclear", [False, True])
def test_the_last_try_ends_in_failure_and_says_whether_it_may_have_arrived(
    deliveries: SqlDeliveries, *, unclear: bool
) -> None:
    write(deliveries, draft())
    found = replace(claim(deliveries)[0], uncertain=unclear)
    told = draft("notice", target="room:samverkan")
    assert deliveries.give_up(found, "ett dygn har gått", now=NOW, then=[told])
    assert not deliveries.give_up(found, "en gång till", now=NOW, then=[])
    ended = deliveries.find(found.id)
    assert ended
    assert (ended.state, ended.uncertain) == (DeliveryState.FAILED, unclear)
    assert ended.reason == "ett dygn har gått"
    assert deliveries.counts() == {"failed": 1, "pending": 1}


def test_a_newer_step_written_at_once_with_an_older_one_is_the_one_that_goes_out(
    deliveries: SqlDeliveries,
) -> None:
    write(deliveries, draft("ahead-5"), draft("day"), draft("day", target="room:x"), draft("day"))
    assert sorted(each.draft.key for each in claim(deliveries)) == [
        f"{MEETING}#day@room:x",
        f"{MEETING}#day@slack:C1",
    ]
    assert deliveries.counts() == {"claimed": 2, "withdrawn": 1}


def test_more_than_a_thousand_are_written_at_once(deliveries: SqlDeliveries) -> None:
    many = [draft(occurrence=f"gavle/lagesbild/{n}") for n in range(1_200)]
    assert [write(deliveries, *many), write(deliveries, *many)] == [1_200, 0]
    assert claim(deliveries)[0].draft == many[0]


def test_an_answer_is_wanted_by_a_message_that_is_on_its_way(
    deliveries: SqlDeliveries, answers: SqlAnswers
) -> None:
    write(deliveries, draft())
    (found,) = claim(deliveries)
    said = say(answers)
    settle(deliveries, found, Sent("1"))
    ((delivery, answer),) = stale(deliveries, after=SECOND)
    assert (answer, delivery.wanted) == (said.id, said.id)
    deliveries.show(delivery, answer, now=NOW)
    assert stale(deliveries, after=2 * SECOND) == []


def test_what_a_product_took_of_late_is_told_newest_first(deliveries: SqlDeliveries) -> None:
    for number, target in enumerate(("slack:C1", "room:x", "slack:C2"), start=1):
        write(deliveries, draft(target=target))
        (found,) = claim(deliveries)
        posted = replace(found, posted=NOW + number * timedelta(hours=1))
        settle(deliveries, posted, Sent(f"r{number}"))
    name = draft().occurrence
    newest, oldest = ("C2", "r3", name), ("C1", "r1", name)
    receipts = SqlReceipts(deliveries.database)
    assert receipts.sent_since("slack", NOW, limit=9) == [newest, oldest]
    assert receipts.sent_since("slack", NOW, limit=1) == [newest]
    assert receipts.sent_since("slack", NOW + timedelta(hours=2), limit=9) == [newest]
