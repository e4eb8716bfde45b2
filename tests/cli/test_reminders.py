"""The author's rehearsal from the shell."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
PLAN = str(ROOT / "schedules/gavle-2018-2020.yaml")
GUIDE = (ROOT / "schedules/README.md").read_text(encoding="utf-8")
MEETING = "gavle-2018-2020/lagesbild/2018-W03"
SLOT = "gavle-2018-2020/platsuppfoljning/2018-Q1"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The address of a database that nothing here should ever open."""
    return f"sqlite:///{tmp_path}/unused/loftesbot.db"


def rehearse(run: Run, text: str, *options: str) -> tuple[int, str, str]:
    Path("svar.yaml").write_text(text, encoding="utf-8")
    return run("reminders", PLAN, "--answers", "svar.yaml", *options)


def rows(run: Run, text: str) -> list[dict[str, Any]]:
    code, out, errors = rehearse(run, text, "--json")
    assert (code, errors) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def steps(found: list[dict[str, Any]], name: str) -> list[str]:
    return [each["step"] for each in found if each["occurrence"] == name]


def complaints(run: Run, text: str) -> list[str]:
    code, out, errors = rehearse(run, text)
    assert (code, out) == (1, "")
    return errors.splitlines()


def test_without_days_it_shows_the_whole_plan(run: Run) -> None:
    code, out, _ = run("reminders", PLAN, "--json")
    named = ("--from", "2017-01-01", "--to", "2022-12-31", "--json")
    assert (code, out) == run("reminders", PLAN, *named)[:2]
    assert {json.loads(line)["at"][:4] for line in out.splitlines()} >= {"2018", "2019", "2020"}


def test_no_answers_change_nothing(run: Run) -> None:
    assert rehearse(run, "answers: []\n")[1] == run("reminders", PLAN)[1]


def test_an_answer_ends_the_reminders_after_it(run: Run) -> None:
    text = f"answers:\n  - {{at: 2018-01-17 8.30, occurrence: {MEETING}, kind: genomförd}}\n"
    assert steps(rows(run, text), MEETING) == ["ahead-5", "day", "ask"]


@pytest.mark.parametrize(
    ("at", "known"),
    [
        ("2018-01-17 07:59", True),
        ("2018-01-17 8.00", True),
        ("2018-01-17 8.01", False),
        ("2018-01-17T06:59:30+00:00", True),
        ("2018-01-17T07:00:00.5Z", False),
    ],
)
def test_a_time_without_zone_is_the_plans_own(run: Run, at: str, *, known: bool) -> None:
    text = f'answers:\n  - {{at: "{at}", occurrence: {MEETING}, kind: done, by: Anna}}\n'
    assert ("ask" not in steps(rows(run, text), MEETING)) is known


def test_a_booking_has_all_that_the_shell_can_say(run: Run) -> None:
    booked = f'{{at: 2018-01-10 10:00, occurrence: {SLOT}, kind: bokad, day: 2018-03-14, start: 9.00, end: "10:30"}}'  # noqa: E501
    done = f"{{at: 2018-03-14 11:00, occurrence: {SLOT}, kind: delvis, form: fysisk, number: 12, area: null}}"  # noqa: E501
    wrong = (
        f"{{at: 2018-03-14 13:00, occurrence: {SLOT}, kind: inställd, note: Regn, correct: true}}"
    )
    found = rows(run, f"answers:\n  - {booked}\n  - {done}\n  - {wrong}\n")
    texts = [each["text"] for each in found if each["occurrence"] == SLOT]
    assert "kl. 9.00–10.30" in texts[0]
    assert steps(found, SLOT)[-3:] == ["ahead-1+1", "day+1", "notice-3+1"]
    assert "12 deltagare" in texts[-1]


