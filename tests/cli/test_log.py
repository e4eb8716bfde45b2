"""The log from the shell."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from bot.cli.answerfile import parse_answers
from bot.domain.answer import THE_PLAN, Answer, AnswerKind, Form, Standing
from bot.planfile.reading import read_plan
from bot.services.answering import give
from bot.services.planning import Agenda
from bot.storage.answers import SqlAnswers
from bot.storage.database import open_database
from tests.builders import utc
from tests.cli.conftest import Run

PLAN = str(Path(__file__).parents[2] / "schedules/gavle-2018-2020.yaml")
SLOT = "gavle-2018-2020/platsuppfoljning/2018-Q1"
MEETING = "gavle-2018-2020/lagesbild/2018-W03"


def answer(run: Run) -> None:
    day = ("--date", "2018-01-16", "--by", "Anna")
    assert run("answer", MEETING, "genomförd", *day, "--plan", PLAN)[0] == 0


def test_it_says_who_answered_what(run: Run) -> None:
    answer(run)
    _, out, _ = run("log")
    assert "1  planens version 1 antogs" in out
    assert f"2  {MEETING}" in out
    assert "Genomförd (16 januari 2018)" in out
    first, second = [json.loads(line) for line in run("log", "--json")[1].splitlines()]
    assert (first["kind"], second["kind"], second["occurrence"]) == ("adopted", "answered", MEETING)
    assert (first["answer"], second["answer"]["kind"]) == (None, "done")


def test_what_was_answered_can_be_rehearsed_from_the_log(run: Run, database_url: str) -> None:
    agenda = Agenda(read_plan(Path(PLAN)))
    assert run("log", "answers", "--plan", PLAN)[1] == "answers: []\n"
    booked = Answer(SLOT, AnswerKind.BOOKED, "Bo: ”ja”", utc(2018, 1, 9), day=date(2018, 3, 14))
    cannot = Answer(MEETING, AnswerKind.CANNOT, "Anna", utc(2018, 1, 12), note="Sjukdom, #1")
    held = Answer(MEETING, AnswerKind.DONE, "Anna", utc(2018, 1, 16), form=Form.PHYSICAL, number=12)
    off = Answer(MEETING, AnswerKind.CANCELLED, "Anna", utc(2018, 1, 17), note="Fel dag")
    said = [
        replace(booked, start=time(9), end=time(10, 30)),
        replace(cannot, stand_in="Cecilia"),
        held,
        off,
    ]
    with closing(open_database(database_url)) as database:
        ledger = SqlAnswers(database)
        for each in said:
            give(agenda, ledger, each, now=each.at, correct=each is off)
        kept = ledger.standings(agenda.plan.id)
    replayed = parse_answers(run("log", "answers", "--plan", PLAN)[1], "svar.yaml", agenda)
    assert {name: told(each) for name, each in replayed.items() if told(each)} == {
        name: told(each) for name, each in kept.items()
    }


def told(standing: Standing) -> list[Answer]:
    people = [each for each in standing.answers if each.by != THE_PLAN]
    return [replace(each, source="", id=0, corrects=each.corrects > 0) for each in people]


def test_answers_are_told_of_one_plan_at_a_time(run: Run) -> None:
    answer(run)
    other = str(Path(PLAN).with_name("exempel-kedja.yaml"))
    code, _, errors = run("log", "answers", "--plan", PLAN, "--plan", other)
    assert (code, errors.strip().splitlines()[-1][:24]) == (1, "Det gäller en plan i tag")


def test_a_whole_log_gives_its_seal_and_holds_it_afterwards(run: Run) -> None:
    answer(run)
    code, out, _ = run("log", "verify")
    assert code == 0
    assert "loggen är hel, 2 poster. Sigill: " in out
    seal = out.split()[-1]
    assert run("log", "verify", "--head", seal)[0] == 0
    code, _, errors = run("log", "verify", "--head", "f" * 64)
    assert code == 1
    assert "slutet kan vara avklippt" in errors


def test_another_key_does_not_fit(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOFTESBOT_LOG__KEY", "the first")
    answer(run)
    assert run("log", "verify")[0] == 0
    monkeypatch.setenv("LOFTESBOT_LOG__KEY", "another")
    code, _, errors = run("log", "verify")
    assert code == 1
    assert "nyckeln är en annan" in errors
