"""The log over a real database: it grows with what happens, and shows what was tampered with."""

from dataclasses import replace

import pytest

from bot.domain.answer import AnswerKind
from bot.domain.errors import DatabaseTroubleError
from bot.domain.log import EntryKind
from bot.services.ports import Decision
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database
from bot.storage.log import SqlLog
from bot.storage.plans import SqlPlans
from tests.builders import make_answer, utc
from tests.storage.ledger import at_once

KEY = b"kept elsewhere"
MEETING = "gavle/lagesbild/2018-W03"
NOW = utc(2018, 1, 2)
# What keeps everybody else from changing what is kept; a tamperer takes it away first.
GUARDS = {
    "sqlite": ["DROP TRIGGER answers_no_update", "DROP TRIGGER answers_no_delete",
               "DROP TRIGGER log_no_update", "DROP TRIGGER log_no_delete"],
    "postgresql": ["DROP TRIGGER answers_append_only ON answers",
                   "DROP TRIGGER log_append_only ON log"],
}  # fmt: skip


def say(database: Database, kind: AnswerKind, note: str = "orsaken", source: str = "") -> None:
    said = replace(make_answer(MEETING, kind, NOW, note=note), source=source)
    SqlAnswers(database, KEY).decide(MEETING, source, lambda _standing: Decision(store=said))


@pytest.fixture
def log(database: Database) -> SqlLog:
    """The log of a plan that was adopted, and answered three times."""
    SqlPlans(database, KEY).adopt("gavle", name="p.yaml", text="plan: …", now=NOW)
    for kind in (AnswerKind.ACKNOWLEDGED, AnswerKind.CANNOT, AnswerKind.DONE):
        say(database, kind)
    return SqlLog(database, KEY)


def test_it_tells_what_was_adopted_and_answered_in_order(log: SqlLog) -> None:
    entries = log.entries("gavle")
    assert [each.number for each in entries] == [1, 2, 3, 4]
    assert [each.entry.kind for each in entries] == [EntryKind.ADOPTED, *[EntryKind.ANSWERED] * 3]
    assert log.breaks("gavle", head=entries[-1].link) == []


def test_the_same_again_adds_nothing(log: SqlLog, database: Database) -> None:
    SqlPlans(database, KEY).adopt("gavle", name="p.yaml", text="plan: …", now=NOW)
    say(database, AnswerKind.DONE, source="slack:1")
    say(database, AnswerKind.DONE, source="slack:1")
    assert len(log.entries("gavle")) == 5


def test_what_goes_wrong_leaves_no_entry(log: SqlLog, database: Database) -> None:
    def fail(_standing: object) -> Decision:
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        SqlAnswers(database, KEY).decide(MEETING, "", fail)
    assert log.breaks("gavle") == []
    assert len(log.entries("gavle")) == 4


def test_each_plan_has_a_chain_of_its_own(log: SqlLog, database: Database) -> None:
    SqlPlans(database, KEY).adopt("sandviken", name="s.yaml", text="plan: s", now=NOW)
    assert [each.number for each in log.entries("sandviken")] == [1]
    assert log.breaks("sandviken") == []


def test_many_who_answer_at_once_make_one_chain(log: SqlLog, database: Database) -> None:
    at_once(lambda number: say(database, AnswerKind.ACKNOWLEDGED, source=f"s{number}"), 8)
    assert [each.number for each in log.entries("gavle")] == list(range(1, 13))
    assert log.breaks("gavle") == []


@pytest.mark.parametrize("deed", ["UPDATE log SET digest = ''", "DELETE FROM log"])
def test_it_can_only_be_added_to(log: SqlLog, database: Database, deed: str) -> None:
    with pytest.raises(DatabaseTroubleError, match="append-only"), database.write() as connection:
        connection.exec_driver_sql(deed)


@pytest.mark.parametrize(
    ("deed", "says"),
    [
        ("UPDATE answers SET note = 'annat' WHERE id = 2", "svar 2 är ändrad eller borttagen"),
        ("DELETE FROM answers WHERE id = 3", "svar 3 är ändrad eller borttagen"),
        ("UPDATE plans SET text = 'plan: x'", "planens version 1 är ändrad eller borttagen"),
        ("UPDATE log SET digest = 'ff' WHERE number = 3", "post 3 är ändrad eller flyttad"),
        ("DELETE FROM log WHERE number = 2", "post 2 saknas"),
        ("DELETE FROM log WHERE number = 4", "svar 3 finns inte i loggen"),
    ],
)
def test_whatever_is_tampered_with_shows(
    log: SqlLog, database: Database, deed: str, says: str
) -> None:
    with database.write() as connection:
        for each in [*GUARDS[connection.dialect.name], deed]:
            connection.exec_driver_sql(each)
    assert any(each.startswith(says) for each in log.breaks("gavle"))


def test_an_end_that_was_cut_off_with_its_answers_shows_against_a_seal(
    log: SqlLog, database: Database
) -> None:
    seal = log.seal("gavle")
    assert seal == log.entries("gavle")[-1].link
    with database.write() as connection:
        cut = ["DELETE FROM log WHERE number = 4", "DELETE FROM answers WHERE id = 3"]
        for each in [*GUARDS[connection.dialect.name], *cut]:
            connection.exec_driver_sql(each)
    assert log.breaks("gavle") == []
    assert "avklippt" in log.breaks("gavle", head=seal)[0]
