"""A plan file that changes under a running service."""

import json
import signal
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from urllib.request import urlopen

import pytest

from bot.app.office import Office, open_office
from bot.app.plan_files import PlanFiles
from bot.settings import DatabaseSettings, Settings
from bot.storage.plans import SqlPlans
from tests.chaos.fleet import Member, bare_environment
from tests.waiting import until

PLAN = Path(__file__).parents[1] / "schedules/gavle-2018-2020.yaml"
ID = "gavle-2018-2020"
TEXT = PLAN.read_text(encoding="utf-8")
NEWER = TEXT.replace("Gemensam lägesbild\n", "Lägesbild\n", 1)
BROKEN = TEXT.replace("municipality:", "kommun:")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "plan.yaml"
    found.write_text(TEXT, encoding="utf-8")
    return found


@pytest.fixture
def office(path: Path, database_url: str) -> Iterator[Office]:
    found = open_office(Settings(database=DatabaseSettings(url=database_url)), [path])
    with closing(found.database):
        yield found


@pytest.fixture
def files(office: Office, path: Path) -> PlanFiles:
    found = PlanFiles(office, [path], lambda: None)
    found.begin()
    return found


def versions(office: Office) -> int:
    return SqlPlans(office.database).newest()[ID]


def test_a_changed_file_is_adopted_when_it_has_rested_from_one_look_to_the_next(
    files: PlanFiles, office: Office, path: Path
) -> None:
    files.look()
    path.write_text(NEWER, encoding="utf-8")
    files.look()
    assert versions(office) == 1
    files.look()
    assert versions(office) == 2
    assert office.reread() == [ID]
    files.look()
    assert versions(office) == 2


def test_who_asks_has_it_read_at_once(files: PlanFiles, office: Office, path: Path) -> None:
    path.write_text(NEWER, encoding="utf-8")
    files.ask()
    files.look()
    assert versions(office) == 2


def test_a_broken_file_changes_nothing_and_is_told_until_a_good_one_comes(
    files: PlanFiles, office: Office, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_text(BROKEN, encoding="utf-8")
    for _ in range(5):
        files.look()
    assert versions(office) == 1
    told = [each for each in caplog.messages if "Planfilen används inte" in each]
    assert len(told) == 1
    assert f"{path}:" in told[0]
    assert list(files.status()) == [str(path)]
    path.write_text(NEWER, encoding="utf-8")
    files.ask()
    files.look()
    assert (versions(office), files.status()) == (2, {})


@pytest.mark.parametrize("words", ["id: gavle-2018-2021", "gone"])
def test_another_plan_or_no_file_is_refused(
    files: PlanFiles, office: Office, path: Path, words: str
) -> None:
    if words == "gone":
        path.unlink()
    else:
        path.write_text(TEXT.replace(f"id: {ID}", words), encoding="utf-8")
    files.ask()
    files.look()
    assert list(files.status()) == [str(path)]
    assert list(office.agendas) == [ID]
    assert versions(office) == 1


def test_a_service_takes_a_new_version_at_sighup_and_goes_on_with_the_old_when_it_is_broken(
    path: Path, tmp_path: Path
) -> None:
    plan, begins = str(path), str(date(2018, 1, 2))
    member = Member("serve", ("serve", "--plan", plan, "--clock", begins), tmp_path)
    member.start(bare_environment(DATABASE__URL=f"sqlite:///{tmp_path}/l.db", WEB__PORT="0"))
    try:
        until(lambda: _ready(member))
        path.write_text(BROKEN, encoding="utf-8")
        member.send(signal.SIGHUP)
        until(lambda: _health(member)["refused_plans"])
        assert _health(member)["status"] == "ok"
        path.write_text(NEWER, encoding="utf-8")
        until(lambda: not _health(member)["refused_plans"])
        until(lambda: "Ny version av planen" in member.said())
        assert member.alive
    finally:
        member.send(signal.SIGTERM)
        until(lambda: not member.alive)


def _ready(member: Member) -> bool:
    member.look()
    return member.ready


def _health(member: Member) -> dict[str, object]:
    with urlopen(f"{member.address}/health", timeout=10) as answer:
        found: dict[str, object] = json.load(answer)
    return found
