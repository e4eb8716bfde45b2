"""Tables of figures: the arithmetic behind them."""

import pytest

from benchmarks.tables import Table, Target, ratios, share, spread


def test_a_spread_is_the_median_with_the_least_and_the_most() -> None:
    assert spread([3.0, 1.0, 2.0]) == "2.0 (1.0–3.0)"
    assert spread([1.0, 2.0], 2) == "1.50 (1.00–2.00)"
    assert spread([4.25], 2) == "4.25"
    assert spread([]) == "–"


def test_ratios_are_taken_round_by_round() -> None:
    assert ratios([2.0, 9.0], [1.0, 3.0]) == [2.0, 3.0]
    with pytest.raises(ValueError, match="shorter"):
        ratios([1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("part", "value"), [(0.5, 50), (0.99, 99), (0.991, 100), (1.0, 100), (0.001, 1)]
)
def test_a_share_is_not_exceeded_by_just_that_part(part: float, value: int) -> None:
    assert share(list(range(100, 0, -1)), part) == value


@pytest.mark.parametrize(
    ("found", "under", "met"),
    [([1.0], False, True), ([1.0], True, False), ([0.9], True, True), ([1.1], False, False)],
)
def test_a_limit_may_be_reached_unless_it_is_to_be_stayed_under(
    found: list[float], under: bool, met: bool
) -> None:
    assert Target("it", found, most=1, under=under).met is met


@pytest.mark.parametrize(("found", "met"), [([99.0, 100.0, 101.0], True), ([99.0], False)])
def test_a_limit_from_below_has_to_be_reached(found: list[float], *, met: bool) -> None:
    target = Target("it", found, most=100, least=True)
    assert (target.met, target.row[2]) == (met, "at least 100")


def test_the_median_meets_a_target_and_the_range_is_shown() -> None:
    target = Target("it", [1.0, 1.4, 9.0], most=1.5, unit=" s")
    assert target.row == ("it", "1.40 (1.00–9.00) s", "at most 1.5 s", "met")


def test_what_is_missed_stands_out() -> None:
    assert Target("it", [2.0], most=1).row[-1] == "**MISSED**"


def test_a_table_is_markdown() -> None:
    table = Table("Speed", ("", "seconds"), [("ours", "1.0")], notes=["Measured."])
    assert str(table).splitlines() == [
        "**Speed**",
        "",
        "|      | seconds |",
        "| ---- | ------: |",
        "| ours |     1.0 |",
        "",
        "Measured.",
        "",
    ]
