"""Reminders that would come as many messages at once come as one with a list."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest

from bot.domain.answer import Answer, AnswerKind
from bot.domain.counting import CountPerPeriod
from bot.domain.delivery import Delivery, DeliveryState, Draft, Part, Refused, TryAgain
from bot.domain.delivery import Uncertain as Unclear
from bot.domain.message import Message, Tone
from bot.domain.periods import PeriodUnit, Window
from bot.domain.plan import Area, Plan
from bot.services import answering
from bot.services.delivering import Delivering
from bot.services.gathering import MOST_LISTED, MOST_SINGLE, gathered
from bot.services.planning import Agenda
from bot.services.timetable import Timetable
from bot.services.upkeep import Upkeep
from bot.storage.answers import SqlAnswers
from bot.storage.deliveries import SqlDeliveries
from bot.storage.receipts import SqlReceipts
from tests.builders import make_answer, make_commitment, make_plan, utc
from tests.carrying import ByHand
from tests.transports.fake import FakeTransport

ONCE_EACH = CountPerPeriod(1, PeriodUnit.YEAR, area_type="stadsdel")
# 45 days before the last sensible dates of 2018, at eight in the morning.
MORNING = utc(2018, 11, 13, 7, 0)
SECOND = timedelta(seconds=1)


def plan_of(districts: int, *, digest: bool = False) -> Plan:
    """A plan that asks for one dialogue a year in each of so many districts."""
    dialogue = replace(make_commitment(ONCE_EACH, "dialog"), title="Medborgardialog")
    made = make_plan(
        dialogue, make_commitment(), period=Window(date(2018, 1, 1), date(2018, 12, 31))
    )
    areas = tuple(Area(f"o{n:02}", f"Område {n}", "stadsdel") for n in range(1, districts + 1))
    roles = {name: replace(each, digest=digest) for name, each in made.roles.items()}
    return replace(made, areas=areas, roles=roles)


@dataclass
class House:
    """Upkeep and delivering over the real ledger, with a clock that is set by hand."""

    answers: SqlAnswers
    deliveries: SqlDeliveries
    plan: Plan
    now: datetime = MORNING
    transport: FakeTransport = field(default_factory=FakeTransport)
    room: FakeTransport = field(default_factory=FakeTransport)

    def __post_init__(self) -> None:
        self.agendas = {"gavle": Agenda(self.plan)}

    def remind(self, since: datetime = MORNING - 2 * timedelta(hours=1)) -> int:
        agenda = self.agendas["gavle"]
        timetables = {"gavle": Timetable(agenda, dict.fromkeys(agenda.by_id, since))}
        places = lambda _plan, _target: ["slack:C1"]  # noqa: E731
        clock = lambda: self.now  # noqa: E731
        return Upkeep(timetables, self.answers, self.deliveries, places, clock, clock).remind(
            "gavle"
        )

    @property
    def delivering(self) -> Delivering:
        return Delivering(
            self.agendas, self.answers, self.deliveries,
            {"slack": self.transport, "room": self.room}, lambda *_: b"", lambda: self.now,
            lambda: self.now, lambda: 0.0, operator="room:drift",
        )  # fmt: skip

    def deliver(self, *, after: timedelta = timedelta()) -> None:
        self.now += after
        while self.delivering.dispatch(ByHand(self._each)):
            self.now += 2 * SECOND

    def _each(self, found: Sequence[Delivery]) -> None:
        for delivery in found:
            self.delivering.deliver(delivery)

    def say(self, occurrence: str, kind: AnswerKind = AnswerKind.DONE) -> Answer:
        self.now += SECOND
        said = make_answer(occurrence, kind, self.now, by="Anna")
        return answering.give(self.agendas["gavle"], self.answers, said, now=self.now).answer

    def take_back(self, given: Answer) -> None:
        self.now += SECOND
        back = make_answer(given.occurrence, AnswerKind.TAKEN_BACK, self.now, by="Anna")
        answering.take_back(self.agendas["gavle"], self.answers, given, back)

    def shown(self) -> list[Message]:
        """What stands in the channel, after the newest answers."""
        while self.delivering.show_answers():
            self.now += 2 * SECOND
        return list(self.transport.shown.values())


@pytest.fixture
def house(answers: SqlAnswers, deliveries: SqlDeliveries) -> House:
    return House(answers, deliveries, plan_of(7))


def dialogue(number: int) -> str:
    return f"gavle/dialog/2018/o{number:02}/1"


def draft(number: int, step: str = "book-45", target: str = "slack:C1") -> Draft:
    key = f"{dialogue(number)}#{step}@{target}"
    return Draft(key, "gavle", dialogue(number), step, target, MORNING)


def sizes(drafts: Sequence[Draft]) -> list[int]:
    return [len(each.items) for each in gathered(Agenda(plan_of(60)), drafts)]


@pytest.mark.parametrize(
    ("many", "lists"),
    [(MOST_SINGLE, []), (MOST_SINGLE + 1, [6]), (MOST_LISTED, [8]), (MOST_LISTED + 1, [4, 5]),
     (30, [7, 8, 7, 8])],
)  # fmt: skip
def test_lists_are_even_and_none_is_longer_than_a_message(many: int, lists: list[int]) -> None:
    assert sizes([draft(number) for number in range(1, many + 1)]) == lists


def test_each_target_has_its_own() -> None:
    drafts = [draft(n, target=f"slack:C{n % 2}") for n in range(1, 11)]
    assert sizes(drafts) == []
    assert sizes([*drafts, draft(11, target="slack:C1")]) == [6]


def test_what_tells_more_than_a_line_comes_by_itself() -> None:
    told = [draft(n, f"{step}-{n}") for n, step in enumerate(["cannot", "notice", "lost"] * 3, 1)]
    assert sizes(told) == []


def test_seven_at_once_are_one_message_with_a_line_for_each(house: House) -> None:
    assert [house.remind(), house.remind()] == [7, 0]
    house.deliver()
    (posted,) = house.transport.posted
    assert (posted.title, posted.occurrence, posted.asks) == ("7 påminnelser", "", ())
    assert (
        posted.entries[0].text
        == "Boka in: Medborgardialog, Område 1, senast fredag 28 december 2018"
    )
    assert [each.occurrence for each in posted.entries] == [dialogue(n) for n in range(1, 8)]
    assert "• Boka in: Medborgardialog, Område 7" in posted.text


def test_a_list_shows_who_answered_what_and_what_is_left(house: House) -> None:
    house.remind()
    house.deliver()
    house.say(dialogue(2))
    (shown,) = house.shown()
    assert [bool(each.outcome) for each in shown.entries] == [False, True, *[False] * 5]
    assert "Genomförd" in shown.entries[1].outcome
    assert "Anna" in shown.entries[1].outcome
    assert shown.entries[1].asks == ()


def test_a_list_of_which_all_is_answered_is_settled(house: House) -> None:
    house.remind()
    house.deliver()
    for number in range(1, 8):
        house.say(dialogue(number))
    (shown,) = house.shown()
    assert (shown.tone, shown.lines) == (Tone.SETTLED, ("Alla är besvarade.",))


def test_an_answer_taken_back_opens_its_line_again(house: House) -> None:
    house.remind()
    house.deliver()
    given = house.say(dialogue(3))
    house.shown()
    house.take_back(given)
    (shown,) = house.shown()
    assert shown.entries[2].outcome == ""
    assert shown.entries[2].asks


def test_an_answer_in_the_moment_of_posting_is_shown(house: House) -> None:
    house.remind()
    house.say(dialogue(1))
    house.deliver(after=timedelta(minutes=1))
    (posted,) = house.transport.posted
    assert posted.entries[0].outcome


def test_a_list_of_which_all_was_answered_before_is_not_posted(house: House) -> None:
    house.remind()
    given = [house.say(dialogue(number)) for number in range(1, 8)]
    house.deliver()
    assert house.transport.posted == []
    assert house.deliveries.counts() == {"withdrawn": 8}
    # What is then taken back is owed again, by itself.
    house.take_back(given[0])
    assert house.remind() == 1
    house.deliver()
    assert [each.occurrence for each in house.transport.posted] == [dialogue(1)]


def test_a_list_that_is_unclear_is_found_and_not_posted_again(house: House) -> None:
    house.transport.outcomes = [Unclear("reset")]
    house.remind()
    house.deliver()
    house.deliver(after=10 * SECOND)
    assert len(house.transport.posted) == 1
    (found,) = house.deliveries.listed([DeliveryState.SENT], limit=9)
    assert found.draft.part is Part.LIST
    assert SqlReceipts(house.deliveries.database).occurrence_at("slack:C1", found.receipt) == ""


def test_a_list_that_has_to_wait_is_posted_once(house: House) -> None:
    house.transport.outcomes = [TryAgain("429", 30 * SECOND, target_wide=True)]
    house.remind()
    house.deliver()
    house.deliver(after=31 * SECOND)
    assert len(house.transport.posted) == 1


def test_an_operator_is_told_of_a_list_that_was_refused(house: House) -> None:
    house.transport.outcomes = [Refused("is_archived")]
    house.remind()
    house.deliver()
    (told,) = house.room.posted
    assert told.title == "Kom inte fram: 7 påminnelser"


def test_a_line_whose_occurrence_a_new_plan_has_dropped_falls_away(house: House) -> None:
    house.remind()
    house.agendas["gavle"] = Agenda(plan_of(6))
    house.deliver()
    assert [each.title for each in house.transport.posted] == ["6 påminnelser"]


def test_a_digest_comes_on_the_first_working_day_with_what_comes_that_week(
    answers: SqlAnswers, deliveries: SqlDeliveries
) -> None:
    monday = utc(2018, 11, 12, 7, 0)
    house = House(answers, deliveries, plan_of(2, digest=True), now=monday)
    house.remind(since=monday - timedelta(hours=1))
    house.deliver()
    (posted,) = house.transport.posted
    assert posted.title == "Veckobrev v. 46: kommunpolis"
    first = sorted(each.text.split()[0] for each in posted.entries)
    assert first == ["Boka", "Boka", "Genomförd?", "Påminnelse:", "Svar"]
