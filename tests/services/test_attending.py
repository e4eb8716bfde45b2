"""Replies of calendars: the newest of who is invited counts, and nothing else does."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from bot.domain.answer import Answer, AnswerKind
from bot.domain.attendance import Reply
from bot.domain.errors import AnswerRefusedError, BotError, SensitiveTextError
from bot.domain.invitation import parse_mark
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Commitment, Plan
from bot.domain.reminder import StepKind
from bot.services import retelling
from bot.services.attending import Attending, uid_of
from bot.services.desk import Desk
from bot.services.inviting import NEVER, Invited
from bot.services.membership import Member, Membership, Visitor
from bot.services.planning import Agenda
from bot.services.reminding import scheduled
from bot.storage.answers import SqlAnswers
from bot.storage.receipts import SqlReceipts
from tests.builders import make_agenda, make_answer, utc

MEETING, NEXT = "gavle/lagesbild/2018-W03", "gavle/lagesbild/2018-W05"
NOW = utc(2018, 1, 11)
ANNA, BO, CILLA = "anna@example.se", "bo@example.se", "cilla@example.se"
NAMES = {ANNA: "Anna", BO: "Bo", CILLA: "Cilla"}
ACCEPTED = Reply(uid_of(MEETING), ANNA, AnswerKind.ATTENDING, 0, NOW)
DECLINED = replace(ACCEPTED, kind=AnswerKind.ABSENT)
FIRST = parse_mark("2018-01-16 09:00–10:30")
MINUTE = timedelta(minutes=1)


@dataclass
class House:
    """A desk, and whom it has invited."""

    answers: SqlAnswers
    people: tuple[str, ...] = (ANNA, BO)
    told: dict[str, Invited] = field(
        default_factory=lambda: {ANNA: Invited(0, FIRST), BO: Invited(0, FIRST)}
    )
    changed: list[Occurrence] = field(default_factory=list)
    agenda: Agenda = field(default_factory=make_agenda)
    roles: tuple[str, ...] = ("kommunpolis",)

    @property
    def desk(self) -> Desk:
        members = [Member(n, self.roles, email=a) for a, n in NAMES.items()]
        return Desk(
            {"gavle": self.agenda}, self.answers, SqlReceipts(self.answers.database),
            lambda: NOW, self.changed.append, Membership(members),
        )  # fmt: skip

    def guests(self, _plan: Plan, _commitment: Commitment) -> Sequence[str]:
        return [f"mail:{each}" for each in self.people]

    def take(self, reply: Reply) -> Answer:
        attending = Attending(self.desk, Ledger(self), self.guests, NAMES.__getitem__, lambda: NOW)
        visitor = Visitor(reply.attendee, reply.attendee, reply.attendee)
        return attending.take(reply, visitor).answer

    @property
    def said(self) -> list[tuple[str, AnswerKind, str]]:
        answers = self.answers.standing(MEETING).answers
        return [(each.by, each.kind, each.note) for each in answers]

    @property
    def coming(self) -> list[str]:
        standing = self.answers.standing(MEETING)
        return retelling.attendance(standing, self.agenda.find(MEETING, standing).times)

    @property
    def deputies(self) -> list[str]:
        """The requests for a deputy that may still go out."""
        standings = {MEETING: self.answers.standing(MEETING)}
        steps = scheduled(self.agenda, MEETING, standings)
        return [each.step for each in steps if each.kind is StepKind.CANNOT]


def later(reply: Reply, minutes: int) -> Reply:
    return replace(reply, stamp=reply.stamp + minutes * MINUTE)


@dataclass
class Ledger:
    """What everybody was told last, by the port's own names."""

    house: House

    def told(self, _plan: str) -> dict[tuple[str, str], Invited]:
        return {(MEETING, f"mail:{each}"): found for each, found in self.house.told.items()}

    def told_of(self, occurrence: str, target: str) -> Invited:
        return self.told("gavle").get((occurrence, target), NEVER)


@pytest.fixture
def house(answers: SqlAnswers) -> House:
    return House(answers)


@pytest.mark.parametrize(
    "kind", [AnswerKind.ATTENDING, AnswerKind.TENTATIVE, AnswerKind.ABSENT], ids=str
)
def test_what_a_calendar_answers_says_who_comes(house: House, kind: AnswerKind) -> None:
    house.take(replace(ACCEPTED, kind=kind, comment="Kommer 9.15"))
    assert house.said == [("Anna", kind, "Kommer 9.15")]
    assert [each.id for each in house.changed] == [MEETING]


def test_the_same_reply_twice_is_one_answer(house: House) -> None:
    assert house.take(ACCEPTED).id == house.take(ACCEPTED).id
    assert len(house.said) == 1


def test_a_reply_that_is_overtaken_on_the_way_changes_nothing(house: House) -> None:
    house.take(replace(DECLINED, stamp=NOW + MINUTE))
    with pytest.raises(AnswerRefusedError, match="senare svar"):
        house.take(ACCEPTED)
    house.take(replace(ACCEPTED, stamp=NOW + 2 * MINUTE))
    assert [kind for _by, kind, _note in house.said] == [AnswerKind.ABSENT, AnswerKind.ATTENDING]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (replace(ACCEPTED, sequence=1), "äldre inbjudan"),
        (replace(ACCEPTED, attendee=CILLA), "inte är inbjuden"),
        (replace(ACCEPTED, uid=uid_of(NEXT)), "inte är inbjuden"),
        (replace(ACCEPTED, uid=uid_of("gavle/x/1")), "inget tillfälle"),
        (replace(ACCEPTED, uid=f"{MEETING}@feed.loftesbot"), "ingen inbjudan härifrån"),
        (replace(ACCEPTED, uid="x" * 9_000), "ingen inbjudan härifrån"),
    ],
)
def test_what_answers_another_invitation_or_none_changes_nothing(
    house: House, reply: Reply, says: str
) -> None:
    with pytest.raises(BotError, match=says):
        house.take(reply)
    assert house.said == []


