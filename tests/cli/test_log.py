"""The log from the shell."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

PLAN = str(Path(__file__).parents[2] / "schedules/gavle-2018-2020.yaml")
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
