"""Feeds of every kind, read by other people's parsers: each finds the product's own list."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.domain.answer import Answer, AnswerKind
from bot.domain.feed import Feed, FeedScope
from bot.domain.occurrence import Occurrence
from bot.domain.periods import month_window
from bot.domain.plan import Commitment, Plan
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
    "2018": read_plan(SCHEDULES / "gavle-2018-2020.yaml"),
    "2026": read_plan(SCHEDULES / "exempel-2026-2028.yaml"),
}
SENSITIVE = {"droginsatser", "medborgardialog-ytteromrade"}
DROPPED = "fritidsgardar"
ANNA = Member("Anna Ek", ("kommunpolis",), email="anna@example.se")
DAY = timedelta(days=1)


def first(agenda: Agenda, chosen: Callable[[Occurrence], bool]) -> Occurrence:
    return next(each for each in agenda.by_id.values() if chosen(each))


def with_commitments(plan: Plan, chosen: Callable[[Commitment], bool]) -> Plan:
    """The plan with those of its commitments, of which some are sensitive."""
    rows = [
        replace(
            row,
            commitments=tuple(
                replace(each, sensitive=each.id in SENSITIVE)
                for each in row.commitments
                if chosen(each)
            ),
        )
        for row in plan.activities
    ]
    return replace(plan, activities=tuple(rows))


def lived(database: Database, plan: Plan) -> Town:
    """A town in which a meeting was moved over each clock change, and others called off or held.

    Of what is sensitive one was booked and has been; a second text has dropped something.
    """
    agenda = Agenda(with_commitments(plan, lambda _: True))
    town = Town(database, agenda, Selecting([ANNA]))
    meetings = [each for each in agenda.by_id.values() if each.day and each.hours]
    year = agenda.plan.period.first.year
    slot, secret = (first(agenda, each) for each in (is_open_slot, is_secret_slot))
    said = [
        (before(meetings, date(year, 3, 31)), AnswerKind.POSTPONED, date(year, 4, 4)),
        (before(meetings, date(year, 10, 31)), AnswerKind.POSTPONED, date(year, 11, 5)),
        (meetings[2], AnswerKind.CANCELLED, None),
        (meetings[3], AnswerKind.DONE, None),
        (slot, AnswerKind.BOOKED, date(year, 2, 7)),
        (secret, AnswerKind.BOOKED, date(year, 2, 8)),
    ]
    for occurrence, kind, day in said:
        told = make_answer(occurrence.id, kind, datetime(year, 1, 1, 12, tzinfo=UTC), day=day)
        late = datetime.combine(occurrence.due, time(20), UTC)
        at = late if kind is AnswerKind.DONE else told.at
        town.now = max(town.now, at)
        give(agenda, town.answers, booked(told, at), now=at, correct=True)
    town.now = datetime(year, 3, 1, 12, tzinfo=UTC)
    town.adopt(Agenda(with_commitments(plan, lambda each: each.id != DROPPED)), town.now)
    return town


def is_open_slot(each: Occurrence) -> bool:
    return each.kind is Kind.SLOT and each.area is not None and not each.commitment.sensitive


def is_secret_slot(each: Occurrence) -> bool:
    return each.kind is Kind.SLOT and each.area is not None and each.commitment.sensitive


def before(meetings: list[Occurrence], day: date) -> Occurrence:
    return max((each for each in meetings if each.due <= day), key=lambda each: each.due)


def booked(told: Answer, at: datetime) -> Answer:
    hours = (time(13), time(14, 30)) if told.kind is AnswerKind.BOOKED else (None, None)
    return replace(told, at=at, start=hours[0], end=hours[1])


def own_list(town: Town, feed: Feed) -> set[tuple[str, object, object, str]]:
    """What the product itself says of the occurrences of ``feed``."""
    standings, today = town.answers.standings(feed.plan), town.now.date()
    (old, _), (new, _) = town.adopted
    found = set()
    for each in old.occurrences(old.plan.period, standings):
        shown = each.seen(today)
        mine = town.selecting.belongs(feed, old.plan, each.commitment)
        if mine and town.selecting.shows(feed, shown):
            said = standings.get(each.id)
            outcome = said.outcome if said else None
            off = outcome is not None and outcome.kind is AnswerKind.CANCELLED
            dropped = each.id not in new.by_id and each.last_day >= today
            status = "CANCELLED" if off or dropped else "CONFIRMED"
            found.add((uid(each), *when(town, shown), status))
    return found


def uid(each: Occurrence) -> str:
    hidden = hmac.new(b"a key", each.id.encode(), hashlib.sha256).hexdigest()[:32]
    return f"{hidden if each.commitment.sensitive else each.id}@feed.loftesbot"


def when(town: Town, each: Occurrence) -> tuple[object, object]:
    zone = town.agenda.plan.zone
    if each.veiled:
        month = month_window(each.due.year, each.due.month)
        return month.first, month.last + DAY
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
    slot = first(town.agenda, is_open_slot)
    lively = slot.area.id if slot.area and scope is FeedScope.AREA else next(iter(choices))
    return Feed(town.agenda.plan.id, scope, lively)


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
    for prefix in ("Genomförd: ", "Inställd: ", "Sista lämpliga dag, ej bokad: ", "Utgår ur"):
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
        found = known.get(each.uid)
        hours = found.hours if found else None
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
