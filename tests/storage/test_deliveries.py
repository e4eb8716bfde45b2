from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from bot.domain.answer import AnswerKind
from bot.domain.delivery import (
    Delivery,
    DeliveryState,
    Draft,
    Outcome,
    Part,
    Refused,
    Sent,
    TryAgain,
    Uncertain,
)
from bot.services.ports import Decision
from bot.storage.answers import SqlAnswers
from bot.storage.deliveries import SqlDeliveries
from tests.builders import make_answer, utc

NOW = utc(2018, 1, 11)
LEASE = timedelta(seconds=120)
MEETING = "gavle/lagesbild/2018-W03"
SECOND = timedelta(seconds=1)


def draft(step: str = "day", occurrence: str = MEETING, target: str = "slack:C1") -> Draft:
    key = f"{occurrence}#{step}@{target}"
    return Draft(key, "gavle", occurrence, step, target, NOW)


def write(deliveries: SqlDeliveries, *drafts: Draft) -> int:
    return deliveries.write(drafts, written=NOW, now=NOW)


def claim(deliveries: SqlDeliveries, *, after: timedelta = timedelta()) -> list[Delivery]:
    return deliveries.claim(now=NOW + after, lease=LEASE, pace={"slack": SECOND})


def stale(
    deliveries: SqlDeliveries, *, after: timedelta = timedelta()
) -> list[tuple[Delivery, int]]:
    return deliveries.stale(now=NOW + after, pace={})


def settle(
    deliveries: SqlDeliveries, delivery: Delivery, outcome: Outcome, then: Sequence[Draft] = ()
) -> bool:
    return deliveries.settle(delivery, outcome, now=NOW, then=then)


def test_a_key_is_written_once_whoever_computes_it(deliveries: SqlDeliveries) -> None:
    assert [write(deliveries, draft()) for _ in range(3)] == [1, 0, 0]


def test_a_newer_step_takes_the_place_of_one_that_waits(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft("ahead-5"))
    write(deliveries, draft("day"))
    assert [each.draft.step for each in claim(deliveries)] == ["day"]
    assert deliveries.counts() == {"claimed": 1, "withdrawn": 1}


def test_of_each_target_one_delivery_at_a_time_is_claimed(deliveries: SqlDeliveries) -> None:
    others = [draft(occurrence=f"gavle/lagesbild/2018-W0{n}") for n in (5, 7)]
    write(deliveries, draft(), *others, draft(target="room:samverkan"))
    first = claim(deliveries)
    assert [each.draft.target for each in first] == ["slack:C1", "room:samverkan"]
    assert claim(deliveries, after=SECOND) == []
    settle(deliveries, first[0], Sent("1"))
    assert [each.draft.occurrence[-3:] for each in claim(deliveries, after=SECOND)] == ["W05"]


def test_a_target_waits_for_its_turn_before_the_products_limit(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft(), draft(occurrence="gavle/lagesbild/2018-W05"))
    settle(deliveries, claim(deliveries)[0], Sent("1"))
    assert claim(deliveries, after=0.9 * SECOND) == []
    assert len(claim(deliveries, after=SECOND)) == 1


def test_a_rate_limit_holds_its_target_and_no_other(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft(), draft(occurrence="gavle/lagesbild/2018-W05"))
    limited = TryAgain("429", timedelta(seconds=30), target_wide=True)
    settle(deliveries, claim(deliveries)[0], limited)
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
    assert deliveries.occurrence_at("slack:C1", "new") == MEETING


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
    write(deliveries, draft(), draft(occurrence="gavle/lagesbild/2018-W05"))
    done = make_answer(MEETING, AnswerKind.DONE)
    answers.decide(MEETING, "", lambda _s: Decision(store=done, ends_reminders=True))
    assert deliveries.counts() == {"pending": 1, "withdrawn": 1}


def answered(answers: SqlAnswers, occurrence: str = MEETING) -> None:
    seen = make_answer(occurrence, AnswerKind.ACKNOWLEDGED)
    answers.decide(occurrence, "", lambda _s: Decision(store=seen))


def test_a_sent_message_is_stale_until_it_shows_the_newest_answer(
    deliveries: SqlDeliveries, answers: SqlAnswers
) -> None:
    write(deliveries, draft())
    settle(deliveries, claim(deliveries)[0], Sent("1"))
    assert stale(deliveries, after=SECOND) == []
    answered(answers)
    ((delivery, answer),) = stale(deliveries, after=SECOND)
    deliveries.hold(delivery, NOW + 3 * SECOND)
    assert stale(deliveries, after=2 * SECOND) == []
    deliveries.show(delivery, answer)
    assert stale(deliveries, after=3 * SECOND) == []


def test_showing_answers_takes_its_turn_in_the_targets_one_queue(
    deliveries: SqlDeliveries, answers: SqlAnswers
) -> None:
    later = "gavle/lagesbild/2018-W05"
    write(deliveries, draft(), draft(occurrence=later))
    for number in (0, 1):
        (found,) = claim(deliveries, after=number * SECOND)
        settle(deliveries, found, Sent(str(number)))
    answered(answers)
    answered(answers, later)
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
    write(deliveries, draft(occurrence="gavle/lagesbild/2018-W05"))
    answered(answers)
    ((delivery, _),) = stale(deliveries, after=SECOND)
    deliveries.hold(delivery, NOW + 30 * SECOND, target_wide=True)
    assert claim(deliveries, after=29 * SECOND) == []
    assert len(claim(deliveries, after=30 * SECOND)) == 1


def test_what_a_dead_process_held_is_looked_up_first(deliveries: SqlDeliveries) -> None:
    write(deliveries, draft())
    claim(deliveries)
    assert deliveries.release(now=NOW) == 1
    assert claim(deliveries, after=5 * SECOND)[0].uncertain


def test_many_threads_claim_each_delivery_once(deliveries: SqlDeliveries) -> None:
    write(deliveries, *(draft(target=f"room:{n}") for n in range(200)))
    together, taken = Barrier(8), list[int]()

    def work() -> None:
        together.wait()
        while found := claim(deliveries):
            taken.extend(each.id for each in found)

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 200


def test_a_shorter_rest_never_cuts_a_longer_one(
    deliveries: SqlDeliveries, answers: SqlAnswers
) -> None:
    write(deliveries, draft())
    (found,) = claim(deliveries)
    settle(deliveries, found, TryAgain("429", 300 * SECOND, target_wide=True))
    deliveries.hold(found, NOW + 10 * SECOND, target_wide=True)
    write(deliveries, draft("ask"))
    assert claim(deliveries, after=299 * SECOND) == []
    assert len(claim(deliveries, after=300 * SECOND)) == 1
