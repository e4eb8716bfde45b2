"""Which parts are measured, and the plans that they stand on."""

from datetime import UTC, datetime

import pytest

from benchmarks.__main__ import PARTS, chosen
from benchmarks.plans import under_way
from bot.planfile.reading import parse_plan


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([], list(PARTS)),
        (["a"], ["a1", "a2", "a3", "a4"]),
        (["a2"], ["a2"]),
        (["f", "c"], ["c", "f"]),
        (["a1", "b"], ["a1", "b1", "b2"]),
        (["x"], []),
    ],
)
def test_a_letter_means_all_of_its_parts(asked: list[str], found: list[str]) -> None:
    assert chosen(asked) == found


@pytest.mark.parametrize("year", range(2024, 2034))
def test_a_plan_is_under_way_whatever_the_year(year: int) -> None:
    text = under_way(datetime(year, 1, 1, tzinfo=UTC), "ort-001")
    plan = parse_plan(text, "ort-001.yaml")
    assert plan.id == "ort-001"
    assert (plan.period.first.year, plan.period.last.year) == (year - 1, year + 1)
    assert plan.sends_at(datetime(year, 3, 5, 1, tzinfo=UTC)) is plan.work.is_working(
        datetime(year, 3, 5, tzinfo=UTC).date()
    )