def test_every_fault_is_told_at_once_with_its_place_and_what_would_be_right(run: Run) -> None:
    found = complaints(
        run,
        f"""\
svar: []
answers:
  - {{at: 2018-01-16 25:00, occurrence: {MEETING}x, kind: genomfört}}
  - at: 2018-02-30 09:00
    occurrence: {SLOT}
    kind: bokad
    dag: 2018-03-14
  - hej
  - {{at: 2017-12-01 11:00, occurrence: {MEETING}, kind: genomförd}}
  - {{at: 2018-02-01 11:00, occurrence: gavle-2018-2020/lagesbild/2018-W05, kind: inställd}}
  - {{at: 2018-02-01 11:00, occurrence: [a], kind: 3, correct: nej, number: x, form: brev}}
""",
    )
    assert all(re.match(r"svar\.yaml:\d+:\d+: ", each) for each in found)
    places = [each.split(": ", 1)[0].removeprefix("svar.yaml:") for each in found]
    said = dict(zip(places, (each.split(": ", 1)[1] for each in found), strict=True))
    assert "answers" in said["1:1"]
    assert "klockslag" in said["3:10"]
    assert f"menade du {MEETING}?" in said["3:40"]
    assert "Menade du ”genomförd”?" in said["3:83"]
    assert "2018 har 28 dagar" in said["4:9"]
    assert "menade du ”day”?" in said["7:5"]
    assert "”at”, ”occurrence” och ”kind”" in said["8:5"]
    assert "börjar 1 januari 2018" in said["9:5"]
    assert "behöver en orsak" in said["10:5"]
    assert {place for place in places if place.startswith("11:")} == {
        place for place, text in said.items() if "ska vara" in text and place.startswith("11:")
    }
    assert len(found) == 14


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("answers: 3\n", "Filen ska hålla listan ”answers”"),
        ("svar: []\n", "det ska vara answers."),
        ("answers: [\n", "svar.yaml:"),
    ],
)
def test_a_file_of_another_shape_is_one_clear_line(run: Run, text: str, words: str) -> None:
    assert any(words in each for each in complaints(run, text))


def test_a_file_that_is_not_there_is_one_clear_line(run: Run) -> None:
    code, _, errors = run("reminders", PLAN, "--answers", "saknas.yaml")
    assert (code, errors) == (1, "saknas.yaml:1:1: Filen finns inte; kontrollera namnet.\n")


def test_the_summary_is_a_table_with_the_months_in_order_and_their_sum(run: Run) -> None:
    _, every, _ = run("reminders", PLAN, "--json")
    code, out, _ = run("reminders", PLAN, "--summary")
    lines = out.splitlines()
    assert code == 0
    assert re.match(r"Månad +Kommunpolis .* Styrgruppen +Alla$", lines[0])
    table = lines[1 : lines.index("")]
    assert [line.split("  ")[0] for line in (*table[:3], table[-1])] == [
        "december 2017", "januari 2018", "februari 2018", "Summa",
    ]  # fmt: skip
    counts = [int(line.split()[-1]) for line in table]
    assert counts[-1] == sum(counts[:-1]) == len(every.splitlines())


def test_the_summary_warns_of_days_with_more_than_the_most(run: Run) -> None:
    year = ("--from", "2018-01-01", "--to", "2018-12-31")
    _, out, _ = run("reminders", PLAN, "--summary", *year, "--most", "10")
    assert out.splitlines()[-3:] == [
        "Varning: fredag 28 december 2018, 11 meddelanden till Kommunpolis; fler än 10 samma dag.",
        "Varning: fredag 28 december 2018, 11 meddelanden till Trygghetssamordnare; fler än 10 samma dag.",  # noqa: E501
        "Flest på en dag: fredag 28 december 2018, 11 meddelanden till Kommunpolis.",
    ]
    _, out, _ = run("reminders", PLAN, "--summary", *year, "--most", "11")
    assert "Ingen roll får fler än 11 meddelanden samma dag." in out


def test_the_summary_for_scripts_is_one_object_a_line(run: Run) -> None:
    _, out, _ = run("reminders", PLAN, "--summary", "--json")
    found = [json.loads(line) for line in out.splitlines()]
    months = [each for each in found if each["kind"] == "month"]
    assert months[0] == {"kind": "month", "month": "2017-12", "role": "kommunpolis", "messages": 1}
    assert [each["kind"] for each in found].count("busiest") == 1
    assert all(each["messages"] > each["most"] for each in found if each["kind"] == "crowded")


def test_no_message_is_said_so(run: Run) -> None:
    window = ("--from", "2010-01-01", "--to", "2010-12-31")
    assert run("reminders", PLAN, "--summary", *window)[1] == "Inga meddelanden går ut.\n"


def test_the_example_of_the_guide_can_be_rehearsed(run: Run) -> None:
    (example,) = re.findall(r"```yml\n(answers:.*?)```", GUIDE, flags=re.DOTALL)
    found = rows(run, example)
    assert steps(found, MEETING) == ["ahead-5", "day", "ask"]
    assert steps(found, SLOT)[-1] == "day+1"
