"""The demo and the service, up to the moment at which they would begin to serve."""

import socket
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app.clocks import wall_now
from bot.app.office import open_office
from bot.app.service import Service
from bot.cli import serving
from bot.cli.main import main
from bot.cli.server import listen
from bot.domain.clock import PlanClock
from bot.settings import DatabaseSettings, load_settings

PLAN = str(Path(__file__).parents[2] / "schedules/gavle-2018-2020.yaml")
SLACK = {
    "LOFTESBOT_SLACK__BOT_TOKEN": "xoxb-1",
    "LOFTESBOT_SLACK__APP_TOKEN": "xapp-1",
    "LOFTESBOT_SLACK__TARGET": "C024BE91L",
}


@pytest.fixture(autouse=True)
def _own_database(empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOFTESBOT_DATABASE__URL", empty_url)
    monkeypatch.chdir(tmp_path)


def test_the_second_half_of_a_short_answer_waits_for_nothing() -> None:
    with listen("127.0.0.1", 0) as ours, socket.create_connection(ours.getsockname()):
        accepted, _ = ours.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_demo_posts_to_nobody_whatever_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in SLACK.items():
        monkeypatch.setenv(name, value)
    built: list[Service] = []
    real = Service

    def keep(*given: object, **named: object) -> Service:
        built.append(real(*given, **named))  # type: ignore[arg-type]  # handed on as they came
        return built[-1]

    monkeypatch.setattr(serving, "Service", keep)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["demo", "--port", str(taken.getsockname()[1])]) == 1
    assert [sorted(each.delivery.transports) for each in built] == [["room"]]
    assert list(tmp_path.iterdir()) == []


def test_a_clock_cannot_begin_before_the_plan_was_adopted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = "gavle-2018-2020/lagesbild/2018-W03"
    assert main(["answer", name, "genomförd", "--date", "2018-01-16", "--plan", PLAN]) == 0
    assert main(["serve", "--clock", "2018-06-01", "--port", "0"]) == 1
    assert "klockan kan inte börja före den dagen" in capsys.readouterr().err


def test_a_clock_may_begin_on_the_plan_s_first_day_before_the_hour_that_another_showed(
    empty_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load_settings(database=DatabaseSettings(url=empty_url))
    noon = PlanClock(wall_now(), datetime(2018, 1, 16, 11, tzinfo=UTC))
    with closing(open_office(settings, [Path(PLAN)], noon).database):
        pass
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve", "--clock", "2018-01-16", "--port", port]) == 1
    said = capsys.readouterr().err
    assert (port in said, "klockan kan inte börja" in said) == (True, False)


def test_a_worker_alone_with_a_file_is_told_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOFTESBOT_DATABASE__URL", sqlite_url)
    assert main(["worker"]) == 1
    assert "det kan bara PostgreSQL" in capsys.readouterr().err


def test_a_queue_between_machines_needs_a_database_between_them(
    monkeypatch: pytest.MonkeyPatch, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOFTESBOT_DATABASE__URL", sqlite_url)
    monkeypatch.setenv("LOFTESBOT_DELIVERY__CARRIER", "dbos")
    assert main(["serve", "--plan", PLAN, "--port", "0"]) == 1
    assert "LOFTESBOT_DELIVERY__CARRIER=dbos" in capsys.readouterr().err
