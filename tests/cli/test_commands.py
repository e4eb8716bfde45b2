"""The command line as scripts and coordinators use it, on a database of their own."""

import json
import os
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from bot.cli.parser import KIND_WORDS
from tests.cli.conftest import Run

PLAN = str(Path(__file__).parents[2] / "schedules/gavle-2018-2020.yaml")
NOW_PLAN = str(Path(__file__).parents[2] / "schedules/exempel-2026-2028.yaml")


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def year(run: Run, name: str, number: int = 2018) -> list[dict[str, Any]]:
    window = ("--from", f"{number}-01-01", "--to", f"{number}-12-31", "--json")
    code, out, _ = run(name, PLAN, *window)
    assert code == 0
    return rows(out)


def test_check_says_each_row_in_its_own_words(run: Run) -> None:
    code, out, errors = run("check", PLAN)
    assert (code, errors) == (0, "")
    for words in (
        "Framtagande av gemensam lägesbild och identifiera brottsutsatta platser och dess orsaker.",
        "Vid minst två (2) tillfällen per stadsdel och en (1) gång per ytterområde och år.",
        "Insatser mot droganvändning",
        "Sörja för att det finns fungerade fritidsgårdar",
        "varannan vecka, tisdagar kl. 9.00–10.30",
        "Antal: 26 under 2018",
        "Varning: Obekräftade områden",
    ):
        assert words in out


