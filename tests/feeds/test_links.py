"""Links: secret, changed for others, ended, and served while something is wrong."""

import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Event

import pytest
from icalendar import Calendar

from bot.domain.answer import AnswerKind
from bot.domain.errors import DatabaseTroubleError, UnknownFeedError, UnknownLinkError
from bot.domain.feed import Feed, FeedLink, FeedScope
from bot.feeds.memo import MOST_LINKS, SILENT_SECONDS
from bot.feeds.rendering import Rendering
from bot.storage.database import Database
from bot.storage.feeds import SqlFeeds
from tests.builders import make_agenda, make_commitment, utc
from tests.feeds.builders import Town, events

AGENDA = make_agenda(make_commitment())
MEETING = "gavle/lagesbild/2018-W03"
TROUBLE = "Databasen\nsvarar inte."


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database, AGENDA)


def numbers(town: Town) -> list[int]:
    return [each.number for each in town.calendars.in_force()]


def test_a_token_is_secret_enough_and_only_its_hash_is_kept(town: Town) -> None:
    token = town.link()
    with town.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM feeds").all()
    assert token not in str(rows)
    assert len(token) * 6 >= 128
    assert town.link() != token


def test_a_link_opens_what_it_was_made_for(town: Town) -> None:
    token = town.link(FeedScope.ROLE, "samordnare")
    assert events(town.opened(token).body) == {}
    (link,) = town.calendars.in_force()
    assert link.feed == Feed("gavle", FeedScope.ROLE, "samordnare")
    assert town.calendars.described(link.feed) == "Roll: Samordnaren"


def test_what_the_plan_has_not_gets_no_link(town: Town) -> None:
    for feed in (Feed("gavle", FeedScope.ROLE, "borgmästare"), Feed("annan")):
        with pytest.raises(UnknownFeedError):
            town.calendars.create(feed)
    assert numbers(town) == []


@pytest.mark.parametrize("change", ["rotate", "revoke"])
def test_an_ended_link_opens_an_empty_calendar_for_thirty_days(town: Town, change: str) -> None:
    token = town.link()
    assert MEETING in events(town.opened(token).body)
    (number,) = numbers(town)
    getattr(town.calendars, change)(number)
    empty = town.calendars.feed(token)
    assert empty
    calendar = Calendar.from_ical(empty.body)
    assert [each.name for each in calendar.subcomponents] == ["VTIMEZONE"]
    assert {"VERSION", "PRODID"} <= set(calendar)
    assert empty.changed == town.now
    town.now += timedelta(days=30, seconds=-1)
    assert town.opened(token).body == empty.body
    town.now += timedelta(seconds=1)
    gone = town.opened(token)
    assert (gone.gone, gone.body) == (True, b"")


def test_a_new_link_opens_the_same_as_the_old_one_did(town: Town) -> None:
    old = town.link(FeedScope.ROLE, "kommunpolis", discreet=True)
    body = town.opened(old).body
    new = town.calendars.rotate(numbers(town)[0])
    assert town.opened(new).body == body
    assert numbers(town) == [2]


def test_only_a_link_that_serves_can_be_ended(town: Town) -> None:
    town.link()
    town.calendars.revoke(1)
    for change in (town.calendars.rotate, town.calendars.revoke):
        for number in (1, 99):
            with pytest.raises(UnknownLinkError, match=f"nummer {number}"):
                change(number)


def test_what_was_opened_a_moment_ago_is_at_hand_until_the_link_ends(town: Town) -> None:
    token = town.link()
    opened = town.opened(token)
    assert town.calendars.at_hand(token) is opened
    town.seconds += 1
    assert town.calendars.at_hand(token) is None
    town.opened(token)
    town.calendars.revoke(1)
    assert town.calendars.at_hand(token) is None


def test_another_link_stays_at_hand_when_one_ends(town: Town) -> None:
    first, second = town.link(), town.link()
    for token in (first, second):
        assert town.calendars.feed(token)
    town.calendars.revoke(1)
    assert town.calendars.at_hand(second)


def test_what_was_looked_up_before_the_link_ended_is_not_remembered(town: Town) -> None:
    token = town.link()
    found = town.opened(token)
    town.calendars.revoke(1)
    town.calendars.memo.put(token, 1, found, serves=True)
    assert town.calendars.at_hand(token) is None


def test_a_link_that_another_process_ends_is_heard_of_within_a_second(town: Town) -> None:
    token = town.link()
    town.opened(token)
    town.links.revoke(1, now=town.now)
    assert town.calendars.at_hand(token)
    assert events(town.opened(token).body) == {}


def no_link(_links: SqlFeeds, _token: str) -> FeedLink | None:
    raise DatabaseTroubleError(TROUBLE)


def no_bytes(*_: object, **__: object) -> None:
    raise ValueError(TROUBLE)


@pytest.mark.parametrize(
    ("where", "what", "broken"), [(SqlFeeds, "find", no_link), (Rendering, "feed", no_bytes)]
)
def test_on_a_fault_the_last_good_bytes_are_served_and_one_line_is_logged(
    town: Town,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    where: type,
    what: str,
    broken: object,
) -> None:
    caplog.set_level(logging.INFO)
    token, other = town.link(), town.link()
    good = town.opened(token)
    with monkeypatch.context() as patched:
        patched.setattr(where, what, broken)
        assert [town.opened(token) for _ in range(5)] == [good] * 5
        with pytest.raises((DatabaseTroubleError, ValueError)):
            town.calendars.feed(other)
    (line,) = caplog.messages
    assert "Databasen svarar inte." in line
    assert token not in line
    town.say(MEETING, AnswerKind.DONE, utc(2018, 1, 17))
    assert b"Genomf" in town.opened(token).body


def test_each_time_of_trouble_is_told_of_whoever_asks(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = town.link(), town.link()
    for token in (first, second):
        town.opened(token)
        with monkeypatch.context() as patched:
            patched.setattr(SqlFeeds, "find", no_link)
            town.seconds += SILENT_SECONDS
            town.opened(token)
    assert len(caplog.messages) == 2


def test_links_are_ended_while_others_are_opened(town: Town) -> None:
    found, closing = town.opened(town.link()), Event()
    memo, switching = town.calendars.memo, sys.getswitchinterval()

    def open_others(start: int) -> None:
        for number in count(start):
            if closing.is_set():
                return
            memo.put(f"token-{number}", number, found, serves=True)

    sys.setswitchinterval(1e-6)
    with ThreadPoolExecutor() as pool:
        opening = [pool.submit(open_others, start * 1_000_000) for start in range(3)]
        try:
            for number in range(300):
                memo.forget(number)
        finally:
            closing.set()
            sys.setswitchinterval(switching)
        for each in opening:
            each.result()
    assert len(memo.opened) <= MOST_LINKS


def test_a_revoked_link_opens_nothing_of_old_on_a_fault(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = town.link()
    town.opened(token)
    town.calendars.revoke(1)
    monkeypatch.setattr(SqlFeeds, "find", no_link)
    with pytest.raises(DatabaseTroubleError):
        town.calendars.feed(token)


def test_only_so_many_links_are_remembered(town: Town) -> None:
    found = town.opened(town.link())
    for number in range(MOST_LINKS + 50):
        town.calendars.memo.put(f"token-{number}", number, found, serves=True)
    assert len(town.calendars.memo.opened) == MOST_LINKS
    assert town.calendars.at_hand(f"token-{MOST_LINKS + 49}")
    assert town.calendars.at_hand("token-0") is None
