"""The other stores: the same when many processes write at once."""

from datetime import timedelta
from itertools import pairwise

from bot.domain.feed import Feed, FeedLink, FeedScope
from bot.domain.message import Message
from bot.storage.database import Database, open_database
from bot.storage.feeds import SqlFeeds
from bot.storage.plans import SqlClock, SqlPlans
from bot.storage.room import SqlRoom
from tests.storage.ledger import NOW, SECOND, at_once
from tests.waiting import until

ROLE_FEED = Feed("gavle", FeedScope.ROLE, "kommunpolis", discreet=True)


def message(key: str) -> Message:
    return Message(key=key, occurrence="gavle/lagesbild/2018-W03", title=key, lines=())


def test_each_plan_has_one_row_of_versions_whoever_adopts(database_url: str) -> None:
    def work(thread: int) -> None:
        own = open_database(database_url)
        for number in range(4):
            text = f"text {number}" if thread % 2 else f"text {thread}.{number}"
            SqlPlans(own).adopt("gavle", name="gavle.yaml", text=text, now=NOW)
        own.close()

    at_once(work)
    database = open_database(database_url)
    kept = SqlPlans(database).versions()["gavle"]
    assert [each.version for each in kept] == list(range(1, len(kept) + 1))
    assert all(a.text != b.text for a, b in pairwise(kept))
    database.close()


def test_a_plan_that_is_adopted_again_is_the_same_version(database: Database) -> None:
    for text in ("a", "a", "b", "a"):
        SqlPlans(database).adopt("gavle", name="gavle.yaml", text=text, now=NOW)
    assert [each.text for each in SqlPlans(database).versions()["gavle"]] == ["a", "b", "a"]


def test_the_clock_never_runs_back(database: Database) -> None:
    clock = SqlClock(database)
    assert clock.seen() is None
    for after in (SECOND, timedelta(), 3 * SECOND, 2 * SECOND):
        clock.note(NOW + after)
    assert clock.seen() == NOW + 3 * SECOND


def test_the_rooms_versions_come_in_order_whoever_writes(database_url: str) -> None:
    """Who reads as they come, and asks only for what is newer, has seen every message."""
    reader = open_database(database_url)
    keys = {f"{thread}.{number}" for thread in range(1, 6) for number in range(10)}

    seen: list[str] = []

    def has_read_all() -> bool:
        for each in SqlRoom(reader).after(len(seen), limit=20):
            assert each.version == len(seen) + 1
            seen.append(each.message.key)
        return keys <= set(seen)

    def work(thread: int) -> None:
        if thread == 0:
            until(has_read_all)
            return
        own = open_database(database_url)
        for number in range(10):
            SqlRoom(own).put(message(f"{thread}.{number}"), address="x", posted=NOW)
        own.close()

    at_once(work, 6)
    assert sorted(seen) == sorted(keys)
    reader.close()


def test_a_key_is_in_the_room_once_whoever_puts_it_there(database_url: str) -> None:
    def work(_thread: int) -> int:
        own = open_database(database_url)
        number = SqlRoom(own).put(message("the same"), address="x", posted=NOW)
        own.close()
        return number

    assert len(set(at_once(work))) == 1


def test_a_new_link_takes_the_place_of_one_that_serves_and_of_no_other(database: Database) -> None:
    feeds = SqlFeeds(database)
    number = feeds.add("first", ROLE_FEED, now=NOW)
    assert feeds.rotate(number, "second", now=NOW) == FeedLink(number, ROLE_FEED, NOW, ended=NOW)
    assert feeds.rotate(number, "third", now=NOW) is None
    assert [each.ended for each in feeds.every()] == [NOW, None]
    assert feeds.find("second") == FeedLink(number + 1, ROLE_FEED, NOW)
    assert feeds.find("third") is None


def test_only_the_hash_of_a_feeds_token_is_kept(database: Database) -> None:
    feeds = SqlFeeds(database)
    number = feeds.add("secret-token", ROLE_FEED, now=NOW)
    assert feeds.find("secret-token") == FeedLink(number, ROLE_FEED, NOW)
    assert [feeds.revoke(number, now=NOW) for _ in range(2)] == [True, False]
    assert feeds.find("secret-token") == FeedLink(number, ROLE_FEED, NOW, ended=NOW)
    assert feeds.find("another") is None
    with database.read() as connection:
        kept = connection.exec_driver_sql("SELECT token_hash FROM feeds").scalar_one()
    assert b"secret" not in bytes(kept)
