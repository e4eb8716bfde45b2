"""What a migration makes of rows that were there before it."""

from datetime import UTC, datetime

from bot.domain.feed import Feed
from bot.storage.addresses import parsed
from bot.storage.database import open_database
from bot.storage.engines import make_engine
from bot.storage.feeds import SqlFeeds
from bot.storage.migrating import migrate

LINKS = (
    "INSERT INTO feeds (plan, token_hash, created, revoked) VALUES "
    "('gavle', 'a', '2018-01-01 00:00:00', NULL), "
    "('gavle', 'b', '2018-01-01 00:00:00', '2018-02-01 00:00:00')"
)


def test_a_link_from_before_there_were_kinds_opens_the_plan_or_has_ended(empty_url: str) -> None:
    engine = make_engine(parsed(empty_url))
    with engine.begin() as connection:
        migrate(connection, "en äldre", to="0004")
        connection.exec_driver_sql(LINKS)
    engine.dispose()
    database = open_database(empty_url)
    serves, ended = SqlFeeds(database).every()
    assert (serves.feed, serves.ended) == (Feed("gavle"), None)
    assert (ended.feed, ended.ended) == (Feed("gavle"), datetime(2018, 2, 1, tzinfo=UTC))
    database.close()
