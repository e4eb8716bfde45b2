"""The chain of the log: whatever is changed in it shows."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.log import BEGINNING, Entry, EntryKind, Logged, breaks, digest, link
from tests.builders import utc

KEY = b"a key that the database does not hold"


def make_log(size: int = 5, key: bytes = KEY) -> list[Logged]:
    found: list[Logged] = []
    for number in range(1, size + 1):
        entry = Entry(
            "gavle", EntryKind.ANSWERED, utc(2018, 1, number), number, digest({"n": number})
        )
        previous = found[-1].link if found else BEGINNING
        found.append(Logged(number, entry, link(number, entry, previous=previous, key=key)))
    return found


def change(log: list[Logged]) -> list[Logged]:
    log[2] = replace(log[2], entry=replace(log[2].entry, digest=digest({"n": 99})))
    return log


def forge(log: list[Logged]) -> list[Logged]:
    """Change an entry and make the rest of the chain anew, without the key."""
    entry = replace(log[2].entry, digest=digest({"n": 99}))
    for place in range(2, len(log)):
        entry = entry if place == 2 else log[place].entry
        made = link(place + 1, entry, previous=log[place - 1].link)
        log[place] = Logged(place + 1, entry, made)
    return log


def swap(log: list[Logged]) -> list[Logged]:
    log[1], log[2] = replace(log[2], number=2), replace(log[1], number=3)
    return log


def test_an_untouched_log_is_whole() -> None:
    log = make_log()
    assert breaks(log, key=KEY, head=log[-1].link) == []
    assert breaks([], key=KEY) == []


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (change, "post 3 är ändrad"),
        (forge, "post 3 är ändrad"),
        (swap, "post 2 är ändrad"),
        (lambda log: [*log[:2], *log[3:]], "post 3 saknas"),
        (lambda log: log[1:], "post 1 saknas"),
    ],
)
def test_what_was_changed_removed_or_moved_shows(
    tamper: Callable[[list[Logged]], list[Logged]], says: str
) -> None:
    assert breaks(tamper(make_log()), key=KEY)[0].startswith(says)


def test_a_tail_that_was_cut_shows_against_a_head_kept_elsewhere() -> None:
    log = make_log()
    assert breaks(log[:-1], key=KEY) == []
    assert "avklippt" in breaks(log[:-1], key=KEY, head=log[-1].link)[0]


def test_an_older_head_still_holds_when_the_log_has_grown() -> None:
    log = make_log()
    assert breaks(log, key=KEY, head=log[2].link) == []


def test_another_key_does_not_fit() -> None:
    assert len(breaks(make_log(), key=b"another")) == 5
