"""Rendering: kept while nothing changes, and only what changed is made anew."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest

from bot.domain.answer import AnswerKind
from bot.domain.feed import FeedScope
from bot.feeds.rendering import Name, Piece
from bot.planfile.reading import parse_plan
from bot.services.planning import Agenda
from bot.storage.database import Database
from tests.builders import TWICE_PER_DISTRICT, make_agenda, make_commitment, utc
from tests.feeds.builders import ADDRESS, SINCE, Town, events

MEETING = "gavle/lagesbild/2018-W03"
DIALOG = "gavle/dialog/2018/satra/1"
PLAN_FILE = Path(__file__).parents[2] / "schedules/gavle-2018-2020.yaml"
RENAMED = ("title: Uppföljning av brottsutsatta platser", "title: Platser i fokus")
OPEN = make_agenda(make_commitment(), make_commitment(TWICE_PER_DISTRICT, "dialog"))
SENSITIVE = make_agenda(
    replace(make_commitment(), sensitive=True),
    replace(make_commitment(TWICE_PER_DISTRICT, "dialog"), sensitive=True),
)


def rendered_since(town: Town, before: Mapping[Name, Piece]) -> list[str]:
    """The ids of what was rendered anew since there were the pieces ``before``."""
    now = town.calendars.rendering.pieces
    return [
        key[0]
        for key, piece in now.items()
        if key not in before or before[key].body is not piece.body
    ]


def test_after_an_answer_only_what_was_answered_is_rendered(database: Database) -> None:
    town = Town(database, OPEN)
    plan, role = town.link(), town.link(FeedScope.ROLE, "kommunpolis")
    first = town.opened(plan)
    assert len(rendered_since(town, {})) == len(OPEN.by_id)
    assert town.opened(plan) is first
    before = dict(town.calendars.rendering.pieces)
    town.opened(role)
    assert rendered_since(town, before) == []
    town.say(MEETING, AnswerKind.DONE, utc(2018, 1, 17))
    assert town.opened(plan).body != first.body
    town.opened(role)
    assert rendered_since(town, before) == [MEETING]


def test_a_new_text_lets_only_what_it_changes_be_rendered(database: Database) -> None:
    text = PLAN_FILE.read_text(encoding="utf-8")
    town = Town(database, Agenda(parse_plan(text, "plan")))
    feeds = [town.link(), town.link(FeedScope.ROLE, "kommunpolis"), town.link(discreet=True)]
    for each in feeds:
        town.opened(each)
    before = dict(town.calendars.rendering.pieces)
    town.adopted = [(Agenda(parse_plan(text, "plan")), SINCE)]
    town.adopt(Agenda(parse_plan(text.replace(*RENAMED), "plan")), utc(2018, 1, 1))
    for each in (*feeds, *feeds):
        town.opened(each)
    changed = {name.split("/")[1] for name in rendered_since(town, before)}
    assert changed == {"platsuppfoljning"}


def test_a_new_day_changes_nothing_where_nothing_is_sensitive(database: Database) -> None:
    town = Town(database, OPEN)
    token = town.link()
    first, before = town.opened(token), dict(town.calendars.rendering.pieces)
    town.now += timedelta(days=200)
    assert town.opened(token) is first
    assert rendered_since(town, before) == []


def test_the_time_of_the_last_change_never_goes_back(database: Database) -> None:
    town = Town(database, OPEN)
    token = town.link()
    town.adopt(make_agenda(make_commitment()), utc(2018, 6, 1))
    town.now = utc(2018, 6, 2)
    before = town.opened(token)
    town.now = utc(2018, 9, 1)
    after = town.opened(token)
    assert before.changed == utc(2018, 6, 2)
    assert after.body != before.body
    assert after.changed == utc(2018, 9, 1)


def test_the_time_of_the_last_change_does_not_go_back_when_the_service_starts_again(
    database: Database,
) -> None:
    town = Town(database, OPEN)
    token = town.link()
    town.adopt(make_agenda(make_commitment()), utc(2018, 6, 1))
    town.now = utc(2018, 7, 1)
    before = town.opened(token)
    again = Town(database, OPEN, now=utc(2018, 9, 1))
    again.adopt(make_agenda(make_commitment()), utc(2018, 6, 1))
    after = again.opened(token)
    assert after.body != before.body
    assert after.changed > before.changed


def test_what_is_the_same_after_a_restart_has_the_same_tag(database: Database) -> None:
    town, again = Town(database, OPEN), Town(database, OPEN, now=utc(2018, 2, 1))
    token = town.link()
    assert again.opened(token).etag == town.opened(token).etag


@pytest.mark.parametrize("discreet", [False, True])
def test_what_is_sensitive_is_only_its_month_until_its_day_has_passed(
    database: Database, *, discreet: bool
) -> None:
    town = Town(database, SENSITIVE)
    town.say(DIALOG, AnswerKind.BOOKED, utc(2018, 2, 1), date(2018, 3, 14), note="vid torget")
    token = town.link(discreet=discreet)
    town.now = utc(2018, 3, 14)
    before = town.opened(token)
    text = before.body.decode().replace("\r\n ", "")
    secrets = ("Sätra", "satra", "20180314", "14 mars", "vid torget", "2018-W13", DIALOG)
    assert not [each for each in secrets if each in text]
    march = [e for e in events(before.body).values() if e.start == date(2018, 3, 1)]
    assert {(e.end, str(e["SUMMARY"]), str(e["TRANSP"])) for e in march} == {
        (date(2018, 4, 1), "Gemensam lägesbild", "TRANSPARENT")
    }
    town.now = utc(2018, 3, 15)
    after = town.opened(token)
    told = {
        name: each for name, each in events(after.body).items() if "Sätra" in str(each["SUMMARY"])
    }
    ((uid, found),) = told.items()
    assert (found.start, found["SEQUENCE"]) == (date(2018, 3, 14), 3)
    assert found.DTSTAMP.astimezone(UTC) == utc(2018, 3, 14, 23)
    assert events(before.body)[uid]["SEQUENCE"] == 2
    assert after.changed > before.changed
    assert ("URL" in found) is not discreet
    assert len(events(after.body)) == len(events(before.body))


def test_what_is_sensitive_is_told_in_full_once_it_has_an_outcome(database: Database) -> None:
    town = Town(database, SENSITIVE)
    town.say(MEETING, AnswerKind.DONE, utc(2018, 1, 10))
    town.now = utc(2018, 1, 11)
    (found,) = (e for e in events(town.body()).values() if "Genomförd" in str(e["SUMMARY"]))
    assert str(found["URL"]) == f"{ADDRESS}/occurrences/{MEETING}"
    assert town.calendars.invitation(MEETING)


def test_no_file_is_offered_of_what_is_sensitive_before_its_day_has_passed(
    database: Database,
) -> None:
    town = Town(database, SENSITIVE)
    town.now = utc(2018, 1, 16)
    assert town.calendars.invitation(MEETING) is None
    town.now = utc(2018, 1, 17)
    assert town.calendars.invitation(MEETING)


def test_no_id_of_what_is_sensitive_can_be_told_without_the_key(database: Database) -> None:
    town = Town(database, SENSITIVE)
    other = Town(database, SENSITIVE)
    object.__setattr__(other.calendars.rendering, "key", b"another key")
    mine, theirs = set(events(town.body())), set(events(other.body()))
    assert mine & theirs == {"gavle/uppfoljning/2020-11"}
