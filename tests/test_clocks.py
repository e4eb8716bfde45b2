"""The clocks; only the wiring reads the real one, so here they are set by hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.app.clocks import SteadyClock, following, since_boot
from tests.builders import utc

NOON = utc(2026, 11, 23)
HOUR = timedelta(hours=1)


@dataclass
class Machine:
    """A wall clock that can be set, and the seconds that truly pass."""

    wall: datetime = NOON
    seconds: float = 0.0

    def passes(self, time: timedelta) -> None:
        self.wall += time
        self.seconds += time.total_seconds()

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.seconds)


def test_it_goes_as_the_wall_clock_goes() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.passes(HOUR)
    assert clock() == NOON + HOUR


def test_a_wall_clock_that_is_set_back_does_not_take_it_along(
    caplog: pytest.LogCaptureFixture,
) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall -= HOUR
    assert clock() == NOON
    machine.passes(timedelta(minutes=5))
    assert [clock(), clock()] == [NOON + timedelta(minutes=5)] * 2
    assert caplog.text.count("ställts tillbaka med 1:00:00") == 1
    assert clock.set_back == HOUR


def test_it_follows_a_wall_clock_that_is_set_forward() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += HOUR
    assert clock() == NOON + HOUR


def test_once_the_wall_clock_has_caught_up_a_new_set_back_is_told_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    machine = Machine()
    clock = machine.clock()
    for _ in range(2):
        machine.wall -= HOUR
        clock()
        machine.wall += HOUR
        clock()
    assert caplog.text.count("ställts tillbaka") == 2


def test_small_corrections_are_not_worth_a_word(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall -= timedelta(seconds=2)
    clock()
    assert caplog.text == ""


def test_where_processes_share_a_clock_none_follows_its_own_machine() -> None:
    machine, server = Machine(), utc(2026, 11, 23, 13)
    clock = following(server, lambda: machine.seconds)
    machine.wall += HOUR
    assert clock() == server
    machine.passes(HOUR)
    assert clock() == server + HOUR


def test_the_time_since_the_start_of_the_machine_goes_on() -> None:
    first = since_boot()
    assert 0 < first <= since_boot()
