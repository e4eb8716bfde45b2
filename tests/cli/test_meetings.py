"""Listings of a plan that follows a calendar of others, known to a database or not."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.domain.meetings import Meeting
from bot.storage.calendars import KeptCalendar, SqlCalendars
from bot.storage.database import open_database
from tests.builders import utc
from tests.cli.conftest import Run
from tests.planfile.plan_texts import CADENCE, plan_text

URL = "https://example.se/bra.ics"
FOLLOWING = "cadence: {type: relative, to: radet, before: {days: 7}}"
EVENT = f'events: [{{id: radet, title: Möte i BRÅ, calendar: "{URL}"}}]\ntargets:'
PLAN = "prov-2018-2020"
MEETING = Meeting("m1", "i", "s", date(2018, 2, 13), date(2018, 2, 20), utc(2018, 1, 1), changes=1)
CALENDAR = KeptCalendar(
    PLAN, "radet", URL, "", date(2018, 1, 1), date(2020, 12, 31),
    meetings=(MEETING, replace(MEETING, key="m2", day=date(2018, 5, 15), fallen=True)),
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> str:
    found = tmp_path / "plan.yaml"
    found.write_text(plan_text((CADENCE, FOLLOWING), ("targets:", EVENT)), encoding="utf-8")
    return str(found)


@pytest.mark.parametrize("command", ["occurrences", "reminders"])
def test_it_is_told_beside_the_listing_that_no_day_is_known(
    run: Run, path: str, command: str
) -> None:
    code, out, errors = run(command, path, "--json")
    assert code == 0
    assert "lagesbild" not in out
    assert errors.startswith(f"Varning: Möte i BRÅ: dagarna hämtas från {URL}")


@pytest.mark.parametrize("url", ["sqlite:///none.db", "postgresql://127.0.0.1:1/none"])
def test_a_database_that_is_not_there_stops_no_listing(
    run: Run, path: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOFTESBOT_DATABASE__URL", url)
    code, _, errors = run("occurrences", path)
    assert code == 0
    assert "dagarna hämtas från" in errors
    assert not Path("none.db").exists()


@pytest.mark.usefixtures("kept")
def test_the_days_that_a_service_has_read_are_those_that_are_listed(run: Run, path: str) -> None:
    code, out, errors = run("occurrences", path, "--to", "2018-12-31")
    assert (code, errors) == (0, "")
    assert "tisdag 13 februari 2018" in out
    assert f"{PLAN}/lagesbild/m1" in out
    assert "m2" not in out


@pytest.fixture
def kept(database_url: str) -> None:
    with closing(open_database(database_url)) as database:
        SqlCalendars(database).update(CALENDAR, lambda known: known)


def changed(path: str, old: str, new: str) -> str:
    """A newer file of the plan."""
    newer = Path(path).with_name("ny.yaml")
    newer.write_text(Path(path).read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return str(newer)


@pytest.mark.usefixtures("kept")
def test_what_is_listed_of_another_calendar_is_said_to_be(run: Run, path: str) -> None:
    newer = changed(path, URL, "https://example.se/annan.ics")
    code, out, errors = run("occurrences", newer, "--to", "2018-12-31")
    assert (code, f"{PLAN}/lagesbild/m1" in out) == (0, True)
    assert errors == (
        "Varning: Möte i BRÅ: dagarna är den förra kalenderns, tills en tjänst har läst den nya.\n"
    )


@pytest.mark.usefixtures("kept")
def test_a_difference_moves_what_follows_the_days_that_are_known(run: Run, path: str) -> None:
    newer = changed(path, "days: 7", "days: 14")
    code, out, errors = run("plan", "diff", path, newer)
    assert (code, errors) == (0, "")
    assert "0 tillfällen tillkommer, 1 flyttas, 0 tas bort." in out
    assert "tisdag 13 februari 2018 → tisdag 6 februari 2018" in out


def test_a_difference_is_told_where_no_day_is_known(run: Run, path: str) -> None:
    newer = changed(path, "days: 7", "days: 14")
    _, out, errors = run("plan", "diff", path, newer)
    assert "[lagesbild]: när det ska göras" in out
    assert errors.count("dagarna hämtas från") == 1


OTHERS = [
    (URL, "https://example.se/b.ics", f"kalendern ”{URL}” blir ”https://example.se/b.ics”"),
    (f'"{URL}"', f'"{URL}", summary: brå', "orden som posterna söks på ”” blir ”brå”"),
    ("Möte i BRÅ", "BRÅ", "rubriken ”Möte i BRÅ” blir ”BRÅ”"),
    (f'calendar: "{URL}"', "cadence: {type: dates, on: [2018-05-02]}", "när den är"),
]


@pytest.mark.parametrize(("old", "new", "told"), OTHERS)
def test_an_event_that_is_another_is_told(
    run: Run, path: str, old: str, new: str, told: str
) -> None:
    newer = changed(path, old, new)
    _, out, _ = run("plan", "diff", path, newer)
    assert f"[radet]: {told}" in out
    lines = run("plan", "diff", path, newer, "--json")[1].splitlines()
    assert {"change": "event", "event": "radet"} in map(json.loads, lines)


def test_check_says_where_the_days_come_from_and_asks_nobody(run: Run, path: str) -> None:
    code, out, _ = run("check", path)
    assert code == 0
    assert f"de dagar som står i kalendern {URL}." in out
    assert f"Varning: Möte i BRÅ: dagarna hämtas från {URL}" in out
