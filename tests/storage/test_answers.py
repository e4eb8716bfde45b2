"""The ledger of answers: append-only, in order, and read once."""

from dataclasses import replace
from threading import Event, Thread

import pytest
from sqlalchemy import select

from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.delivery import Sent
from bot.domain.errors import DatabaseTroubleError
from bot.services.ports import Decision
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database, open_database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.tables import deliveries as rows
from tests.builders import make_answer
from tests.storage.ledger import LATER, MEETING, at_once, claim, draft, say, settle, write

OTHER_PLAN = "norrtalje/lagesbild/2018-W03"


def test_answers_can_be_neither_changed_nor_removed(
    database: Database, answers: SqlAnswers
) -> None:
    say(answers)
    deeds = ["UPDATE answers SET note = ''", "DELETE FROM answers"]
    for deed in [*deeds, *(["TRUNCATE answers"] if database.shared else [])]:
        with pytest.raises(DatabaseTroubleError, match="append-only"):
            with database.write() as connection:
                connection.exec_driver_sql(deed)
    assert len(answers.standing(MEETING).answers) == 1


def test_what_was_said_is_what_is_read(answers: SqlAnswers) -> None:
    first, second, third = say(answers), say(answers, LATER), say(answers)
    say(answers, OTHER_PLAN)
    assert answers.standings("gavle") == {
        MEETING: Standing((first, third)),
        LATER: Standing((second,)),
    }
    assert answers.standing(MEETING) == Standing((first, third))
    assert answers.standings("malmo") == {}


def test_what_did_not_change_stays_the_very_same(answers: SqlAnswers) -> None:
    say(answers)
    say(answers, LATER)
    before = answers.standings("gavle")
    assert answers.standings("gavle") is before
    say(answers, OTHER_PLAN)
    assert answers.standings("gavle") is before
    said = say(answers)
    after = answers.standings("gavle")
    assert after[LATER] is before[LATER]
    assert after[MEETING].answers == (*before[MEETING].answers, said)
    # Whoever still looks at what was read before sees no change.
    assert len(before[MEETING].answers) == 1


def test_what_another_process_stores_is_seen(database_url: str, answers: SqlAnswers) -> None:
    assert answers.standings("gavle") == {}
    another = open_database(database_url)
    for number in range(1, 4):
        say(SqlAnswers(another))
        assert len(answers.standings("gavle")[MEETING].answers) == number
    another.close()


def test_many_who_answer_and_read_at_once_miss_nothing(database_url: str) -> None:
    """Half have a database of their own, as processes have; every reading is complete."""
    shared = open_database(database_url)
    common = SqlAnswers(shared)

    def work(thread: int) -> int:
        own = open_database(database_url)
        ledger = common if thread % 2 else SqlAnswers(own)
        seen = 0
        for number in range(12):
            said = say(ledger, f"gavle/lagesbild/{number % 3}")
            every = [each for s in ledger.standings("gavle").values() for each in s.answers]
            ids = sorted(each.id for each in every)
            assert said.id in ids
            assert len(ids) == len(set(ids)) >= seen
            seen = len(ids)
        own.close()
        return seen

    at_once(work)
    fresh = SqlAnswers(shared).standings("gavle")
    assert common.standings("gavle") == fresh
    assert sum(len(each.answers) for each in fresh.values()) == 96
    for each in fresh.values():
        assert [a.id for a in each.answers] == sorted(a.id for a in each.answers)
    shared.close()


def test_of_many_who_carry_the_same_event_one_is_stored(database_url: str) -> None:
    def work(_thread: int) -> bool:
        own = open_database(database_url)
        event = replace(make_answer(MEETING, AnswerKind.DONE), source="slack:Ev1")
        decided = SqlAnswers(own).decide(MEETING, "slack:Ev1", lambda _s: Decision(store=event))
        own.close()
        return decided.fresh

    assert sorted(at_once(work)) == [False] * 7 + [True]


def test_of_many_who_decide_at_once_each_sees_those_before(database_url: str) -> None:
    def work(_thread: int) -> bool:
        own = open_database(database_url)

        def choose(standing: Standing) -> Decision:
            if standing.outcome:
                return Decision(repeated=standing.outcome)
            return Decision(store=make_answer(MEETING, AnswerKind.DONE))

        decided = SqlAnswers(own).decide(MEETING, "", choose)
        own.close()
        return decided.fresh

    assert sorted(at_once(work)) == [False] * 7 + [True]


def test_a_decision_that_fails_stores_nothing(answers: SqlAnswers) -> None:
    def choose(_standing: Standing) -> Decision:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        answers.decide(MEETING, "", choose)
    assert answers.standings("gavle") == {}


def test_every_message_about_the_occurrence_wants_the_newest_answer(
    answers: SqlAnswers, deliveries: SqlDeliveries
) -> None:
    write(deliveries, draft(), draft(target="room:x"), draft(occurrence=LATER))
    settle(deliveries, claim(deliveries)[0], Sent("1"))
    newest: Answer | None = None
    for _ in range(2):
        newest = say(answers)
    assert newest
    with deliveries.database.read() as connection:
        found = connection.execute(select(rows.c.occurrence, rows.c.wanted)).all()
    assert sorted(map(tuple, found)) == [(MEETING, newest.id), (MEETING, newest.id), (LATER, 0)]


def test_a_message_is_written_before_an_answer_or_after_it_but_never_meanwhile(
    database_url: str,
) -> None:
    """Else it could be sent without the answer, and the answer would not know of it."""
    database = open_database(database_url)
    written = Event()

    def work() -> None:
        write(SqlDeliveries(database), draft())
        written.set()

    writer = Thread(target=work)

    def choose(_standing: Standing) -> Decision:
        writer.start()
        assert not written.wait(0.2)
        return Decision(store=make_answer(MEETING, AnswerKind.DONE))

    SqlAnswers(database).decide(MEETING, "", choose)
    writer.join()
    assert written.is_set()
    database.close()
