from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as some

from bot.domain.clock import PlanClock, real_clock
from tests.builders import utc

NOW = utc(2026, 11, 23)
SPEEDS = some.floats(0.5, 1_000_000)
LATER = some.timedeltas(timedelta(), timedelta(days=1000))


@given(SPEEDS, LATER)
def test_when_the_machine_says_so_the_plan_is_never_too_early(
    speed: float, later: timedelta
) -> None:
    clock = PlanClock(NOW, utc(2018, 1, 1), speed)
    wanted = clock.start + later
    at = clock.machine(wanted)
    assert at
    assert clock.plan(at) >= wanted
    assert clock.plan(at) - wanted <= timedelta(microseconds=3) * max(speed, 1)


def test_the_real_clock_shows_the_real_time() -> None:
    clock = real_clock(NOW)
    assert clock.plan(NOW + timedelta(hours=3)) == NOW + timedelta(hours=3)
    assert not clock.virtual


def test_a_clock_with_an_end_stops_there() -> None:
    clock = PlanClock(NOW, utc(2018, 1, 1), 86_400, end=utc(2018, 1, 3))
    assert clock.plan(NOW + timedelta(minutes=1)) == utc(2018, 1, 3)
    assert clock.machine(utc(2018, 1, 4)) is None
