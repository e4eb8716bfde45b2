"""Which occurrences a feed has, and what a feed can be of."""

from dataclasses import replace

import pytest

from bot.domain.errors import UnknownFeedError
from bot.domain.feed import Feed, FeedScope
from bot.services.membership import Member
from bot.services.selecting import Selecting
from tests.builders import (
    QUARTERLY,
    TWICE_PER_DISTRICT,
    make_agenda,
    make_commitment,
)

ANNA = Member("Anna Ek", ("kommunpolis",), email="Anna@Example.se", slack="U024BE7LH")
CECILIA = Member("Cecilia Ek", ("annan-roll",), email="cecilia@example.se")
MUNICIPAL = replace(make_commitment(QUARTERLY, "plats"), responsible=("samordnare",))
AGENDA = make_agenda(
    make_commitment(),
    MUNICIPAL,
    make_commitment(TWICE_PER_DISTRICT, "dialog"),
    replace(make_commitment(name="lagesbild-efter"), chain="lagesbild"),
)
PLAN = AGENDA.plan
SELECTING = Selecting([ANNA, CECILIA])
LED_BY_POLICE = {"lagesbild", "dialog", "lagesbild-efter", "uppfoljning"}


def shown(scope: FeedScope, of: str, selecting: Selecting = SELECTING) -> set[str]:
    feed = selecting.known(Feed("gavle", scope, of), PLAN)
    return {
        each.commitment.id
        for each in AGENDA.by_id.values()
        if selecting.belongs(feed, PLAN, each.commitment) and selecting.shows(feed, each)
    }


@pytest.mark.parametrize(
    ("scope", "of", "expected"),
    [
        (FeedScope.PLAN, "", LED_BY_POLICE | {"plats"}),
        (FeedScope.PARTY, "Polis", LED_BY_POLICE),
        (FeedScope.PARTY, "kommun", {"plats"}),
        (FeedScope.ROLE, "kommunpolis", LED_BY_POLICE),
        (FeedScope.ROLE, "Samordnaren", {"plats"}),
        (FeedScope.ROLE, "stf", set()),
        (FeedScope.AREA, "Sätra", {"dialog"}),
        (FeedScope.COMMITMENT, "lagesbild", {"lagesbild", "lagesbild-efter"}),
        (FeedScope.COMMITMENT, "lagesbild-efter", {"lagesbild-efter"}),
        (FeedScope.PERSON, "ANNA@example.SE", LED_BY_POLICE),
        (FeedScope.PERSON, "U024BE7LH", LED_BY_POLICE),
    ],
)
def test_a_feed_has_what_belongs_to_it(scope: FeedScope, of: str, expected: set[str]) -> None:
    assert shown(scope, of) == expected


def test_an_areas_feed_has_no_other_area() -> None:
    feed = Feed("gavle", FeedScope.AREA, "satra")
    found = [o for o in AGENDA.by_id.values() if SELECTING.shows(feed, o)]
    assert {o.area.id for o in found if o.area} == {"satra"}
    assert len(found) == 6


@pytest.mark.parametrize(
    ("scope", "of", "known"),
    [
        (FeedScope.PLAN, "något", ("Medborgarlöfte",)),
        (FeedScope.PARTY, "Länsstyrelsen", ("Polis", "Kommun")),
        (FeedScope.ROLE, "borgmästare", ("kommunpolis (Kommunpolis)",)),
        (FeedScope.ROLE, "", ("stf (Ställföreträdare)",)),
        (FeedScope.AREA, "mars", ("satra (Sätra)", "brynas (Brynäs)")),
        (FeedScope.COMMITMENT, "plat", ("plats (Gemensam lägesbild)",)),
        (FeedScope.PERSON, "okand@example.se", ("anna@example.se (Anna Ek)",)),
        (FeedScope.PERSON, "cecilia@example.se", ("anna@example.se (Anna Ek)",)),
    ],
)
def test_what_the_plan_has_not_is_refused_with_what_it_has(
    scope: FeedScope, of: str, known: tuple[str, ...]
) -> None:
    with pytest.raises(UnknownFeedError) as refused:
        SELECTING.known(Feed("gavle", scope, of), PLAN)
    assert PLAN.title in str(refused.value)
    for each in known:
        assert each in str(refused.value)


def test_only_a_persons_feed_leaves_out_what_they_are_invited_to() -> None:
    selecting = Selecting([ANNA], lambda plan, member: frozenset({f"{plan} {member.name}"}))
    person = Feed("gavle", FeedScope.PERSON, "anna@example.se")
    assert selecting.invited_to(person) == {"gavle Anna Ek"}
    assert selecting.invited_to(replace(person, of="bo@example.se")) == set()
    assert selecting.invited_to(Feed("gavle", FeedScope.ROLE, "kommunpolis")) == set()


def test_what_is_sensitive_is_in_no_areas_feed_until_it_is_over() -> None:
    agenda = make_agenda(replace(make_commitment(TWICE_PER_DISTRICT, "dialog"), sensitive=True))
    feed = Feed("gavle", FeedScope.AREA, "satra")
    found = agenda.by_id["gavle/dialog/2018/satra/1"]
    assert [SELECTING.shows(feed, each) for each in (found, found.in_full)] == [False, True]


def test_a_feed_is_described_and_named_in_words() -> None:
    role = Feed("gavle", FeedScope.ROLE, "kommunpolis", discreet=True)
    person = Feed("gavle", FeedScope.PERSON, "anna@example.se")
    assert SELECTING.described(Feed("gavle"), PLAN) == "Hela planen"
    assert SELECTING.described(role, PLAN) == "Roll: Kommunpolis, utan namn och detaljer"
    assert SELECTING.title(role, PLAN) == f"{PLAN.title}: Kommunpolis"
    assert SELECTING.title(person, PLAN) == f"{PLAN.title}: Anna Ek"
    assert SELECTING.title(replace(person, discreet=True), PLAN) == PLAN.title