def test_check_tells_every_fault_with_its_place_and_nothing_else(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "plan.yaml"
    text = Path(PLAN).read_text(encoding="utf-8")
    broken.write_text(text.replace("municipality:", "kommun:"), encoding="utf-8")
    code, out, errors = run("check", str(broken))
    assert (code, out) == (1, "")
    assert all(line.startswith(f"{broken}:") for line in errors.splitlines())
    assert "kommun" in errors


def test_check_writes_the_schema_for_editors(run: Run) -> None:
    code, out, _ = run("check", "--schema")
    assert code == 0
    assert json.loads(out)["type"] == "object"


def test_occurrences_are_26_meetings_at_nine_on_the_wall(run: Run) -> None:
    meetings = [each for each in year(run, "occurrences") if each["commitment"] == "lagesbild"]
    assert len(meetings) == 26
    assert {each["start"][10:] for each in meetings} == {"T09:00:00+01:00", "T09:00:00+02:00"}


def test_an_occurrence_has_the_names_that_scripts_rely_on(run: Run) -> None:
    assert set(year(run, "occurrences")[0]) >= {
        "id", "plan", "commitment", "kind", "start", "end", "all_day", "area",
        "window_from", "window_to", "moved_from", "reason",
    }  # fmt: skip


def test_a_reminder_has_the_names_that_scripts_rely_on(run: Run) -> None:
    found = year(run, "reminders")
    assert set(found[0]) == {"key", "occurrence", "step", "at", "role", "target", "text"}
    assert len({each["key"] for each in found}) == len(found)


def test_jobs_are_one_for_each_commitment(run: Run) -> None:
    code, out, _ = run("jobs", "--plan", NOW_PLAN, "--json")
    found = rows(out)
    assert code == 0
    assert len(found) == 8
    assert all(each["next"] for each in found)


def test_an_answer_from_the_shell_is_counted_and_repeated_harmlessly(run: Run) -> None:
    name = "gavle-2018-2020/platsuppfoljning/2018-Q1"
    given = ("answer", name, "genomförd", "--plan", PLAN, "--date", "2018-03-14", "--by", "Anna")
    code, out, _ = run(*given, "--number", "12", "--form", "fysisk", "--note", "Bra möte")
    assert code == 0
    assert out.startswith("Noterat: Uppföljning av brottsutsatta platser, senast torsdag 29 mars")
    assert run(*given, "--number", "12", "--form", "fysisk", "--note", "Bra möte")[1].startswith(
        "Redan noterat"
    )
    _, out, _ = run("status", "--json")
    row = next(
        each
        for each in rows(out)
        if (each["commitment"], each["period"]) == ("platsuppfoljning", "2018")
    )
    assert (row["promised"], row["done"], row["remaining"]) == (4, 1, 3)
    assert set(row) >= {
        "commitment", "area", "period", "promised", "booked", "done", "remaining", "pace",
        "last_sensible_date",
    }  # fmt: skip


def test_a_booking_from_the_shell_shows_in_the_status(run: Run) -> None:
    name = "exempel-2026-2028/platsuppfoljning/2028-Q4"
    code, out, errors = run(
        "book", name, "2028-12-05", "--start", "13.00", "--end", "15.00", "--plan", NOW_PLAN
    )
    assert (code, errors) == (0, "")
    assert "tisdag 5 december 2028 kl. 13.00–15.00" in out
    _, out, _ = run("status", "--json")
    assert (
        sum(each["booked"] for each in rows(out) if each["commitment"] == "platsuppfoljning") == 1
    )


def test_the_report_is_written_where_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "uppfoljning.html"
    code, _, _ = run("report", "--plan", PLAN, "--as-of", "2020-11-15", "--output", str(page))
    assert code == 0
    assert "läget 15 november 2020" in page.read_text(encoding="utf-8")
    given = ("--plan", PLAN, "--as-of", "2020-11-15", "--format", "json")
    code, out, _ = run("report", *given)
    assert json.loads(out)["as_of"] == "2020-11-15"


def test_a_feed_link_is_made_listed_and_revoked_once(run: Run) -> None:
    _, link, _ = run("feed", "create", "--plan", PLAN)
    assert link.startswith("http://127.0.0.1:8018/feeds/")
    assert "gäller" in run("feed", "list")[1]
    assert run("feed", "revoke", "1")[:2] == (0, "Länk 1 är indragen.\n")
    for action in ("revoke", "rotate"):
        code, _, errors = run("feed", action, "1")
        assert (code, "nummer 1 som gäller. `loftesbot feed list`" in errors) == (1, True)


def test_a_feed_link_can_be_of_a_part_and_changed_for_another(run: Run) -> None:
    given = ("--scope", "role", "--of", "kommunpolis", "--discreet")
    _, first, _ = run("feed", "create", "--plan", PLAN, *given)
    code, second, _ = run("feed", "rotate", "1")
    assert (code, first != second, "/feeds/" in second) == (0, True, True)
    old, new = run("feed", "list")[1].splitlines()
    assert "Roll: Kommunpolis, utan namn och detaljer" in new
    assert ("upphörde" in old, "gäller" in new) == (True, True)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["create", "--scope", "role", "--of", "x"], 1, "har inget som heter ”x” bland rollerna"),
        (["create", "--scope", "role"], 1, "kommunpolis (Kommunpolis)"),
        (["create", "--scope", "month"], 2, "finns inte; välj bland"),
        (["rotate"], 1, "Ange länkens nummer"),
        (["rotate", "7"], 1, "nummer 7 som gäller"),
    ],
)
def test_a_feed_that_cannot_be_is_told_in_a_line(
    run: Run, arguments: list[str], code: int, says: str
) -> None:
    found, _, errors = run("feed", *arguments, "--plan", PLAN)
    assert (found, says in errors) == (code, True), errors


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "detta saknas: KOMMANDO"),
        (["dans"], 2, "finns inte; välj bland"),
        (["check"], 1, "Ange vilken planfil"),
        (["check", "nowhere.yaml"], 1, "nowhere.yaml:1:1: Filen finns inte"),
        (["occurrences", PLAN, "--from", "igår", "--to", "2018-01-01"], 2, "ÅÅÅÅ-MM-DD"),
        (["occurrences", PLAN, "--from", "2019-01-01", "--to", "2018-01-01"], 1, "ligger före"),
        (["status"], 1, "Ange en med --plan FIL"),
        (["answer", "x/y/z", "genomförd", "--plan", PLAN], 1, "inget tillfälle med id ”x/y/z”"),
        (["answer", "x", "kanske", "--plan", PLAN], 2, "är inget svar; välj bland"),
        (["serve", "--speed", "0"], 2, "ange ett tal från 0.1"),
        (["serve", "--speed", "nan"], 2, "ange ett tal från 0.1"),
        (["serve", "--port", "99999"], 2, "ingen port; ange 0–65535"),
        (["demo", "--port", "-1"], 2, "ingen port; ange 0–65535"),
        (["feed", "revoke", "9" * 20], 2, "är inget heltal"),
        (["report", "--plan", PLAN, "--as-of", "9999-01-01"], 1, "har inte varit än"),
        (["check", "\udcff.yaml"], 1, "Filen finns inte"),
        (["answer", "x/y/z", "kvittera", "--by", "\udcff", "--plan", PLAN], 1, "inget tillfälle"),
        (["demo", "--port", "x"], 2, "--port"),
    ],
)
def test_a_wrong_command_is_one_clear_line(
    run: Run, arguments: list[str], code: int, says: str
) -> None:
    left, out, errors = run(*arguments)
    assert (left, out) == (code, "")
    assert says in errors
    assert "Traceback" not in errors


