"""Since which text of a plan each occurrence is as it is, and what was dropped."""

from dataclasses import replace
from datetime import date, time

from bot.domain.walltime import Hours
from bot.services.editions import Edition, editions
from tests.builders import QUARTERLY, make_agenda, make_commitment, utc

FIRST, SECOND, THIRD = utc(2018, 1, 1), utc(2018, 6, 1), utc(2018, 9, 1)
MEETING, SLOT = make_commitment(), make_commitment(QUARTERLY, "plats")
LATER_HOUR = replace(MEETING, hours=Hours(time(13), time(14)))
BOTH = make_agenda(MEETING, SLOT)


def test_what_a_new_text_says_the_same_of_stays_as_it_was() -> None:
    found = editions([(BOTH, FIRST), (make_agenda(LATER_HOUR, SLOT), SECOND)])
    assert found.of["gavle/plats/2018-Q1"] == Edition(1, FIRST)
    assert found.of["gavle/lagesbild/2018-W03"] == Edition(2, SECOND)
    assert (found.newest, found.dropped) == (Edition(2, SECOND), ())


def test_what_is_dropped_is_cancelled_if_its_day_was_ahead_and_kept_if_it_was_past() -> None:
    found = editions([(BOTH, FIRST), (make_agenda(SLOT), SECOND)])
    by_id = {each.occurrence.id: each for each in found.dropped}
    past, ahead = by_id["gavle/lagesbild/2018-W03"], by_id["gavle/lagesbild/2018-W23"]
    assert (past.cancelled, past.edition) == (False, Edition(1, FIRST))
    assert (ahead.cancelled, ahead.edition) == (True, Edition(2, SECOND))
    assert ahead.last_day == date(2018, 7, 31)
    assert "gavle/lagesbild/2018-W23" not in found.of


def test_what_comes_back_is_no_longer_dropped() -> None:
    every = [(BOTH, FIRST), (make_agenda(SLOT), SECOND), (BOTH, THIRD)]
    found = editions(every)
    assert found.dropped == ()
    assert found.of["gavle/lagesbild/2018-W23"] == Edition(3, THIRD)
    assert found.of["gavle/plats/2018-Q1"] == Edition(1, FIRST)
