"""Delivering over the real ledger, with a transport that does as it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.delivery import Delivery, DeliveryState, Draft, Refused, Sent, TryAgain
from bot.domain.delivery import Uncertain as Unclear
from bot.domain.occurrence import Occurrence
from bot.services import retelling
from bot.services.answering import give
from bot.services.delivering import NO_REST, Delivering, drafts
from bot.services.editions import Edition, Editions
from bot.services.planning import Agenda
from bot.services.timetable import Timetable
from bot.storage.answers import SqlAnswers
from bot.storage.deliveries import SqlDeliveries
from bot.storage.invitations import SqlInvitations
from bot.storage.receipts import SqlReceipts
from tests.builders import make_agenda, make_answer, utc
from tests.carrying import ByHand
from tests.transports.fake import FakeTransport

AGENDA = make_agenda()
MEETING = "gavle/lagesbild/2018-W03"
NOW = utc(2018, 1, 16, 6, 45)
SECOND = timedelta(seconds=1)


@dataclass
class Desk:
    """The delivering service, its ledgers and a clock that is set by hand."""

    answers: SqlAnswers
    deliveries: SqlDeliveries
    transport: FakeTransport
    room: FakeTransport = field(default_factory=FakeTransport)
    now: datetime = NOW
    plan_now: datetime | None = None
    agenda: Agenda = AGENDA
    editions: Editions = field(default_factory=lambda: Editions(Edition(1, NOW), {}))

    def delivering(self, agendas: dict[str, Agenda] | None = None) -> Delivering:
        def render(occurrence: Occurrence, standing: Standing) -> bytes:
            return f"{occurrence.day} {standing.sequence}".encode()

        known = {"gavle": self.agenda} if agendas is None else agendas
        products = {"slack": self.transport, "room": self.room}
        return Delivering(
            agendas=known,
            answers=self.answers,
            ledger=self.deliveries,
            transports=products,
            render=render,
            clock=lambda: self.now,
            plan_clock=lambda: self.plan_now or self.now,
            chance=lambda: 0.0,
            operator="room:drift",
            invite=lambda draft, _standing: f"{draft.step} {draft.thread}".encode(),
            invited=SqlInvitations(self.deliveries.database),
            editions={"gavle": self.editions},
        )

    def owed(self) -> list[Draft]:
        standings = self.answers.standings("gavle")
        since = dict.fromkeys(AGENDA.by_id, utc(2018, 1, 16, 0))
        owed = Timetable(AGENDA, since).owed
        found = owed(AGENDA.plan.commitments, standings, now=self.now)
        ours = [each for each in found if each.occurrence.id == MEETING]
        return drafts(ours, {"samverkan": ["slack:C1"]})

    def remind(self) -> int:
        return self.deliveries.write(self.owed(), written=self.now, now=self.now)

    def run(self, *, after: timedelta = timedelta()) -> int:
        """Deliver, one round after another, until nothing is ripe any more."""
        self.now += after
        rounds = 0
        while self.delivering().dispatch(ByHand(self.submit)):
            rounds += 1
        return rounds

    def submit(self, found: Sequence[Delivery]) -> None:
        for delivery in found:
            self.delivering().deliver(delivery)

    def say(self, kind: AnswerKind, by: str = "Anna") -> Answer:
        said = make_answer(MEETING, kind, self.now, by=by)
        return give(AGENDA, self.answers, said, now=self.now).answer


@pytest.fixture
def desk(answers: SqlAnswers, deliveries: SqlDeliveries) -> Desk:
    return Desk(answers, deliveries, FakeTransport())


def test_a_reminder_is_sent_once_with_its_calendar_file(desk: Desk) -> None:
    assert [desk.remind(), desk.remind()] == [1, 0]
    desk.run()
    desk.run(after=60 * SECOND)
    assert [each.title for each in desk.transport.posted] == ["I dag: Gemensam lägesbild"]
    (file,) = desk.transport.enclosed
    assert (file.thread, file.name) == ("ts0", "gavle-lagesbild-2018-W03.ics")
    assert desk.deliveries.counts() == {"sent": 2}


def test_a_product_that_links_gets_no_file(desk: Desk) -> None:
    desk.transport.encloses = False
    desk.remind()
    desk.run()
    assert desk.deliveries.counts() == {"sent": 1}


def test_an_unclear_message_that_arrived_is_found_and_not_sent_again(desk: Desk) -> None:
    desk.transport.outcomes = [Unclear("reset")]
    desk.remind()
    desk.run()
    desk.run(after=5 * SECOND)
    assert len(desk.transport.posted) == 1
    assert SqlReceipts(desk.deliveries.database).occurrence_at("slack:C1", "ts0") == MEETING


def test_an_unclear_message_that_did_not_arrive_is_sent_again(desk: Desk) -> None:
    desk.transport.outcomes = [Unclear("reset")]
    desk.remind()
    desk.run()
    desk.transport.shown.clear()
    desk.run(after=5 * SECOND)
    assert len(desk.transport.posted) == 2


def test_nothing_is_sent_again_while_the_product_cannot_be_asked(desk: Desk) -> None:
    desk.transport.outcomes = [Unclear("reset")]
    desk.transport.silent = True
    desk.remind()
    desk.run()
    for _ in range(5):
        desk.run(after=700 * SECOND)
    assert len(desk.transport.posted) == 1
    assert desk.deliveries.counts() == {"uncertain": 1}


def test_try_again_waits_as_long_as_the_product_asks(desk: Desk) -> None:
    desk.transport.outcomes = [TryAgain("429", 30 * SECOND, target_wide=True)]
    desk.remind()
    desk.run()
    desk.run(after=29 * SECOND)
    assert desk.transport.posted == []
    desk.run(after=SECOND)
    assert len(desk.transport.posted) == 1


def test_a_refusal_is_not_tried_again_and_an_operator_is_told(desk: Desk) -> None:
    desk.transport.outcomes = [Refused("is_archived")]
    desk.remind()
    desk.run()
    desk.run(after=10_000 * SECOND)
    assert desk.deliveries.counts() == {"failed": 1, "sent": 1}
    (told,) = desk.room.posted
    assert told.title == "Kom inte fram: I dag: Gemensam lägesbild"
    assert told.lines[:2] == ("Till: slack:C1", "Varför: is_archived")
    assert told.asks == ()


def test_the_last_try_is_three_days_after_the_first(desk: Desk) -> None:
    first = desk.now = utc(2018, 2, 7, 7, 5)  # nothing newer comes after the last escalation
    desk.transport.outcomes = [TryAgain("down")] * 1000
    desk.remind()
    desk.run()
    while desk.deliveries.counts() == {"pending": 1}:
        desk.run(after=timedelta(minutes=10))
    assert timedelta(days=2, hours=23) < desk.now - first < timedelta(days=3, minutes=20)
    assert desk.deliveries.counts() == {"failed": 1, "sent": 1}
    assert "gav upp efter 3 dygn: down" in desk.room.posted[0].text


def test_what_failed_goes_out_when_an_operator_says_so(desk: Desk) -> None:
    desk.transport.outcomes = [Refused("is_archived")]
    desk.remind()
    desk.run()
    (failed,) = desk.deliveries.listed([DeliveryState.FAILED], limit=9)
    assert desk.deliveries.retry(failed.id, now=desk.now)
    desk.run(after=SECOND)
    assert [each.title for each in desk.transport.posted] == ["I dag: Gemensam lägesbild"]


def test_what_failed_after_an_unclear_last_try_is_looked_up_before_it_goes_out_again(
    desk: Desk,
) -> None:
    desk.now = utc(2018, 2, 7, 7, 5)
    desk.transport.outcomes = [TryAgain("down"), Unclear("reset")]
    desk.remind()
    desk.run()
    desk.run(after=timedelta(days=3))
    (failed,) = desk.deliveries.listed([DeliveryState.FAILED], limit=9)
    assert desk.deliveries.retry(failed.id, now=desk.now)
    desk.run(after=SECOND)
    assert len(desk.transport.posted) == 1
    assert desk.deliveries.counts() == {"sent": 2, "withdrawn": 1}


def test_an_operator_is_not_told_of_what_has_been_mended_meanwhile(desk: Desk) -> None:
    desk.transport.outcomes = [Refused("is_archived")]
    desk.remind()
    claimed: list[Delivery] = []
    desk.delivering().dispatch(ByHand(claimed.extend))
    desk.submit(claimed)
    (failed,) = desk.deliveries.listed([DeliveryState.FAILED], limit=9)
    desk.deliveries.retry(failed.id, now=desk.now)
    desk.run()
    assert desk.room.posted == []


def test_nothing_goes_out_after_an_outcome(desk: Desk) -> None:
    desk.transport.outcomes = [TryAgain("busy")]
    desk.remind()
    desk.run()
    desk.say(AnswerKind.DONE)
    desk.run(after=60 * SECOND)
    assert desk.transport.posted == []
    assert desk.deliveries.counts() == {"withdrawn": 1}


def test_an_outcome_in_the_middle_of_an_attempt_withdraws_it(desk: Desk) -> None:
    desk.remind()
    claimed: list[Delivery] = []
    desk.delivering().dispatch(ByHand(claimed.extend))
    desk.say(AnswerKind.DONE)
    desk.submit(claimed)
    assert desk.transport.posted == []
    assert desk.deliveries.counts() == {"withdrawn": 1}


def test_an_attempt_with_too_little_lease_left_posts_nothing(desk: Desk) -> None:
    desk.remind()
    claimed: list[Delivery] = []
    desk.delivering().dispatch(ByHand(claimed.extend))
    desk.now += 100 * SECOND
    desk.submit(claimed)
    assert desk.transport.posted == []
    assert desk.deliveries.counts() == {"pending": 1}


def test_a_sent_message_shows_who_answered_and_loses_its_buttons(desk: Desk) -> None:
    desk.remind()
    desk.run()
    desk.say(AnswerKind.DONE, "Anna")
    assert [desk.delivering().show_answers(), desk.delivering().show_answers()] == [1, 0]
    (shown,) = desk.transport.updated
    assert shown.asks == ()
    assert "Anna" in shown.history[0]
    assert shown.key == desk.transport.posted[0].key


def test_showing_an_answer_rests_when_the_product_is_busy(desk: Desk) -> None:
    desk.remind()
    desk.run()
    desk.say(AnswerKind.ACKNOWLEDGED)
    desk.transport.outcomes = [TryAgain("429", 30 * SECOND)]
    assert desk.delivering().show_answers() == 1
    assert desk.delivering().show_answers() == 0
    desk.now += 30 * SECOND
    desk.delivering().show_answers()
    assert desk.delivering().show_answers() == 0
    assert len(desk.transport.updated) == 2


def test_a_late_reminder_says_so(desk: Desk) -> None:
    desk.now = utc(2018, 1, 16, 8)
    desk.remind()
    desk.run()
    assert desk.transport.posted[0].late == (
        "Försenad påminnelse: skulle ha kommit 16 januari 2018 kl. 7.30."
    )


def test_what_the_plan_has_dropped_is_withdrawn(desk: Desk) -> None:
    desk.remind()
    empty = desk.delivering({})
    claimed: list[Delivery] = []
    empty.dispatch(ByHand(claimed.extend))
    for delivery in claimed:
        empty.deliver(delivery)
    assert desk.deliveries.counts() == {"withdrawn": 1}


def test_an_answer_given_during_the_look_up_is_heeded(desk: Desk) -> None:
    desk.transport.outcomes = [Unclear("reset")]
    desk.remind()
    desk.run()
    desk.transport.shown.clear()
    desk.transport.during_find = lambda: desk.say(AnswerKind.DONE)
    desk.run(after=5 * SECOND)
    assert len(desk.transport.posted) == 1
    assert desk.deliveries.counts() == {"withdrawn": 1}


def test_after_an_outage_an_older_step_gives_way_to_the_newer(desk: Desk) -> None:
    desk.transport.outcomes = [Unclear("reset")]
    desk.remind()
    desk.run()
    desk.transport.shown.clear()
    desk.now = utc(2018, 1, 17, 8)
    desk.remind()
    desk.run()
    assert [each.title for each in desk.transport.posted[1:]] == ["Genomförd? Gemensam lägesbild"]


def test_what_was_held_back_says_how_late_it_is_when_it_goes_out(desk: Desk) -> None:
    desk.transport.outcomes = [TryAgain("429", timedelta(hours=5), target_wide=True)]
    desk.remind()
    desk.run()
    desk.run(after=timedelta(hours=5))
    (posted,) = desk.transport.posted
    assert posted.late.startswith("Försenad påminnelse")
    desk.say(AnswerKind.ACKNOWLEDGED)
    desk.delivering().show_answers()
    assert desk.transport.updated[0].late == posted.late


def test_a_fault_of_ours_leaves_the_delivery_unclear_and_lets_others_pass(desk: Desk) -> None:
    desk.remind()
    claimed: list[Delivery] = []
    desk.delivering().dispatch(ByHand(claimed.extend))
    broken = replace(claimed[0], uncertain=True)
    desk.transport.during_find = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        desk.delivering().deliver(broken)
    assert desk.deliveries.counts() == {"uncertain": 1}


def test_a_limit_met_while_looking_up_holds_the_target(desk: Desk) -> None:
    desk.transport.outcomes = [Unclear("reset")]
    desk.transport.limit = TryAgain("429", 300 * SECOND, target_wide=True)
    desk.remind()
    desk.run()
    desk.run(after=5 * SECOND)
    assert desk.run(after=299 * SECOND) == 0
    assert desk.run(after=SECOND) == 1


def test_a_clock_that_was_set_back_makes_a_reminder_wait_and_not_go_lost(desk: Desk) -> None:
    desk.remind()
    desk.plan_now = NOW - timedelta(hours=1)
    desk.run()
    assert desk.transport.posted == []
    desk.plan_now = None
    desk.run(after=timedelta(hours=1))
    assert [each.title for each in desk.transport.posted] == ["I dag: Gemensam lägesbild"]


def test_word_beforehand_does_not_come_after_the_day(desk: Desk) -> None:
    desk.transport.outcomes = [TryAgain("429", timedelta(hours=18), target_wide=True)]
    desk.remind()
    desk.run()
    desk.now = utc(2018, 1, 17, 6)
    desk.run()
    assert desk.transport.posted == []
    (lost,) = desk.deliveries.listed([DeliveryState.WITHDRAWN], limit=9)
    assert lost.reason == "tillfället har redan varit"


def test_what_cannot_be_looked_up_is_sent_again_and_says_that_it_may_be_a_repeat(
    desk: Desk,
) -> None:
    desk.transport.outcomes = [Unclear("reset")]
    desk.transport.searchable = False
    desk.remind()
    desk.run()
    desk.run(after=5 * SECOND)
    first, second = desk.transport.posted
    assert (first.key, first.repeat) == (second.key, "")
    assert second.repeat.startswith("Kan vara en upprepning")
    assert second.text.startswith(second.repeat)


def test_an_attempt_that_was_taken_over_posts_nothing(desk: Desk) -> None:
    desk.remind()
    claimed: list[Delivery] = []
    desk.delivering().dispatch(ByHand(claimed.extend))
    desk.deliveries.release(now=desk.now)
    desk.submit(claimed)
    assert desk.transport.posted == []
    desk.run(after=5 * SECOND)
    assert len(desk.transport.posted) == 1


def test_a_target_that_is_down_holds_up_no_other(desk: Desk) -> None:
    desk.transport.outcomes = [TryAgain("down")]
    desk.remind()
    again = [replace(each, key=f"{each.key}2", target="slack:C2") for each in desk.owed()]
    desk.deliveries.write(again, written=desk.now, now=desk.now)
    desk.run()
    assert len(desk.transport.posted) == 1


def test_an_operator_is_told_at_once_of_what_somebody_has_to_mend(desk: Desk) -> None:
    revoked = TryAgain("token_revoked: Kontrollera", timedelta(minutes=10), True, broken=True)
    desk.transport.outcomes = [revoked, revoked]
    desk.remind()
    desk.run()
    desk.run(after=timedelta(minutes=11))
    (told,) = desk.room.posted
    assert told.title == "Kommer inte fram: I dag: Gemensam lägesbild"
    assert told.lines[1] == "Varför: token_revoked: Kontrollera"
    assert desk.deliveries.stuck(now=desk.now) == [("slack:C1", "token_revoked: Kontrollera")]
    desk.run(after=timedelta(minutes=11))
    assert len(desk.transport.posted) == 1
    assert desk.deliveries.stuck(now=desk.now) == []


def test_what_fails_now_and_then_is_nothing_to_tell(desk: Desk) -> None:
    desk.transport.outcomes = [TryAgain("reset")]
    desk.remind()
    desk.run()
    assert desk.deliveries.stuck(now=desk.now) == []
    assert desk.room.posted == []


def test_what_often_fails_stands_still(desk: Desk) -> None:
    desk.transport.outcomes = [TryAgain("down")] * 3
    desk.remind()
    for _ in range(3):
        desk.run(after=timedelta(seconds=30))
    assert desk.deliveries.stuck(now=desk.now) == [("slack:C1", "down")]


def test_an_answer_is_told_once_in_the_thread_of_the_newest_message(desk: Desk) -> None:
    desk.transport.retells = True
    desk.remind()
    desk.run()
    later = [replace(each, key=f"{each.key}2", step="ask") for each in desk.owed()]
    desk.deliveries.write(later, written=desk.now, now=desk.now)
    claimed: list[Delivery] = []
    desk.now += 5 * SECOND
    desk.delivering().dispatch(ByHand(claimed.extend))
    for each in claimed:
        desk.deliveries.settle(each, Sent("ts9"), now=desk.now, rest=NO_REST, then=[])
    desk.say(AnswerKind.ACKNOWLEDGED)
    desk.say(AnswerKind.DONE, by="Bo")
    for _ in range(4):
        desk.delivering().show_answers()
        desk.run(after=5 * SECOND)
    told = [(each.thread, each.title) for each in desk.transport.posted if each.thread]
    assert [thread for thread, _title in told] == ["ts9", "ts9"]
    assert told[0][1].startswith("Kvitterat: ”orsaken” – Anna")
    assert told[1][1].startswith("Genomförd (16 januari 2018): ”orsaken” – Bo")


def test_what_a_message_showed_from_the_start_is_not_told_again(desk: Desk) -> None:
    desk.remind()
    claimed: list[Delivery] = []
    desk.delivering().dispatch(ByHand(claimed.extend))
    seen, new = desk.say(AnswerKind.ACKNOWLEDGED), desk.say(AnswerKind.DONE, by="Bo")
    sent = replace(claimed[0], shown=seen.id, receipt="ts0")
    standing = desk.answers.standing(MEETING)
    (told,) = retelling.drafts(sent, standing, upto=new.id, now=desk.now)
    assert (told.step, told.thread) == (f"said-{new.id}", "ts0")
    assert retelling.drafts(sent, standing, upto=seen.id, now=desk.now) == []


def test_an_answer_told_in_a_thread_whose_fate_is_unclear_is_looked_up(desk: Desk) -> None:
    desk.transport.retells = True
    desk.remind()
    desk.run()
    desk.say(AnswerKind.ACKNOWLEDGED)
    desk.delivering().show_answers()
    desk.transport.outcomes = [Unclear("reset")]
    desk.run(after=5 * SECOND)
    desk.run(after=10 * SECOND)
    assert len([each for each in desk.transport.posted if each.thread]) == 1
    assert desk.deliveries.counts() == {"sent": 3}
