"""Moving house: everything is copied into another database, and nothing else."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

PLAN = str(Path(__file__).parents[2] / "schedules/gavle-2018-2020.yaml")
MEETING = "gavle-2018-2020/lagesbild/2018-W03"


@pytest.fixture
def other_url(empty_url: str, tmp_path: Path) -> str:
    """The address of an empty database of each kind, beside the one that is worked with."""
    return empty_url if empty_url.startswith("postgresql") else f"sqlite:///{tmp_path}/other.db"


def test_everything_is_copied_and_verified(run: Run, other_url: str) -> None:
    day = ("--date", "2018-01-16")
    assert run("answer", MEETING, "genomförd", *day, "--plan", PLAN)[0] == 0
    code, out, errors = run("db", "copy", "--to", other_url)
    assert (code, errors) == (0, "")
    assert "answers: 1 rader" in out
    assert "Ange den i LOFTESBOT_DATABASE__URL" in out


def test_nothing_is_copied_over_what_is_there(run: Run, other_url: str) -> None:
    assert run("feed", "create", "--plan", PLAN)[0] == 0
    assert run("db", "copy", "--to", other_url)[0] == 0
    code, _, errors = run("db", "copy", "--to", other_url)
    assert code == 1
    assert "tom" in errors


def test_where_to_has_to_be_said(run: Run) -> None:
    code, _, errors = run("db", "copy")
    assert (code, errors) == (1, "Ange vart databasen ska kopieras: loftesbot db copy --to URL\n")
