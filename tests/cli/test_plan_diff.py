"""``loftesbot plan diff``: what a newer file changes, before anybody runs it."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run

PLAN = Path(__file__).parents[2] / "schedules/gavle-2018-2020.yaml"
ID = "gavle-2018-2020"


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The real plan with its meetings two days later."""
    text = PLAN.read_text(encoding="utf-8").replace("from: 2018-01-02", "from: 2018-01-04")
    path = tmp_path / "ny.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plan_beside_itself_changes_nothing(run: Run) -> None:
    assert run("plan", "diff", str(PLAN), str(PLAN))[:2] == (0, "Ingenting ändras.\n")


def test_it_says_sums_first_and_then_what_moves(run: Run, newer: Path) -> None:
    code, out, _ = run("plan", "diff", str(PLAN), str(newer))
    lines = out.splitlines()
    assert code == 0
    # One of 79 had been moved by New Year's Eve to the very day that it is on now.
    assert lines[0] == "0 tillfällen tillkommer, 78 flyttas, 0 tas bort."
    assert (
        "  Gemensam lägesbild, tisdag 2 januari 2018 kl. 9.00–10.30 → "
        "torsdag 4 januari 2018 kl. 9.00–10.30"
    ) in lines
    assert "  … och 68 till" in lines


def test_each_change_is_one_line_of_json(run: Run, newer: Path) -> None:
    _, out, _ = run("plan", "diff", str(PLAN), str(newer), "--json")
    first = json.loads(out.splitlines()[0])
    assert first == {
        "change": "moved",
        "id": f"{ID}/lagesbild/2018-W01",
        "before": {
            "window_from": "2018-01-02",
            "window_to": "2018-01-02",
            "last_sensible_date": "2018-01-02",
        },
        "after": {
            "window_from": "2018-01-04",
            "window_to": "2018-01-04",
            "last_sensible_date": "2018-01-04",
        },
        "answered": None,
    }


def test_what_was_answered_is_named(run: Run, newer: Path) -> None:
    name = f"{ID}/lagesbild/2018-W01"
    given = ("--by", "Kommunpolis", "--date", "2018-01-02", "--plan", str(PLAN))
    code, _, errors = run("answer", name, "genomförd", *given)
    assert (code, errors) == (0, "")
    _, out, _ = run("plan", "diff", str(PLAN), str(newer))
    assert f"  {name}: genomförd 2 januari 2018 (Kommunpolis)" in out.splitlines()


def test_a_database_is_only_read_and_an_older_one_left_as_it_is(
    run: Run, newer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "aldre.db"
    with closing(sqlite3.connect(path)) as older:
        older.execute("CREATE TABLE alembic_version (version_num TEXT)")
        older.execute("INSERT INTO alembic_version VALUES ('0000')")
        older.commit()
    monkeypatch.setenv("LOFTESBOT_DATABASE__URL", f"sqlite:///{path}")
    code, out, _ = run("plan", "diff", str(PLAN), str(newer))
    assert code == 0
    assert "Svaren har inte jämförts. " in out
    assert "kör loftesbot db upgrade" in out
    with closing(sqlite3.connect(path)) as older:
        assert older.execute("SELECT name FROM sqlite_master").fetchall() == [("alembic_version",)]


def test_changed_rules_are_named_commitment_by_commitment(run: Run, tmp_path: Path) -> None:
    text = PLAN.read_text(encoding="utf-8").replace("free_day: next", "free_day: skip", 1)
    path = tmp_path / "ny.yaml"
    path.write_text(re.sub(r"nags: \d", "nags: 9", text, count=1), encoding="utf-8")
    lines = run("plan", "diff", str(PLAN), str(path), "--json")[1].splitlines()
    said = [json.loads(line) for line in lines]
    what = {e["commitment"]: e["what"] for e in said if e["change"] == "reworded"}
    assert "free_day" in next(iter(what.values()))
    assert any("policy" in each for each in what.values())


def test_two_different_plans_are_not_compared(run: Run) -> None:
    other = PLAN.with_name("exempel-2026-2028.yaml")
    code, out, errors = run("plan", "diff", str(PLAN), str(other))
    assert (code, out) == (1, "")
    assert "två olika planer" in errors


def test_a_broken_file_is_told_with_its_faults(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "trasig.yaml"
    broken.write_text("format: 2\n", encoding="utf-8")
    code, out, errors = run("plan", "diff", str(PLAN), str(broken))
    assert (code, out) == (1, "")
    assert errors.startswith(f"{broken}:1:1:")
