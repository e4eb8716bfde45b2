"""The overview: what lacks an answer, what comes, what to book, what may be needed."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from bot.domain.answer import Answer, AnswerKind, Standing
from bot.services.overview import Overview, overview
from tests.builders import QUARTERLY, WHEN_NEEDED, make_agenda, make_answer, make_commitment, utc

AGENDA = make_agenda(
    make_commitment(), make_commitment(QUARTERLY, "plats"), make_commitment(WHEN_NEEDED, "insats")
)
NOW = utc(2018, 1, 20)


def at(now: date, *said: Answer) -> Overview:
    standings = {each.occurrence: Standing((replace(each, id=1),)) for each in said}
    return overview(AGENDA, standings, now=utc(now.year, now.month, now.day))


def names(found: tuple[object, ...]) -> list[str]:
    return [str(getattr(each, "id", "")).removeprefix("gavle/") for each in found]


def test_each_thing_stands_in_the_list_where_something_can_be_done_about_it() -> None:
    found = at(date(2018, 1, 20))
    assert names(found.unanswered) == ["lagesbild/2018-W01", "lagesbild/2018-W03"]
    assert names(found.coming)[:2] == ["lagesbild/2018-W05", "lagesbild/2018-W07"]
    assert names(found.to_book) == ["plats/2018-Q1", "plats/2018-Q2"]
    assert names(found.needs) == ["insats/2018-Q1"]


def test_what_is_settled_or_booked_moves_on() -> None:
    done = make_answer("gavle/lagesbild/2018-W01", AnswerKind.DONE)
    booked = make_answer("gavle/plats/2018-Q1", AnswerKind.BOOKED, day=date(2018, 1, 25))
    found = at(date(2018, 1, 20), done, booked)
    assert names(found.unanswered) == ["lagesbild/2018-W03"]
    assert names(found.coming)[0] == "plats/2018-Q1"
    assert names(found.to_book) == ["plats/2018-Q2"]


def test_an_effort_that_was_logged_leaves_room_for_the_next() -> None:
    logged = make_answer("gavle/insats/2018-Q1", AnswerKind.DONE)
    assert names(at(date(2018, 1, 20), logged).needs) == ["insats/2018-Q1"]


def test_a_slot_that_was_never_booked_lacks_an_answer_when_its_time_is_over() -> None:
    assert "plats/2018-Q1" in names(at(date(2018, 4, 3)).unanswered)


def test_the_week_is_seven_days_from_today() -> None:
    found = at(date(2018, 1, 24))
    assert names(found.within_a_week(date(2018, 1, 24))) == ["lagesbild/2018-W05"]
    assert names(found.within_a_week(date(2018, 1, 23))) == []


def test_somebody_sees_what_their_roles_are_responsible_for() -> None:
    found = at(date(2018, 1, 20))
    assert found.of_roles(["kommunpolis"]) == found
    assert found.of_roles(["skola"]) == Overview((), (), (), ())


@given(some.dates(date(2018, 1, 1), date(2020, 12, 31)))
def test_nothing_stands_in_two_lists(day: date) -> None:
    found = at(day)
    every = [*found.unanswered, *found.coming, *found.to_book, *found.needs]
    assert len(every) == len(set(names(tuple(every))))