def test_a_fifo_is_refused_and_does_not_block(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "plan.yaml"
    os.mkfifo(pipe)
    code, _, errors = run("check", str(pipe))
    assert (code, "ingen vanlig fil" in errors) == (1, True)


def test_a_faulty_plan_leaves_the_database_as_it_was(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("format: 2\n", encoding="utf-8")
    assert run("status", "--plan", PLAN, "--plan", str(bad))[0] == 1
    assert "Ange en med --plan" in run("status")[2]


@pytest.mark.parametrize(
    "url", ["nonsense", "postgresql://u:secret@127.0.0.1:1/db", "sqlite+aiosqlite:///x.db"]
)
def test_a_database_that_cannot_be_used_is_refused_and_leaves_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.setenv("LOFTESBOT_DATABASE__URL", url)
    for command in ("status", "serve"):
        code, _, errors = run(command, "--plan", PLAN)
        assert (code, errors.startswith("Databasen")) == (1, True)
        assert "secret" not in errors
    assert list(empty.iterdir()) == []


def test_an_address_that_is_not_ours_is_not_called_taken(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOFTESBOT_WEB__HOST", "192.0.2.1")
    code, _, errors = run("serve", "--plan", PLAN, "--port", "0")
    assert (code, "går inte att lyssna på" in errors) == (1, True)


def test_a_command_that_only_reads_starts_no_plan(run: Run) -> None:
    for command in ("status", "jobs", "report"):
        assert run(command, "--plan", PLAN)[0] == 0
    assert "Ange en med --plan" in run("status")[2]


def test_of_two_plans_the_report_is_about_the_one_that_is_named(run: Run) -> None:
    name = "gavle-2018-2020/lagesbild/2018-W03"
    run("answer", name, "genomförd", "--plan", PLAN, "--date", "2018-01-16")
    run("answer", "exempel-2026-2028/lagesbild/2026-W03", "kvittera", "--plan", NOW_PLAN)
    assert "Ange en med --plan" in run("report")[2]
    code, out, _ = run("report", "--plan", PLAN, "--format", "json")
    assert (code, json.loads(out)["plan"]) == (0, "gavle-2018-2020")
    assert any(each["done"] for each in json.loads(out)["status"])


def test_a_taken_port_is_said_to_be_taken(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, _, errors = run("serve", "--plan", PLAN, "--port", port)
    assert code == 1
    assert f"Porten 127.0.0.1:{port} är upptagen" in errors
    assert threading.active_count() < 20


def test_every_answer_has_a_swedish_and_an_english_word() -> None:
    english = {word for word in KIND_WORDS if word.isascii()}
    assert set(KIND_WORDS.values()) == {KIND_WORDS[word] for word in english}
    assert KIND_WORDS["kan inte"] is KIND_WORDS["cannot"]


@pytest.mark.parametrize("command", [[], ["plan"], ["plan", "diff"]])
def test_help_says_once_how_a_command_is_used(run: Run, command: list[str]) -> None:
    code, out, _ = run(*command, "--help")
    assert (code, out.count("användning: loftesbot")) == (0, 1)
    assert "användning: användning" not in out
