"""Calendars of others that fail, or cannot be believed, under services that read them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Barrier, Event, Thread
from zoneinfo import ZoneInfo

import pytest

from bot.app.calendars import AGAIN_SECONDS
from bot.domain.meetings import Entry
from bot.domain.periods import Window
from bot.sources.reading import read_calendar
from bot.storage.calendars import SqlCalendars
from tests.following import BEFORE, MOVED, PLAN, Followers, calls, read_again
from tests.sources.calendars import calendar, event, meetings
from tests.standins.source import SourceStandIn, reply

PATIENCE_SECONDS = 20.0
OTHERS = calendar(
    *event(";VALUE=DATE:20180903", "SUMMARY:BRÅ", uid="x"),
    *event(";VALUE=DATE:20181001", "SUMMARY:BRÅ", uid="y"),
)
DAYS = [date(2018, 2, 6), date(2018, 5, 8)]


@pytest.fixture
def source() -> Iterator[SourceStandIn]:
    with SourceStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def followers(database_url: str, tmp_path: Path, source: SourceStandIn) -> Followers:
    found = Followers(database_url, tmp_path / "plan.yaml", source)
    found.write()
    return found


def test_the_database_waits_for_no_calendar_that_is_being_read(
    followers: Followers, source: SourceStandIn
) -> None:
    source.say(BEFORE)
    with followers.service() as service:
        database, written = service.office.database, Event()

        def write() -> None:
            with database.write(alone="calendars"):
                written.set()

        def reading(data: bytes, window: Window, zone: ZoneInfo, *, wanted: str) -> list[Entry]:
            Thread(target=write, daemon=True).start()
            assert written.wait(PATIENCE_SECONDS)
            return read_calendar(data, window, zone, wanted=wanted)

        service.calendars.read = reading
        read_again(service)
        assert service.troubles.now() == []
        assert list(calls(service.office).values()) == DAYS


def test_a_calendar_that_is_suddenly_another_changes_nothing(
    followers: Followers, source: SourceStandIn
) -> None:
    source.say(BEFORE)
    with followers.service() as service:
        read_again(service)
        source.say(OTHERS)
        read_again(service)
        assert list(calls(service.office).values()) == DAYS
        (told,) = service.troubles.now()
        assert "bara andra möten" in told
        source.say(BEFORE)
        read_again(service)
        assert service.troubles.now() == []


@pytest.mark.parametrize("change", [("bra.ics", "ny.ics"), ("summary: brå", "summary: BRÅ")])
def test_a_plan_may_name_another_calendar(
    followers: Followers, source: SourceStandIn, change: tuple[str, str]
) -> None:
    source.say(BEFORE)
    with followers.service() as service:
        read_again(service)
        source.say(OTHERS)
        followers.adopt(service, change)
        service.calendars.look()
        assert service.troubles.now() == []
        (kept,) = SqlCalendars(service.office.database).of_plans()[PLAN].values()
        assert [each.fallen for each in kept.meetings] == [True, True, False, False]


def test_a_calendar_that_no_plan_names_any_more_is_no_trouble(
    followers: Followers, source: SourceStandIn
) -> None:
    source.say(b"")
    named = f'calendar: "{source.url()}", summary: brå'
    with followers.service() as service:
        read_again(service)
        assert service.health()["status"] == "trouble"
        followers.adopt(service, (named, "cadence: {type: dates, on: [2018-02-13]}"))
        service.calendars.look()
        assert service.troubles.now() == []
        assert service.health()["calendars"] == {}


def test_a_calendar_that_fails_for_long_is_told_of_once(
    followers: Followers, source: SourceStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    source.answer = lambda _request: [reply(status="503 Later")]
    with followers.service() as service:
        for _ in range(4):
            service.calendars.look()
            followers.seconds += AGAIN_SECONDS + 1
        source.answer = lambda _request: [reply(status="500 Oh")]
        service.calendars.look()
    assert len(source.requests) == 5
    told = [each for each in caplog.messages if each.startswith("Kalendern för")]
    assert ["svarar 503" in each for each in told] == [True, False]


def test_the_log_tells_how_many_meetings_are_other_than_they_were(
    followers: Followers, source: SourceStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    with followers.service() as service:
        for found in (BEFORE, MOVED, meetings("20180220"), BEFORE):
            source.say(found)
            read_again(service)
    said = "Kalendern för ”Möte i BRÅ” har ändrats "
    assert [each.removeprefix(said) for each in caplog.messages if each.startswith(said)] == [
        "(nya: 2).",
        "(flyttade: 1).",
        "(borta: 1).",
        "(flyttade: 1, åter: 1).",
    ]


def test_two_services_that_read_one_calendar_at_once_agree(
    postgres_url: str, tmp_path: Path, source: SourceStandIn
) -> None:
    followers = Followers(postgres_url, tmp_path / "plan.yaml", source)
    followers.write()
    with followers.service() as one, followers.service() as other:
        for revision, body in enumerate((BEFORE, MOVED), start=1):
            both = Barrier(2)

            def answer(_request: str, body: bytes = body, both: Barrier = both) -> list[bytes]:
                both.wait(PATIENCE_SECONDS)
                return [reply(body)]

            source.answer = answer
            threads = [Thread(target=read_again, args=[each]) for each in (one, other)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE_SECONDS)
            (kept,) = SqlCalendars(one.office.database).of_plans()[PLAN].values()
            assert (kept.revision, len(kept.meetings)) == (revision, 2)
            for each in (one, other):
                each.office.reread()
                assert each.troubles.now() == []
        assert calls(one.office) == calls(other.office) != {}
