import os
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deadlines import Deadline
from bot.domain.errors import PlanFileError
from bot.domain.periods import Window
from bot.domain.plan import Plan, Policy
from bot.domain.walltime import Hours
from bot.planfile.reading import LIMIT_BYTES, parse_plan, read_plan, read_text
from tests.planfile.plan_texts import SMALLEST, plan_text

YAML_PIECES = [*"[]{}:,-?&*!|>'\"%@` \n\t#~<é\\", ": ", "- ", "<<: ", "a", "1", '"\\x', "&a ", "*a"]


def refusal(path: Path) -> str:
    with pytest.raises(PlanFileError) as caught:
        read_text(path)
    return str(caught.value).removeprefix(f"{path}:")


def test_what_the_file_leaves_out_has_its_usual_value() -> None:
    plan = parse_plan(SMALLEST, "plan.yaml")
    assert plan.zone.key == "Europe/Stockholm"
    assert plan.sending_hours == Hours(time(7), time(18))
    assert plan.policies == {"mote": Policy("mote", time(8), time(8))}
    assert [each.target for each in plan.commitments] == ["samverkan", "samverkan"]
    assert [each.row for each in plan.commitments] == [1, 0]
    assert plan.work.summer_pause is None


def test_what_the_file_says_is_what_the_plan_holds() -> None:
    plan = parse_plan(
        plan_text(
            ("period:", "summer_pause: {from: 07-02, to: 08-10}\nzone: Europe/Helsinki\nperiod:"),
            (
                "        policy: mote",
                "        policy: mote\n        hours: {from: 9:00, to: 10:30}",
            ),
            ('at: "08:00"', 'at: "08:00", day_at: 7:30, ask_after_days: null, escalate: false'),
            ("on: 2020-11", "on: 2020-11-15"),
        ),
        "plan.yaml",
    )
    usual = Policy("mote", time(8), time(7, 30))
    assert plan.zone.key == "Europe/Helsinki"
    assert plan.work.free_reason(date(2019, 7, 2)) == "sommaruppehåll"
    assert plan.commitments[0].hours == Hours(time(9), time(10, 30))
    assert plan.policies["mote"] == replace(usual, ask_after_days=None, escalate=False)
    assert plan.follow_up.cadence == Deadline(2020, 11, 15)
    assert plan.period == Window(date(2018, 1, 1), date(2020, 12, 31))


def test_a_plan_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(SMALLEST, encoding="utf-8")
    assert vars(read_plan(path)) == vars(parse_plan(SMALLEST, "plan.yaml"))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_byte_order_mark_and_the_line_ends_of_windows_are_tolerated(
    newline: str, tmp_path: Path
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(SMALLEST, encoding="utf-8-sig", newline=newline)
    assert read_plan(path).id == "prov-2018-2020"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path / "finns-inte.yaml") == "1:1: Filen finns inte; kontrollera namnet."


def test_what_is_no_ordinary_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        assert "ingen vanlig fil" in refusal(path)


@pytest.mark.parametrize("length", [LIMIT_BYTES, LIMIT_BYTES + 1, 10_000_000])
def test_a_file_of_256_kb_or_more_is_refused(length: int, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"#" * length)
    assert refusal(path) == "1:1: Filen är för stor; den ska vara mindre än 256 kB."


def test_a_file_of_one_byte_less_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"#" * (LIMIT_BYTES - 1))
    assert len(read_text(path)) == LIMIT_BYTES - 1


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            "a: 1\nb: åäö".encode("latin-1"),
            "2:4: Filen är inte sparad som UTF-8 (den ser ut som latin-1)",
        ),
        ("\ufeffå: ".encode() + b"\xe5", "1:4: Filen är inte sparad som UTF-8"),
        ("a: 1".encode("utf-16"), "1:1: Filen är inte sparad som UTF-8 (den ser ut som UTF-16)"),
        (b"a: 1\nb: \x00\n", "2:4: Styrtecknet U+0000"),
        (b"a: \x1b[2J\n", "1:4: Styrtecknet U+001B"),
    ],
)
def test_what_is_no_text_is_refused_where_it_stands(data: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(data)
    assert refusal(path).startswith(told)


def test_a_name_that_no_file_can_have_is_refused() -> None:
    assert "kan inte vara namnet på en fil" in refusal(Path("a\0b"))
    assert "Filen" in refusal(Path("x" * 5000))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"")
    path.chmod(0)
    assert "läsrättighet" in refusal(path)


def outcome(text: str) -> Plan | PlanFileError:
    try:
        return parse_plan(text, "plan.yaml")
    except PlanFileError as error:
        return error


@given(st.text() | st.lists(st.sampled_from(YAML_PIECES)).map("".join))
def test_any_text_is_a_plan_or_a_list_of_faults(text: str) -> None:
    assert isinstance(outcome(text), Plan | PlanFileError)


@given(st.integers(0, len(SMALLEST)), st.integers(0, 40), st.sampled_from([*YAML_PIECES, ""]))
def test_any_wound_to_a_plan_is_told_as_faults(start: int, length: int, new: str) -> None:
    assert isinstance(
        outcome(SMALLEST[:start] + new + SMALLEST[start + length :]), Plan | PlanFileError
    )