def test_an_older_sequence_is_refused_once_there_is_a_newer_invitation(house: House) -> None:
    house.told[ANNA] = Invited(2, FIRST)
    with pytest.raises(AnswerRefusedError, match="äldre inbjudan"):
        house.take(replace(ACCEPTED, sequence=1))
    house.take(replace(ACCEPTED, sequence=2))


def test_who_declines_while_others_may_come_is_missing_and_no_more(house: House) -> None:
    house.take(DECLINED)
    assert house.said == [("Anna", AnswerKind.ABSENT, "")]


def test_when_nobody_is_left_who_comes_a_deputy_is_asked_for(house: House) -> None:
    house.take(DECLINED)
    house.take(replace(DECLINED, attendee=BO, comment="sjuk"))
    assert house.said[-1] == ("Bo", AnswerKind.CANNOT, "Avböjde inbjudan: sjuk")


def test_whoever_is_alone_responsible_and_declines_asks_for_a_deputy(house: House) -> None:
    house.people = (ANNA,)
    house.take(DECLINED)
    assert house.said == [("Anna", AnswerKind.CANNOT, "Avböjde inbjudan")]


def test_who_accepts_and_then_declines_does_not_come(house: House) -> None:
    house.people = (ANNA,)
    house.take(ACCEPTED)
    assert house.coming == ["Kommer: Anna"]
    house.take(later(DECLINED, 1))
    assert house.coming == []
    assert house.deputies == ["cannot-2"]


def test_a_second_decline_after_a_change_of_mind_asks_for_a_deputy_anew(house: House) -> None:
    house.people = (ANNA,)
    house.take(DECLINED)
    assert house.deputies == ["cannot-1"]
    house.take(later(ACCEPTED, 1))
    assert (house.coming, house.deputies) == (["Kommer: Anna"], [])
    house.take(later(DECLINED, 2))
    assert (house.coming, house.deputies) == ([], ["cannot-3"])


def test_the_last_to_change_their_mind_still_asks_for_a_deputy(house: House) -> None:
    house.take(DECLINED)
    house.take(replace(DECLINED, attendee=BO))
    house.take(later(ACCEPTED, 1))
    house.take(later(DECLINED, 2))
    assert house.said[-1] == ("Anna", AnswerKind.CANNOT, "Avböjde inbjudan")


def test_whoever_is_invited_says_whether_they_come_whatever_their_role(house: House) -> None:
    house.roles = ("skola",)
    house.take(ACCEPTED)
    house.take(replace(DECLINED, attendee=BO))
    house.take(later(DECLINED, 1))
    assert [kind for _by, kind, _note in house.said] == [
        AnswerKind.ATTENDING,
        AnswerKind.ABSENT,
        AnswerKind.ABSENT,
    ]
    assert house.deputies == []


def test_another_answer_in_the_same_second_is_another_answer(house: House) -> None:
    house.take(ACCEPTED)
    house.take(DECLINED)
    assert [kind for _by, kind, _note in house.said] == [AnswerKind.ATTENDING, AnswerKind.ABSENT]


def test_a_reply_from_the_future_is_refused_so_that_the_next_is_not_late(house: House) -> None:
    with pytest.raises(AnswerRefusedError, match="daterat i framtiden"):
        house.take(later(ACCEPTED, 24 * 60 + 1))
    house.take(later(ACCEPTED, 24 * 60))
    assert house.coming == ["Kommer: Anna"]


def test_an_answer_to_what_has_ended_is_refused(house: House) -> None:
    house.told[ANNA] = Invited(0, parse_mark("inställt"))
    with pytest.raises(AnswerRefusedError, match="äldre inbjudan"):
        house.take(ACCEPTED)


def test_who_comes_has_to_be_asked_again_when_a_plan_moves_the_day(house: House) -> None:
    house.take(ACCEPTED)
    moved = replace(house.agenda.by_id[MEETING], day=date(2018, 1, 18))
    object.__setattr__(house.agenda, "by_id", {**house.agenda.by_id, MEETING: moved})
    assert house.coming == []
    house.told[ANNA] = Invited(1, parse_mark("2018-01-18 09:00–10:30"))
    house.take(replace(ACCEPTED, sequence=1))
    assert house.coming == ["Kommer: Anna"]


@pytest.mark.parametrize(
    ("days", "coming"),
    [([16], ["Kommer: Anna"]), ([18], []), ([18, 16], [])],
)
def test_who_comes_holds_where_it_is_postponed_to_the_same_day_only(
    house: House, days: list[int], coming: list[str]
) -> None:
    house.take(ACCEPTED)
    for day in days:
        moved = make_answer(MEETING, AnswerKind.POSTPONED, NOW, day=date(2018, 1, day))
        house.desk.give(moved)
    assert house.coming == coming


def test_personal_data_in_a_comment_is_refused(house: House) -> None:
    with pytest.raises(SensitiveTextError):
        house.take(replace(ACCEPTED, comment="mötte 811228-9874"))
    assert house.said == []
