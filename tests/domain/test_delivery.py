"""How long an attempt that came to nothing is left alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.delivery import (
    LONGEST_REST,
    SEARCH_LAG,
    Delivery,
    DeliveryState,
    Draft,
    TryAgain,
    Uncertain,
    back_off,
    rest_after,
)
from tests.builders import utc

NOW = utc(2018, 1, 16)
MINUTE = timedelta(minutes=1)


def tried(attempt: int, *, failures: int = 0) -> Delivery:
    draft = Draft("k", "gavle", "gavle/lagesbild/2018-W03", "day", "slack:C1", NOW)
    return Delivery(1, draft, DeliveryState.CLAIMED, NOW, NOW, attempt=attempt, failures=failures)


@pytest.mark.parametrize(("number", "seconds"), [(1, 2), (2, 4), (5, 32), (9, 512), (10, 600)])
def test_a_rest_doubles_up_to_ten_minutes(number: int, seconds: int) -> None:
    assert back_off(number, chance=0) == timedelta(seconds=seconds)


@given(some.integers(1, 10_000), some.floats(0, 1, exclude_max=True))
def test_chance_takes_up_to_half_of_a_rest_and_never_more(number: int, chance: float) -> None:
    whole = back_off(number, chance=0)
    assert whole / 2 <= back_off(number, chance=chance) <= whole <= LONGEST_REST


def test_a_target_rests_by_its_own_failures_and_not_by_one_bad_message() -> None:
    bad = rest_after(TryAgain("odd"), tried(8), chance=0)
    assert (bad.delivery, bad.target) == (timedelta(seconds=256), timedelta(seconds=2))
    down = rest_after(TryAgain("down"), tried(1, failures=7), chance=0)
    assert (down.delivery, down.target) == (timedelta(seconds=256), timedelta(seconds=256))


@pytest.mark.parametrize("wide", [True, False])
def test_what_the_product_asks_for_counts_first(*, wide: bool) -> None:
    rest = rest_after(TryAgain("429", 30 * MINUTE, target_wide=wide), tried(1), chance=0.9)
    assert rest.delivery == 30 * MINUTE
    assert rest.target == (30 * MINUTE if wide else timedelta())


def test_the_unclear_waits_until_the_product_can_find_it() -> None:
    assert rest_after(Uncertain("reset"), tried(1), chance=0.9).delivery == SEARCH_LAG
