"""What an invitation says is one line, and is read back as it was."""

from datetime import date, time

import pytest

from bot.domain.invitation import Ending, Mark, Times, parse_mark
from bot.domain.walltime import Hours

TUESDAY = Times(date(2018, 1, 16), Hours(time(9), time(10, 30)))
THURSDAY = Times(date(2018, 1, 18))


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        (Mark(TUESDAY), "2018-01-16 09:00–10:30"),
        (Mark(THURSDAY), "2018-01-18"),
        (Mark(THURSDAY, TUESDAY), "2018-01-18 < 2018-01-16 09:00–10:30"),
        (Mark(Ending.CANCELLED), "inställt"),
        (Mark(Ending.UNINVITED, THURSDAY), "inte inbjuden < 2018-01-18"),
        (Mark(Ending.OVER, TUESDAY), "har varit < 2018-01-16 09:00–10:30"),
    ],
)
def test_a_mark_is_a_line_that_is_read_back(mark: Mark, text: str) -> None:
    found = parse_mark(text)
    assert (str(mark), found, found.before) == (text, mark, mark.before)


def test_marks_are_equal_that_say_the_same_whatever_was_said_before() -> None:
    assert Mark(TUESDAY) == Mark(TUESDAY, THURSDAY) != Mark(THURSDAY)


def test_what_has_ended_is_shown_no_more() -> None:
    assert (Mark(TUESDAY).shown, Mark(Ending.OVER, TUESDAY).shown) == (TUESDAY, None)
