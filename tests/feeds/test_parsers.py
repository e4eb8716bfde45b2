"""Feeds of every kind, read by other people's parsers: each finds the product's own list."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.domain.answer import Answer, AnswerKind
from bot.domain.feed import Feed, FeedScope
from bot.domain.occurrence import Occurrence
from bot.domain.recurrence import Kind
from bot.planfile.reading import read_plan
from bot.services.answering import give
from bot.services.membership import Member
from bot.services.planning import Agenda
from bot.services.selecting import Selecting
from bot.storage.database import Database, open_database
from tests.builders import make_answer
from tests.feeds.builders import Town
from tests.feeds.parsers import PARSERS, Read, utc

SCHEDULES = Path(__file__).parents[2] / "schedules"
PLANS = {
    "2018": Agenda(read_plan(SCHEDULES / "gavle-2018-2020.yaml")),
    "2026": Agenda(read_plan(SCHEDULES / "exempel-2026-2028.yaml")),
}
ANNA = Member("Anna Ek", ("kommunpolis",), email="anna@example.se")
DAY = timedelta(days=1)


def first(agenda: Agenda, chosen: Callable[[Occurrence], bool]) -> Occurrence:
    return next(each for each in agenda.by_id.values() if chosen(each))


def lived(database: Database, agenda: Agenda) -> Town:
    """A town in which a meeting was moved over each clock change, and others called off or held."""
    town = Town(database, agenda, Selecting([ANNA]))
    meetings = [each for each in agenda.by_id.values() if each.day and each.hours]
    year = agenda.plan.period.first.year
    slot = first(agenda, lambda each: each.kind is Kind.SLOT)
    said = [
        (before(meetings, date(year, 3, 31)), AnswerKind.POSTPONED, date(year, 4, 4)),
        (before(meetings, date(year, 10, 31)), AnswerKind.POSTPONED, date(year, 11, 5)),
        (meetings[2], AnswerKind.CANCELLED, None),
        (meetings[3], AnswerKind.DONE, None),
        (slot, AnswerKind.BOOKED, date(year, 2, 7)),
    ]
    for occurrence, kind, day in said:
        told = make_answer(occurrence.id, kind, datetime(year, 1, 1, 12, tzinfo=UTC), day=day)
        late = datetime.combine(occurrence.due, time(20), UTC)
        at = late if kind is AnswerKind.DONE else told.at
        town.now = max(town.now, at)
        give(agenda, town.answers, booked(told, at), now=at, correct=True)
    return town


def before(meetings: list[Occurrence], day: date) -> Occurrence:
    return max((each for each in meetings if each.due <= day), key=lambda each: each.due)


def booked(told: Answer, at: datetime) -> Answer:
    hours = (time(13), time(14, 30)) if told.kind is AnswerKind.BOOKED else (None, None)
    return replace(told, at=at, start=hours[0], end=hours[1])


def own_list(town: Town, feed: Feed) -> set[tuple[str, object, object, str]]:
    """What the product itself says of the occurrences of ``feed``."""
    standings = town.answers.standings(feed.plan)
    plan, found = town.agenda.plan, set()
    for each in town.agenda.occurrences(plan.period, standings):
        if town.selecting.belongs(feed, plan, each.commitment) and town.selecting.shows(feed, each):
            said = standings.get(each.id)
            outcome = said.outcome if said else None
            off = outcome is not None and outcome.kind is AnswerKind.CANCELLED
            status = "CANCELLED" if off else "CONFIRMED"
            found.add((f"{each.id}@feed.loftesbot", *when(town, each), status))
    return found


def when(town: Town, each: Occurrence) -> tuple[object, object]:
    zone = town.agenda.plan.zone
    if start := each.start(zone):
        return start, each.end(zone)
    if each.kind is Kind.DEADLINE:
        return each.window.first, each.window.last + DAY
    return each.due, each.due + DAY


def told(found: list[Read]) -> set[tuple[str, object, object, str]]:
    return {(each.uid, each.start, each.end, each.status) for each in found}


@pytest.fixture(scope="module", params=PLANS)
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    with closing(open_database(f"sqlite:///{folder}/town.db")) as database:
        yield lived(database, PLANS[request.param])


@pytest.fixture(scope="module", params=list(FeedScope))
def feed(request: pytest.FixtureRequest, town: Town) -> Feed:
    scope = FeedScope(request.param)
    choices = town.selecting.choices(town.agenda.plan)[scope]
    return Feed(town.agenda.plan.id, scope, next(iter(choices)))


# khal takes seconds where the others take hundredths: it reads the feeds with all their details.
CASES = [(each, discreet) for each in PARSERS for discreet in (False, True)]
CASES.remove(("khal", True))


@pytest.mark.parametrize(("parser", "discreet"), CASES)
def test_every_parser_finds_the_products_own_list(
    town: Town, feed: Feed, tmp_path: Path, parser: str, *, discreet: bool
) -> None:
    body = town.opened(town.calendars.create(replace(feed, discreet=discreet))).body
    found = list(PARSERS[parser](body, tmp_path))
    assert told(found) == own_list(town, feed)
    assert len(found) == len(told(found)) > 0


@pytest.mark.parametrize("parser", PARSERS)
def test_every_parser_reads_what_became_of_it(town: Town, tmp_path: Path, parser: str) -> None:
    body = town.opened(town.calendars.create(Feed(town.agenda.plan.id))).body
    summaries = [each.summary for each in PARSERS[parser](body, tmp_path)]
    for prefix in ("Genomförd: ", "Inställd: ", "Sista lämpliga dag, ej bokad: "):
        assert any(each.startswith(prefix) for each in summaries)


@pytest.mark.parametrize("parser", PARSERS)
def test_a_meeting_is_at_nine_on_both_sides_of_a_clock_change(
    town: Town, tmp_path: Path, parser: str
) -> None:
    body = town.opened(town.calendars.create(Feed(town.agenda.plan.id))).body
    zone = town.agenda.plan.zone
    known = {f"{name}@feed.loftesbot": each for name, each in town.agenda.by_id.items()}
    offsets = set()
    for each in PARSERS[parser](body, tmp_path):
        hours = known[each.uid].hours
        if hours and isinstance(each.start, datetime):
            local = each.start.astimezone(zone)
            offsets.add(local.utcoffset())
            assert local.time() == hours.start
    assert offsets == {timedelta(hours=1), timedelta(hours=2)}


@pytest.mark.parametrize("parser", PARSERS)
def test_every_parser_reads_a_calendar_that_has_ended(
    town: Town, tmp_path: Path, parser: str
) -> None:
    token = town.calendars.create(Feed(town.agenda.plan.id))
    town.calendars.revoke(town.calendars.in_force()[-1].number)
    assert list(PARSERS[parser](town.opened(token).body, tmp_path)) == []
    assert utc(town.opened(token).changed) == town.now
