"""Since which text of a plan each occurrence is as it is, and what was dropped."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from bot.domain.answer import AnswerKind, Standing
from bot.domain.walltime import Hours
from bot.services.editions import Edition, editions
from bot.services.planning import Agenda
from tests.builders import QUARTERLY, make_agenda, make_answer, make_commitment, utc

FIRST, SECOND, THIRD = utc(2018, 1, 1), utc(2018, 6, 1), utc(2018, 9, 1)
MEETING, SLOT = make_commitment(), make_commitment(QUARTERLY, "plats")
LATER_HOUR = replace(MEETING, hours=Hours(time(13), time(14)))
BOTH = make_agenda(MEETING, SLOT)


def test_what_a_new_text_says_the_same_of_stays_as_it_was() -> None:
    found = editions([(BOTH, FIRST), (make_agenda(LATER_HOUR, SLOT), SECOND)])
    assert found.of["gavle/plats/2018-Q1"] == Edition(1, FIRST)
    assert found.of["gavle/lagesbild/2018-W03"] == Edition(2, SECOND)
    assert (found.newest, found.left) == (Edition(2, SECOND), ())


def said(name: str, *answers: tuple[AnswerKind, datetime, date | None]) -> Standing:
    return Standing(
        tuple(
            replace(make_answer(name, kind, at, day=day), id=number)
            for number, (kind, at, day) in enumerate(answers, start=1)
        )
    )


MARCH, FEBRUARY = utc(2018, 3, 1), date(2018, 2, 7)
BOOKED = (AnswerKind.BOOKED, utc(2018, 1, 20), FEBRUARY)
DONE = (AnswerKind.DONE, utc(2018, 2, 8), None)
SLOT_ID, JANUARY, JUNE = (
    "gavle/plats/2018-Q1",
    "gavle/lagesbild/2018-W03",
    "gavle/lagesbild/2018-W23",
)
MOVED = (AnswerKind.POSTPONED, utc(2018, 1, 15), date(2018, 7, 5))
CANCELLED = (AnswerKind.CANCELLED, utc(2018, 5, 1), None)


@pytest.mark.parametrize(
    ("name", "at", "answers", "cancelled"),
    [
        (JANUARY, SECOND, [], False),
        (JUNE, SECOND, [], True),
        (SLOT_ID, MARCH, [], True),
        (SLOT_ID, MARCH, [BOOKED], False),
        (SLOT_ID, MARCH, [BOOKED, DONE], False),
        (SLOT_ID, utc(2018, 2, 1), [BOOKED], True),
        (JANUARY, SECOND, [MOVED], True),
        (JUNE, SECOND, [CANCELLED], False),
        (JUNE, SECOND, [(AnswerKind.DONE, utc(2018, 6, 5), None)], True),
    ],
)
def test_what_is_dropped_is_cancelled_if_it_lay_ahead_and_nothing_had_come_of_it(
    name: str,
    at: datetime,
    answers: list[tuple[AnswerKind, datetime, date | None]],
    cancelled: bool,
) -> None:
    found = editions([(BOTH, FIRST), (make_agenda(make_commitment(name="annat")), at)])
    left = found.dropped(name)
    assert left
    assert left.cancelled(said(name, *answers)) is cancelled
    assert (left.earlier, left.edition, left.dropped) == (Edition(1, FIRST), Edition(2, at), True)
    assert name not in found.of


def test_a_cancellation_is_shown_for_sixty_days() -> None:
    left = editions([(BOTH, FIRST), (make_agenda(SLOT), SECOND)]).dropped(JUNE)
    assert left
    assert left.last_day == date(2018, 7, 31)


def test_what_gets_others_responsible_is_left_by_those_before() -> None:
    theirs = replace(MEETING, responsible=("samordnare",))
    found = editions([(BOTH, FIRST), (make_agenda(theirs, SLOT), SECOND)])
    left = next(each for each in found.left if each.occurrence.id == JUNE)
    assert (left.occurrence.commitment.responsible, left.dropped) == (("kommunpolis",), False)
    assert (found.dropped(JUNE), found.of[JUNE]) == (None, Edition(2, SECOND))
    assert not [each for each in found.left if each.occurrence.id == SLOT_ID]


def test_a_role_that_gets_another_name_changes_what_it_is_responsible_for() -> None:
    roles = {"kommunpolis": replace(BOTH.plan.roles["kommunpolis"], name="Områdespolis")}
    renamed = Agenda(replace(BOTH.plan, roles={**BOTH.plan.roles, **roles}))
    found = editions([(BOTH, FIRST), (renamed, SECOND)])
    assert set(found.of.values()) == {Edition(2, SECOND)}
    assert found.left == ()


def test_what_comes_back_is_no_longer_dropped() -> None:
    every = [(BOTH, FIRST), (make_agenda(SLOT), SECOND), (BOTH, THIRD)]
    found = editions(every)
    assert found.dropped(JUNE) is None
    assert found.of["gavle/lagesbild/2018-W23"] == Edition(3, THIRD)
    assert found.of["gavle/plats/2018-Q1"] == Edition(1, FIRST)
