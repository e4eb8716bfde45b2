"""Waiting for what other threads and processes do, with a bound."""

from collections.abc import Callable
from threading import Event
from typing import TypeVar

Found = TypeVar("Found")

LOOK_SECONDS = 0.05


def until(look: Callable[[], Found], *, seconds: float = 30.0) -> Found:
    """Return the first thing found that counts as true; fail after ``seconds``."""
    never, rounds = Event(), int(seconds / LOOK_SECONDS)
    for _ in range(rounds):
        if found := look():
            return found
        never.wait(LOOK_SECONDS)
    raise AssertionError(f"nothing came within {seconds} s")
