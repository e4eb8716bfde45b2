"""What is sensitive tells nobody more than its month, neither by its name nor by its place."""

import hashlib
import hmac
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from icalendar import Event

from bot.app.office import Office, open_office
from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.feed import Feed, FeedScope
from bot.domain.rhythms import Dates
from bot.feeds.events import Told, event
from bot.services.editions import Edition
from bot.services.planning import Agenda
from bot.settings import DatabaseSettings, Settings
from bot.storage.copying import copy_database
from bot.storage.database import Database, open_database
from tests.builders import (
    AREAS,
    QUARTERLY,
    TWICE_PER_DISTRICT,
    make_agenda,
    make_answer,
    make_commitment,
    make_plan,
    utc,
)
from tests.feeds.builders import SINCE, Town, events

PLAN_FILE = Path(__file__).parents[2] / "schedules/gavle-2018-2020.yaml"
DIALOG = replace(make_commitment(TWICE_PER_DISTRICT, "dialog"), sensitive=True)


def office(url: str, folder: Path) -> Office:
    """An office without any settings, of a plan in which a meeting is sensitive."""
    file = folder / "plan.yaml"
    text = PLAN_FILE.read_text(encoding="utf-8")
    named = "      - id: lagesbild\n"
    file.write_text(text.replace(named, f"{named}        sensitive: true\n"), encoding="utf-8")
    return open_office(Settings(database=DatabaseSettings(url=url)), [file])


def uids(found: Office) -> set[str]:
    """The names of all that the calendar of the whole plan shows."""
    (plan,) = found.agendas
    rendered = found.calendars.feed(found.calendars.create(Feed(plan)))
    assert rendered
    return set(events(rendered.body))


def test_no_id_of_what_is_sensitive_can_be_guessed_from_its_uid_without_any_setting(
    database_url: str, tmp_path: Path
) -> None:
    found = office(database_url, tmp_path)
    guesses = list(found.agendas["gavle-2018-2020"].by_id)
    hashed = {hmac.new(b"", each.encode(), hashlib.sha256).hexdigest()[:32] for each in guesses}
    assert not uids(found) & hashed
    assert not [each for each in uids(found) if "/lagesbild/" in each]
    found.database.close()


def test_the_uids_are_the_same_after_a_restart_and_in_a_copy(
    database_url: str, tmp_path: Path
) -> None:
    first = office(database_url, tmp_path)
    before = uids(first)
    first.database.close()
    again = office(database_url, tmp_path)
    assert uids(again) == before
    url = f"sqlite:///{tmp_path}/copy.db"
    with closing(open_database(url)) as target:
        copy_database(again.database, target)
    again.database.close()
    copied = office(url, tmp_path)
    assert uids(copied) == before
    copied.database.close()


def test_the_order_of_events_tells_nothing_of_their_areas(database: Database) -> None:
    plan = make_plan(DIALOG)
    turned = replace(plan, areas=AREAS[::-1])
    one, other = (Town(database, Agenda(each)) for each in (plan, turned))
    assert list(one.agenda.by_id) != list(other.agenda.by_id)
    assert one.body() == other.body()


FIRST = Edition(1, SINCE)
ONCE = Dates((date(2018, 1, 16),))


def told(town: Town) -> Event:
    """The sensitive meeting in the calendar of the whole plan."""
    return next(e for e in events(town.body()).values() if "lägesbild" in str(e["SUMMARY"]))


ONE = replace(make_commitment(ONCE), sensitive=True)
MEETING = "gavle/lagesbild/2018-01-16"
MONTH = (date(2018, 1, 1), date(2018, 2, 1))


def test_what_was_not_held_stays_its_month_for_ever(database: Database) -> None:
    town = Town(database, make_agenda(ONE))
    town.say(MEETING, AnswerKind.CANCELLED, utc(2018, 1, 10))
    for town.now in (utc(2018, 1, 11), utc(2018, 1, 17), utc(2018, 6, 1)):
        found = told(town)
        assert (found.start, found.end) == MONTH
        assert "orsaken" not in str(found["DESCRIPTION"])
        assert "URL" not in found
        assert town.calendars.invitation(MEETING) is None


