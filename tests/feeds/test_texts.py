"""A new text of the plan: what was is kept, and what will not be is said to be cancelled."""

from dataclasses import replace
from datetime import date

import pytest
from icalendar import Event

from bot.domain.answer import AnswerKind
from bot.domain.feed import FeedScope
from bot.storage.database import Database
from tests.builders import QUARTERLY, make_agenda, make_commitment, utc
from tests.feeds.builders import ANNA, Town, events

MEETING, SLOT = make_commitment(), make_commitment(QUARTERLY, "plats")
BEFORE, OTHER = make_agenda(MEETING, SLOT), make_agenda(make_commitment(QUARTERLY, "annat"))
SLOT_ID, JANUARY, JUNE = (
    "gavle/plats/2018-Q1",
    "gavle/lagesbild/2018-W03",
    "gavle/lagesbild/2018-W23",
)


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database, BEFORE)


def told(event: Event | None) -> tuple[str, str] | None:
    return (str(event["STATUS"]), str(event["SUMMARY"])) if event else None


def test_what_was_done_before_its_last_day_is_kept_when_the_plan_drops_it(town: Town) -> None:
    town.say(SLOT_ID, AnswerKind.BOOKED, utc(2018, 1, 20), date(2018, 2, 7))
    town.say(SLOT_ID, AnswerKind.DONE, utc(2018, 2, 8))
    before = events(town.body())[SLOT_ID]
    town.adopt(OTHER, utc(2018, 3, 1))
    for town.now in (utc(2018, 3, 2), utc(2018, 6, 1)):
        found = events(town.body())[SLOT_ID]
        assert told(found) == told(before) == ("CONFIRMED", "Genomförd: Gemensam lägesbild")
        assert (found.start, found["SEQUENCE"]) == (before.start, before["SEQUENCE"])


def test_what_was_postponed_until_after_the_plan_drops_it_is_cancelled(town: Town) -> None:
    town.say(JANUARY, AnswerKind.POSTPONED, utc(2018, 1, 15), date(2018, 7, 5))
    before = events(town.body())[JANUARY]
    town.adopt(OTHER, utc(2018, 6, 1))
    town.now = utc(2018, 6, 2)
    found = events(town.body())[JANUARY]
    assert told(found) == ("CANCELLED", "Utgår ur planen: Gemensam lägesbild")
    assert found.start == before.start
    assert int(str(found["SEQUENCE"])) > int(str(before["SEQUENCE"]))
    town.now = utc(2018, 8, 1)
    assert JANUARY not in events(town.body())


HANDED_OVER = make_agenda(replace(MEETING, responsible=("samordnare",)), SLOT)
FORMER = [
    (FeedScope.ROLE, "kommunpolis"),
    (FeedScope.PARTY, "Polis"),
    (FeedScope.PERSON, ANNA.email),
]


@pytest.mark.parametrize(("scope", "of"), FORMER)
def test_who_is_not_responsible_any_more_keeps_what_was_and_hears_what_is_not(
    town: Town, scope: FeedScope, of: str
) -> None:
    town.say(JANUARY, AnswerKind.DONE, utc(2018, 1, 16))
    before = events(town.body(scope, of))
    town.adopt(HANDED_OVER, utc(2018, 6, 1))
    town.now = utc(2018, 6, 2)
    after = events(town.body(scope, of))
    assert after[JANUARY] == before[JANUARY]
    assert told(after[JUNE]) == ("CANCELLED", "Har fått en annan ansvarig: Gemensam lägesbild")
    assert int(str(after[JUNE]["SEQUENCE"])) > int(str(before[JUNE]["SEQUENCE"]))
    town.say(JUNE, AnswerKind.DONE, utc(2018, 6, 5))
    assert told(events(town.body(scope, of))[JUNE]) == told(after[JUNE])
    town.now = utc(2018, 8, 1)
    later = events(town.body(scope, of))
    assert (JANUARY in later, JUNE in later, SLOT_ID in later) == (True, False, True)


def test_who_becomes_responsible_has_all_of_it(town: Town) -> None:
    town.adopt(HANDED_OVER, utc(2018, 6, 1))
    town.now = utc(2018, 6, 2)
    for found in (events(town.body(FeedScope.ROLE, "samordnare")), events(town.body())):
        assert told(found[JUNE]) == ("CONFIRMED", "Gemensam lägesbild")


def test_who_becomes_responsible_again_has_it_as_it_is(town: Town) -> None:
    town.adopt(HANDED_OVER, utc(2018, 4, 1))
    town.adopt(BEFORE, utc(2018, 5, 1))
    town.now = utc(2018, 5, 2)
    found = events(town.body(FeedScope.ROLE, "kommunpolis"))[JUNE]
    assert (told(found), found["SEQUENCE"]) == (("CONFIRMED", "Gemensam lägesbild"), 2)
