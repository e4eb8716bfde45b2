"""Who may answer, and who gets a friendly no."""

from dataclasses import replace

import pytest

from bot.domain.errors import AnswerRefusedError
from bot.services.membership import Member, Membership, Visitor
from tests.builders import make_commitment, make_plan

PLAN = make_plan()
MEETING = make_commitment()
POLICE = Member("Anna", ("kommunpolis",), email="Anna@example.se")
DEPUTY = Member("Bo", ("stf",), slack="UBO")
COORDINATOR = Member("Cilla", ("samordnare",), email="cilla@example.se")
OTHER = Member("David", ("skola",), email="david@example.se")
MEMBERS = Membership([POLICE, DEPUTY, COORDINATOR, OTHER])


@pytest.mark.parametrize(
    "visitor",
    [
        Visitor("UANNA", "Anna A", email="anna@EXAMPLE.se"),
        Visitor("UBO", "Bo"),
        Visitor("UCILLA", "Cilla", email="cilla@example.se"),
        Visitor("UBO", "Bo", outside=True),
    ],
)
def test_holders_deputies_and_those_above_may_answer(visitor: Visitor) -> None:
    MEMBERS.refuse(PLAN, MEETING, visitor)


@pytest.mark.parametrize(
    "visitor",
    [Visitor("UDAVID", "David", email="david@example.se"), Visitor("UEVA", "Eva"), Visitor("", "")],
)
def test_others_get_a_friendly_no_that_names_who_may(visitor: Visitor) -> None:
    with pytest.raises(AnswerRefusedError, match="för Kommunpolis, Ställföreträdare"):
        MEMBERS.refuse(PLAN, MEETING, visitor)


def test_a_plan_may_let_anyone_answer_but_those_from_outside() -> None:
    plan = replace(PLAN, anyone_answers=True)
    MEMBERS.refuse(plan, MEETING, Visitor("UEVA", "Eva"))
    with pytest.raises(AnswerRefusedError, match="arbetsgruppen"):
        MEMBERS.refuse(plan, MEETING, Visitor("UGUEST", "Gäst", outside=True))


def test_without_members_everybody_may_answer_but_those_from_outside() -> None:
    Membership().refuse(PLAN, MEETING, Visitor("UEVA", "Eva"))
    with pytest.raises(AnswerRefusedError, match="arbetsgruppen"):
        Membership().refuse(PLAN, MEETING, Visitor("UGUEST", "Gäst", outside=True))


def test_an_address_that_nobody_has_is_nobodys() -> None:
    assert Membership([DEPUTY]).member(Visitor("UEVA", "Eva", email="")) is None