def test_what_never_got_a_day_stays_without_its_place(database: Database) -> None:
    town = Town(database, make_agenda(DIALOG))
    town.now = utc(2019, 2, 1)
    body = town.body()
    assert "Sätra" not in body.decode()
    assert town.body(FeedScope.AREA, "satra").count(b"BEGIN:VEVENT") == 0


def test_what_the_plan_drops_before_its_day_stays_its_month(database: Database) -> None:
    town = Town(database, make_agenda(ONE))
    town.adopt(make_agenda(make_commitment(QUARTERLY, "plats")), utc(2018, 1, 10))
    for town.now in (utc(2018, 1, 11), utc(2018, 1, 17)):
        (found,) = (e for e in events(town.body()).values() if e["STATUS"] == "CANCELLED")
        assert (found.start, found.end) == MONTH


CHANGES = [
    (AnswerKind.POSTPONED, utc(2018, 1, 10), date(2018, 1, 18)),
    (AnswerKind.DONE, utc(2018, 1, 19), None),
    (AnswerKind.TAKEN_BACK, utc(2018, 1, 20), None),
    (AnswerKind.POSTPONED, utc(2018, 1, 21), date(2018, 1, 30)),
    (AnswerKind.CANCELLED, utc(2018, 2, 2), None),
    (AnswerKind.POSTPONED, utc(2018, 2, 3), date(2018, 2, 6)),
    (AnswerKind.NO_NEED, utc(2018, 2, 8), None),
]


def test_the_sequence_rises_whenever_the_veil_falls_or_is_drawn_again() -> None:
    agenda, said, known = make_agenda(ONE), list[Answer](), list[tuple[object, int]]()
    for number, (kind, at, day) in enumerate(CHANGES, start=1):
        back = number - 1 if kind is AnswerKind.TAKEN_BACK else 0
        made = make_answer(MEETING, kind, at, day=day)
        said.append(replace(made, id=number, corrects=back))
        for passed in range(3):
            standing = Standing(tuple(said))
            today = at.date() + timedelta(days=passed)
            occurrence = agenda.find(MEETING, standing).seen(today)
            shown = event(Told(agenda.plan, occurrence, standing, FIRST), uid="x")
            known.append(((shown.start, str(shown["STATUS"])), int(str(shown["SEQUENCE"]))))
    for (before, earlier), (after, later) in pairwise(known):
        assert later > earlier or (before == after and later == earlier)
    assert len({shown for shown, _ in known}) == 4


@pytest.mark.parametrize("kind", [AnswerKind.ACKNOWLEDGED, AnswerKind.CANNOT])
@pytest.mark.parametrize(("sensitive", "discreet"), [(True, False), (True, True), (False, True)])
def test_what_is_not_told_changes_nothing_in_a_calendar(
    database: Database, kind: AnswerKind, *, sensitive: bool, discreet: bool
) -> None:
    town = Town(database, make_agenda(replace(ONE, sensitive=sensitive)))
    town.say(MEETING, AnswerKind.POSTPONED, utc(2018, 1, 9), date(2018, 1, 17))
    token = town.link(discreet=discreet)
    before = town.opened(token)
    town.say(MEETING, kind, utc(2018, 1, 10))
    assert town.opened(token) == before
    town.say(MEETING, AnswerKind.POSTPONED, utc(2018, 1, 11), date(2018, 1, 18))
    after = town.opened(token)
    assert after.changed > before.changed
    assert after.etag != before.etag


def test_what_was_seen_and_taken_back_changes_nothing_that_is_veiled() -> None:
    seen = replace(make_answer(MEETING, AnswerKind.ACKNOWLEDGED, utc(2018, 1, 9)), id=1)
    back = make_answer(MEETING, AnswerKind.TAKEN_BACK, utc(2018, 1, 10))
    standing, agenda = Standing((seen, replace(back, id=2, corrects=1))), make_agenda(ONE)
    shown, untouched = (
        Told(agenda.plan, agenda.find(MEETING, each), each, FIRST)
        for each in (standing, Standing())
    )
    assert event(shown, uid="x").to_ical() == event(untouched, uid="x").to_ical()
