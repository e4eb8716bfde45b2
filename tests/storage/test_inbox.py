"""What chat products deliver is kept until it has been taken."""

from datetime import timedelta

import pytest

from bot.storage.database import Database
from bot.storage.inbox import SqlInbox
from tests.storage.ledger import NOW

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def inbox(database: Database) -> SqlInbox:
    return SqlInbox(database, "slack")


def test_what_was_not_taken_waits_and_the_oldest_comes_first(inbox: SqlInbox) -> None:
    for number in (1, 2):
        assert inbox.keep(f"Ev{number}", {"number": number, "å": "ö"}, now=NOW)
    assert inbox.waiting(before=NOW, limit=9) == []
    assert inbox.waiting(before=LATER, limit=9) == [{"number": n, "å": "ö"} for n in (1, 2)]
    assert inbox.waiting(before=LATER, limit=1) == [{"number": 1, "å": "ö"}]


def test_the_same_again_is_to_be_done_until_it_was_taken(inbox: SqlInbox) -> None:
    assert inbox.keep("Ev1", {}, now=NOW)
    assert inbox.keep("Ev1", {}, now=NOW)
    inbox.take("Ev1", now=NOW)
    assert not inbox.keep("Ev1", {}, now=LATER)
    assert inbox.waiting(before=LATER, limit=9) == []


def test_each_product_has_its_own(inbox: SqlInbox, database: Database) -> None:
    SqlInbox(database, "mail").keep("m1", {}, now=NOW)
    assert inbox.waiting(before=LATER, limit=9) == []
    assert inbox.forget(before=LATER) == 0
    assert SqlInbox(database, "mail").waiting(before=LATER, limit=9) == [{}]


def test_what_was_let_go_is_counted_when_nobody_took_it(inbox: SqlInbox) -> None:
    for source in ("Ev1", "Ev2"):
        inbox.keep(source, {}, now=NOW)
    inbox.take("Ev1", now=NOW)
    assert inbox.forget(before=LATER) == 1
    assert inbox.keep("Ev1", {}, now=LATER)
