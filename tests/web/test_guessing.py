import logging

import pytest

from bot.web.guessing import MOST_CLIENTS, MOST_GUESSES, Guesses


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_ten_thousand_guesses_in_a_minute_come_to_thirty_and_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    guesses = Guesses(Seconds())
    waits = [guesses.wait_seconds("203.0.113.9") for _ in range(10_000)]
    assert waits == [0] * MOST_GUESSES + [61] * (10_000 - MOST_GUESSES)
    assert len(caplog.messages) == 1


def test_one_wrong_link_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    guesses = Guesses(Seconds())
    for _ in range(3):
        guesses.wait_seconds("203.0.113.9")
    (line,) = caplog.messages
    assert "203.0.113.9 frågar efter en länk" in line


def test_after_the_minute_everybody_may_ask_again() -> None:
    seconds = Seconds()
    guesses = Guesses(seconds)
    waits = [guesses.wait_seconds("a") for _ in range(MOST_GUESSES + 1)]
    seconds.now = 59.5
    assert guesses.wait_seconds("a") == 1
    seconds.now = 60.0
    assert (waits[-1], guesses.wait_seconds("a")) == (61, 0)


def test_one_client_does_not_make_another_wait() -> None:
    guesses = Guesses(Seconds())
    assert [guesses.wait_seconds("a") for _ in range(99)][-1] == 61
    assert guesses.wait_seconds("b") == 0


def test_all_addresses_of_one_network_are_one_client() -> None:
    guesses = Guesses(Seconds())
    waits = [guesses.wait_seconds(f"2001:db8:0:1::{n:x}") for n in range(MOST_GUESSES + 1)]
    assert (waits[-1], guesses.wait_seconds("2001:db8:0:2::1")) == (61, 0)


def test_however_many_clients_guess_only_so_many_are_remembered() -> None:
    guesses = Guesses(Seconds())
    for number in range(MOST_CLIENTS + 500):
        guesses.wait_seconds(str(number))
    assert len(guesses.windows) == MOST_CLIENTS
