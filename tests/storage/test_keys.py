"""A database is born with keys that nobody can guess."""

from contextlib import closing
from pathlib import Path

from bot.storage.database import Database, open_database
from bot.storage.keys import SqlKeys


def test_the_key_is_the_same_each_time_that_the_database_is_opened(database_url: str) -> None:
    with closing(open_database(database_url)) as first:
        before = SqlKeys(first).veil()
    with closing(open_database(database_url)) as again:
        assert SqlKeys(again).veil() == before


def test_every_database_has_a_key_of_its_own(database: Database, tmp_path: Path) -> None:
    with closing(open_database(f"sqlite:///{tmp_path}/another.db")) as other:
        found = {SqlKeys(database).veil(), SqlKeys(other).veil()}
    assert {len(each) for each in found} == {32}
    assert len(found) == 2
