"""Troubles: said when they begin, once a minute, and when they are over."""

from dataclasses import dataclass, field

import pytest

from bot.app.troubles import SAID_AGAIN_AFTER_SECONDS, Troubles
from bot.domain.errors import DatabaseTroubleError

GONE = "Databasen svarar inte."


@dataclass
class Works:
    """Works that fail as told, and a clock that is set by hand."""

    seconds: float = 0.0
    troubles: Troubles = field(init=False)

    def __post_init__(self) -> None:
        self.troubles = Troubles(lambda: self.seconds)

    def fails(self, work: str, error: Exception | None = None, *, once: bool = False) -> None:
        def run() -> None:
            raise error or DatabaseTroubleError(GONE)

        assert self.troubles.attempt(work, run, once=once) is None

    def goes_well(self, work: str) -> None:
        assert self.troubles.attempt(work, lambda: 7) == 7


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records]


def test_what_goes_well_is_not_talked_about(caplog: pytest.LogCaptureFixture) -> None:
    works = Works()
    works.goes_well("sweep")
    assert (works.troubles.now(), said(caplog)) == ([], [])


def test_a_trouble_that_many_meet_is_one_and_over_when_it_is_over_for_all(
    caplog: pytest.LogCaptureFixture,
) -> None:
    works = Works()
    for work in ("sweep", "dispatch", "sweep"):
        works.fails(work)
    assert works.troubles.now() == [GONE]
    works.goes_well("sweep")
    assert said(caplog) == [f"{GONE} Nya försök görs."]
    works.goes_well("dispatch")
    assert works.troubles.now() == []
    assert said(caplog)[1:] == [f"Det är över: {GONE}"]


def test_a_long_trouble_is_said_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    works = Works()
    for _ in range(int(3 * SAID_AGAIN_AFTER_SECONDS)):
        works.fails("sweep")
        works.seconds += 1.0
    assert said(caplog) == [f"{GONE} Nya försök görs."] * 3


def test_a_trouble_of_what_is_tried_seldom_is_said_once_until_it_changes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    works = Works()
    for error in (None, None, ValueError("other"), ValueError("other"), None):
        works.fails("calendar", error, once=True)
        works.seconds += 901.0
    other = ["ValueError: other. Nya försök görs.", "Det är över: ValueError: other."]
    first = f"{GONE} Nya försök görs."
    assert said(caplog) == [first, f"Det är över: {GONE}", *other, first]


def test_what_begins_again_within_the_minute_is_said_at_the_next_try(
    caplog: pytest.LogCaptureFixture,
) -> None:
    works = Works()
    works.fails("calendar", once=True)
    works.goes_well("calendar")
    for _ in range(3):
        works.fails("calendar", once=True)
        works.seconds += 901.0
    assert said(caplog) == [
        f"{GONE} Nya försök görs.",
        f"Det är över: {GONE}",
        f"{GONE} Nya försök görs.",
    ]


def test_a_work_that_is_no_more_has_no_trouble(caplog: pytest.LogCaptureFixture) -> None:
    works = Works()
    for work in ("sweep", "calendar a", "calendar b"):
        works.fails(work, ValueError(work))
    works.troubles.keep("calendar ", {"calendar b"})
    assert works.troubles.now() == ["ValueError: calendar b.", "ValueError: sweep."]
    assert said(caplog)[3:] == ["Det är över: ValueError: calendar a."]


def test_a_trouble_that_comes_and_goes_does_not_fill_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    works = Works()
    for _ in range(20):
        works.fails("sweep")
        works.goes_well("sweep")
    assert len(said(caplog)) == 2


def test_another_trouble_takes_the_place_of_the_first(caplog: pytest.LogCaptureFixture) -> None:
    works = Works()
    works.fails("sweep")
    works.fails("sweep", ValueError("no such\nthing"))
    assert works.troubles.now() == ["ValueError: no such."]
    assert said(caplog)[1:] == [f"Det är över: {GONE}", "ValueError: no such. Nya försök görs."]
