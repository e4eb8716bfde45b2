"""Delivering when something happens at the worst moment, or when a clock was wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.domain.answer import AnswerKind
from bot.domain.delivery import (
    Absent,
    Delivery,
    DeliveryState,
    Found,
    Outcome,
    Refused,
    Sent,
    Sought,
    TryAgain,
)
from bot.domain.delivery import Uncertain as Unclear
from bot.domain.message import Message
from bot.services.delivering import LEASE, TOO_LATE
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database
from bot.storage.deliveries import SqlDeliveries
from tests.carrying import ByHand
from tests.services.test_delivering import NOW, SECOND, Desk
from tests.transports.fake import FakeTransport


@dataclass(frozen=True)
class Interrupted(SqlDeliveries):
    """A ledger during whose last look, right before a post, something happens."""

    meanwhile: list[Callable[[], object]]

    def claimed(self, delivery_id: int, attempt: int) -> Delivery | None:
        while self.meanwhile:
            self.meanwhile.pop()()
        return SqlDeliveries.claimed(self, delivery_id, attempt)


@dataclass
class DatedTransport(FakeTransport):
    """A product that looks no further back than it is asked to; it has had all since ``NOW``."""

    def find(self, sought: Sought, *, address: str) -> Found:
        found = FakeTransport.find(self, sought, address=address)
        return found if sought.since <= NOW else Absent()


@dataclass
class SlowTransport(FakeTransport):
    """A product on which something happens before a post is answered, or a change is made."""

    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def post(self, message: Message, *, address: str) -> Outcome:
        outcome = FakeTransport.post(self, message, address=address)
        self._pass_time()
        return outcome

    def update(self, message: Message, *, address: str, receipt: str) -> Outcome:
        self._pass_time()
        return FakeTransport.update(self, message, address=address, receipt=receipt)

    def _pass_time(self) -> None:
        while self.meanwhile:
            self.meanwhile.pop()()


class KeyedTransport(FakeTransport):
    """A product where the same key is the same message, with the words that it had first."""

    def post(self, message: Message, *, address: str) -> Outcome:
        known = (receipt for receipt, each in self.shown.items() if each.key == message.key)
        receipt = next(known, "")
        return Sent(receipt) if receipt else FakeTransport.post(self, message, address=address)

    def find(self, sought: Sought, *, address: str) -> Found:
        return Absent()


@pytest.fixture
def desk(database: Database, answers: SqlAnswers) -> Desk:
    return Desk(answers, Interrupted(database, []), FakeTransport())


def meanwhile(desk: Desk, act: Callable[[], object]) -> None:
    assert isinstance(desk.deliveries, Interrupted)
    desk.deliveries.meanwhile.append(act)


def test_an_outcome_right_before_the_post_is_heeded(desk: Desk) -> None:
    desk.remind()
    meanwhile(desk, lambda: desk.say(AnswerKind.DONE))
    desk.run()
    desk.run(after=60 * SECOND)
    assert desk.transport.posted == []
    assert desk.deliveries.counts() == {"withdrawn": 1}


def test_any_answer_right_before_the_post_is_in_the_message(desk: Desk) -> None:
    desk.remind()
    meanwhile(desk, lambda: desk.say(AnswerKind.ACKNOWLEDGED))
    desk.run()
    assert desk.transport.posted == []
    desk.run(after=60 * SECOND)
    assert ["Anna" in each for each in desk.transport.posted[0].history] == [True]


def test_a_lease_that_runs_short_right_before_the_post_stops_it(desk: Desk) -> None:
    def stand_still() -> None:
        desk.now += 100 * SECOND

    desk.remind()
    meanwhile(desk, stand_still)
    desk.delivering().dispatch(ByHand(desk.submit))
    assert desk.transport.posted == []


def test_an_answer_that_comes_after_the_lease_says_so_and_the_message_is_found(
    desk: Desk,
) -> None:
    told: list[Outcome | None] = []

    def deliver(found: Sequence[Delivery]) -> None:
        told.extend(desk.delivering().deliver(each) for each in found)

    desk.transport = SlowTransport(meanwhile=[lambda: desk.run(after=LEASE)])
    desk.remind()
    desk.delivering().dispatch(ByHand(deliver))
    assert told == [TOO_LATE]
    desk.run(after=60 * SECOND)
    assert len(desk.transport.posted) == 1
    assert desk.deliveries.counts() == {"sent": 2}


def test_what_may_have_arrived_stays_so_when_the_next_try_does_not_get_through(
    desk: Desk,
) -> None:
    desk.transport.outcomes = [Unclear("reset"), TryAgain("no route")]
    desk.transport.searchable = False
    desk.remind()
    desk.run()
    desk.run(after=10 * SECOND)
    desk.run(after=60 * SECOND)
    first, second = desk.transport.posted
    assert (first.repeat, second.repeat[:22]) == ("", "Kan vara en upprepning")


def test_a_message_of_a_machine_whose_clock_was_ahead_is_sought_early_enough(desk: Desk) -> None:
    desk.transport = DatedTransport([Unclear("reset")])
    desk.remind()
    desk.now += timedelta(hours=1)
    desk.run()
    desk.run(after=10 * SECOND)
    assert len(desk.transport.posted) == 1
    assert desk.deliveries.counts()["sent"] == 2


def test_a_message_that_stands_from_an_unclear_attempt_comes_to_show_the_answer(
    desk: Desk,
) -> None:
    desk.transport = KeyedTransport([Unclear("reset")])
    desk.remind()
    desk.run()
    desk.say(AnswerKind.ACKNOWLEDGED)
    desk.run(after=10 * SECOND)
    desk.delivering().show_answers()
    (shown,) = desk.transport.shown.values()
    assert ["Anna" in each for each in shown.history] == [True]


def test_a_refusal_does_not_forget_that_an_earlier_attempt_may_have_arrived(desk: Desk) -> None:
    desk.transport.outcomes = [Unclear("reset"), Refused("is_archived")]
    desk.transport.searchable = False
    desk.remind()
    desk.run()
    desk.run(after=5 * SECOND)
    (failed,) = desk.deliveries.listed([DeliveryState.FAILED], limit=9)
    assert desk.deliveries.retry(failed.id, now=desk.now)
    desk.run(after=SECOND)
    assert [bool(each.repeat) for each in desk.transport.posted] == [False, True]


def test_an_unclear_change_that_overtook_a_newer_one_is_mended(desk: Desk) -> None:
    slow = desk.transport = SlowTransport()
    desk.remind()
    desk.run()
    desk.say(AnswerKind.ACKNOWLEDGED)

    def others_show_a_newer_answer() -> None:
        desk.say(AnswerKind.DONE)
        desk.now += SECOND
        desk.delivering().show_answers()
        slow.outcomes = [Unclear("reset")]

    slow.meanwhile.append(others_show_a_newer_answer)
    desk.delivering().show_answers()
    desk.now += 11 * SECOND
    assert desk.delivering().show_answers() == 1
    assert slow.updated[-1].asks == ()
