"""The count of answers in a storm: what is in order, and that it finds what is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.answer import Answer, AnswerKind
from bot.services.answering import give
from bot.storage.answers import SqlAnswers
from tests.builders import make_agenda, make_answer, utc
from tests.chaos.answers import Heard, Kept, Reply, Said

MEETING = "gavle/lagesbild/2018-W03"
AGENDA = make_agenda()
DONE, SEEN = AnswerKind.DONE, AnswerKind.ACKNOWLEDGED
NOW = utc(2018, 1, 16)


def heard(by: str, reply: Reply, kind: AnswerKind = DONE, *, began: float = 0.0) -> Heard:
    """One second after it began, somebody is told."""
    return Heard(Said(by, MEETING, kind, began), reply, began + 1.0)


def row(by: str, kind: AnswerKind = DONE) -> Answer:
    return make_answer(MEETING, kind, by=by)


@pytest.mark.parametrize(("kind", "repeated"), [(DONE, True), (SEEN, False)])
def test_of_two_who_say_the_same_only_an_outcome_is_one_answer(
    answers: SqlAnswers, kind: AnswerKind, repeated: bool
) -> None:
    first = Answer(MEETING, kind, "Anna", NOW, source="a")
    second = replace(first, by="Bo", at=NOW + timedelta(minutes=1), source="b")
    assert not give(AGENDA, answers, first, now=NOW).repeated
    assert give(AGENDA, answers, second, now=NOW).repeated is repeated
    assert len(answers.standing(MEETING).answers) == (1 if repeated else 2)


@pytest.mark.parametrize(
    "kept",
    [
        Kept([heard("Anna", Reply.NOTED)], [row("Anna")]),
        Kept([heard("Anna", Reply.KNOWN, SEEN)], [row("Anna", SEEN)]),
        Kept([heard("Anna", Reply.NOTED), heard("Bo", Reply.KNOWN, began=2)], [row("Anna")]),
        Kept([heard("Anna", Reply.UNCLEAR), heard("Bo", Reply.KNOWN)], [row("Anna")]),
        Kept([heard("Anna", Reply.UNCLEAR)], [row("Anna")]),
        Kept([heard("Anna", Reply.UNCLEAR), heard("Bo", Reply.REFUSED)], []),
        Kept(
            [heard("Anna", Reply.NOTED, SEEN), heard("Bo", Reply.NOTED, SEEN)],
            [row("Anna", SEEN), row("Bo", SEEN)],
        ),
    ],
)
def test_what_everybody_was_told_is_there_once(kept: Kept) -> None:
    assert (kept.lost(), kept.doubled(), kept.stray()) == ([], [], [])


@pytest.mark.parametrize(
    "kept",
    [
        Kept([heard("Anna", Reply.NOTED)], []),
        Kept([heard("Anna", Reply.NOTED)], [row("Anna", SEEN)]),
        # Somebody said the same, but whoever is told "noted" has said it first.
        Kept([heard("Anna", Reply.NOTED), heard("Bo", Reply.NOTED, began=9)], [row("Bo")]),
        # Somebody said the same, but only after this one was told that it was known.
        Kept([heard("Anna", Reply.KNOWN), heard("Bo", Reply.NOTED, began=9)], [row("Bo")]),
        Kept([heard("Anna", Reply.KNOWN, SEEN), heard("Bo", Reply.NOTED, SEEN)], [row("Bo", SEEN)]),
        Kept([heard("Anna", Reply.KNOWN)], []),
    ],
)
def test_an_answer_that_is_not_there_is_lost(kept: Kept) -> None:
    assert [each.said.by for each in kept.lost()] == ["Anna"]


@pytest.mark.parametrize(
    ("rows", "doubled"),
    [
        ([row("Anna"), row("Anna")], 1),
        ([row("Anna", SEEN), row("Anna", SEEN), row("Anna", SEEN)], 2),
        ([row("Anna"), row("Bo")], 1),
        ([row("Anna", SEEN), row("Bo", SEEN), row("Bo")], 1),
    ],
)
def test_an_answer_that_is_there_again_is_doubled(rows: list[Answer], doubled: int) -> None:
    assert len(Kept([], rows).doubled()) == doubled


@pytest.mark.parametrize(
    "kept",
    [
        Kept([], [row("Anna")]),
        Kept([heard("Anna", Reply.REFUSED)], [row("Anna")]),
        Kept([heard("Anna", Reply.UNCLEAR, SEEN)], [row("Anna")]),
    ],
)
def test_an_answer_that_nobody_gave_is_stray(kept: Kept) -> None:
    assert len(kept.stray()) == 1


def test_the_count_of_replies_names_each_kind() -> None:
    every = [heard("Anna", Reply.NOTED), heard("Bo", Reply.KNOWN), heard("Cia", Reply.KNOWN)]
    assert Kept(every, []).told() == {"noted": 1, "known": 2, "refused": 0, "unclear": 0}
