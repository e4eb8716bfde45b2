"""A plan that follows the calendar of others, under a whole service and a source on loopback."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.app.office import open_office, virtual_clock
from bot.app.service import Service, jobs
from bot.domain.answer import THE_PLAN
from bot.domain.reminder import StepKind
from bot.services.reminding import scheduled, step_kind
from bot.settings import FeedsSettings, Settings
from bot.storage.calendars import SqlCalendars
from tests.builders import utc
from tests.following import BEFORE, MOVED, PLAN, calls, following, read_again, settings_for
from tests.sources.calendars import calendar, event, meetings
from tests.standins.source import HOST, SourceStandIn, reply
from tests.waiting import until

CALL = f"{PLAN}/lagesbild"

Start = Callable[..., Service]


@pytest.fixture
def source() -> Iterator[SourceStandIn]:
    with SourceStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(database_url)


@pytest.fixture
def path(tmp_path: Path, source: SourceStandIn) -> Path:
    found = tmp_path / "plan.yaml"
    found.write_text(following(source), encoding="utf-8")
    return found


@pytest.fixture
def start(settings: Settings, path: Path) -> Iterator[Start]:
    running: list[Service] = []

    def started(day: date = date(2018, 1, 8)) -> Service:
        clock = virtual_clock(settings, day, 1.0)
        service = Service(open_office(settings, [path], clock), settings, files=[path])
        service.start()
        running.append(service)
        return service

    yield started
    for service in running:
        if not service.closing.is_set():
            service.stop()


def reminded(service: Service) -> list[datetime]:
    """When each call is reminded of on its day; what was called off is not."""
    agenda, standings = service.office.agendas[PLAN], service.office.answers.standings(PLAN)
    every = [scheduled(agenda, name, standings) for name in calls(service.office)]
    return [each.at for steps in every for each in steps if step_kind(each.step) is StepKind.DAY]


def next_job(service: Service) -> datetime | None:
    found = next(each.next_run for each in jobs(service.office) if each.id == CALL)
    return found and found.replace(second=0, microsecond=0)


def kept(service: Service) -> dict[str, object]:
    return dict(service.calendars.status()[f"{PLAN}/radet"])


def test_the_reminder_moves_with_the_meeting_and_stays_when_the_source_breaks(
    start: Start, source: SourceStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    source.say(BEFORE)
    service = start()
    until(lambda: calls(service.office))
    assert reminded(service) == [utc(2018, 2, 6, 7), utc(2018, 5, 8, 6)]
    assert next_job(service) == utc(2018, 2, 6, 7)
    first = calls(service.office)
    assert list(first.values()) == [date(2018, 2, 6), date(2018, 5, 8)]

    source.say(MOVED)
    read_again(service)
    until(lambda: reminded(service)[0] == utc(2018, 2, 13, 7))
    after = calls(service.office)
    assert list(after) == list(first)
    assert list(after.values()) == [date(2018, 2, 13), date(2018, 5, 8)]
    (said,) = service.office.answers.standing(next(iter(first))).answers
    assert (said.by, said.note) == (THE_PLAN, "Följer ”Möte i BRÅ”, 20 februari 2018.")

    source.say(b"<html>500</html>")
    for _ in range(3):
        read_again(service)
    assert calls(service.office) == after
    assert reminded(service) == [utc(2018, 2, 13, 7), utc(2018, 5, 8, 6)]
    health = service.health()
    assert health["status"] == "trouble"
    (told,) = [each for each in service.troubles.now() if "Möte i BRÅ" in each]
    assert "utan en webbsida" in told
    assert "De dagar som är kända gäller." in told
    assert len([each for each in caplog.messages if each.startswith(told)]) == 1
    assert kept(service)["failed_since"]

    source.say(MOVED)
    read_again(service)
    assert service.health()["status"] == "ok"
    assert kept(service)["failed_since"] is None
    assert [each for each in caplog.messages if each.startswith("Det är över: Kalendern")]


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        reply(b"no", status="500 Oh"),
        reply(meetings()),
        reply(calendar(*event(":20180101T120000Z", "RRULE:FREQ=SECONDLY", "SUMMARY:BRÅ"))),
        reply(BEFORE[:-30]),
        reply(BEFORE.decode().encode("utf-16")),
    ],
    ids=["silent", "failing", "empty", "without end", "cut short", "of another charset"],
)
def test_what_is_known_stands_whatever_comes_instead(
    start: Start, source: SourceStandIn, bad: bytes
) -> None:
    source.say(BEFORE)
    service = start()
    until(lambda: calls(service.office))
    known = calls(service.office)
    # Its own look is over, with all that it says of it.
    until(lambda: service.calendars._next)
    source.answer = lambda _request: [bad]
    read_again(service)
    assert calls(service.office) == known
    assert service.health()["status"] == "trouble"


def test_what_is_known_outlasts_a_restart_without_the_source(
    start: Start, source: SourceStandIn
) -> None:
    source.say(BEFORE)
    service = start()
    until(lambda: calls(service.office))
    known = calls(service.office)
    service.stop()
    source.answer = lambda _request: [reply(status="503 Later")]
    again = start()
    assert calls(again.office) == known
    until(lambda: again.health()["status"] == "trouble")


def test_what_has_not_changed_is_asked_for_with_what_the_server_knew_it_by(
    start: Start, source: SourceStandIn, path: Path
) -> None:
    source.answer = lambda request: [
        reply(status="304 Not Modified") if '"7"' in request else reply(BEFORE, 'ETag: "7"')
    ]
    service = start()
    until(lambda: calls(service.office))
    version = service.office.states[PLAN]
    read_again(service)
    assert ['"7"' in each for each in source.requests] == [False, True]
    assert service.office.states[PLAN] == version
    assert service.health()["status"] == "ok"
    longer = ("2020-12-31}", "2021-12-31}")
    path.write_text(following(source, longer), encoding="utf-8")
    service.ask()
    service.files.look()
    service.calendars.look()
    assert '"7"' not in source.requests[-1]


def test_what_precedes_a_meeting_that_is_cancelled_is_cancelled(
    start: Start, source: SourceStandIn
) -> None:
    source.say(BEFORE)
    service = start()
    until(lambda: calls(service.office))
    first, *_ = calls(service.office)
    source.say(BEFORE.replace(b"SUMMARY", b"STATUS:CANCELLED\r\nSUMMARY", 1))
    read_again(service)
    outcome = until(lambda: service.office.answers.standing(first).outcome)
    assert outcome
    assert (outcome.by, outcome.note) == (THE_PLAN, "”Möte i BRÅ” är inställd.")
    assert reminded(service) == [utc(2018, 5, 8, 6)]


def test_a_new_meeting_has_a_job_and_makes_a_newer_state_of_the_plan(
    start: Start, source: SourceStandIn
) -> None:
    source.say(BEFORE)
    service = start()
    until(lambda: calls(service.office))
    before = service.office.states[PLAN]
    source.say(meetings("20180213", "20180515", "20180911"))
    read_again(service)
    assert len(calls(service.office)) == 3
    assert service.office.states[PLAN] == before + 1


def test_another_process_learns_what_one_has_read(
    start: Start, source: SourceStandIn, settings: Settings
) -> None:
    office = open_office(settings, adopt=False)
    with closing(office.database):
        assert office.agendas == {}
        source.say(BEFORE)
        service = start()
        until(lambda: calls(service.office))
        assert office.reread() == [PLAN]
        assert calls(office) == calls(service.office)
        assert office.reread() == []
        source.say(MOVED)
        read_again(service)
        assert office.reread() == [PLAN]


def test_a_slow_source_holds_up_no_reminder_and_no_end(start: Start, source: SourceStandIn) -> None:
    source.answer = lambda _request: source.drip([b"H"] * 10_000)
    service = start()
    until(lambda: source.requests)
    service.sweep()
    assert service.health()["status"] == "ok"
    service.stop()


def test_a_host_that_the_operator_has_not_named_is_not_asked(
    settings: Settings, path: Path, source: SourceStandIn
) -> None:
    strict = settings.model_copy(update={"feeds": FeedsSettings()})
    service = Service(open_office(strict, [path]), strict)
    with closing(service.office.database):
        service.calendars.look()
        (told,) = service.troubles.now()
    assert "LOFTESBOT_FEEDS__ALLOWED_HOSTS" in told
    assert urlsplit(source.url()).hostname == HOST
    assert source.requests == []


def test_a_calendar_is_read_again_when_its_time_has_come(
    settings: Settings, path: Path, source: SourceStandIn
) -> None:
    source.say(BEFORE)
    seconds = [0.0]
    service = Service(open_office(settings, [path]), settings)
    service.calendars.elapsed = lambda: seconds[0]
    with closing(service.office.database):
        for seconds[0], asked in ((1, 1), (10_000, 1), (10_802, 2), (20_000, 2)):
            service.calendars.look()
            assert len(source.requests) == asked
        source.say(b"")
        for seconds[0], asked in ((30_000, 3), (30_800, 3), (30_901, 4)):
            service.calendars.look()
            assert len(source.requests) == asked


def test_a_calendar_that_tells_of_seconds_is_the_same_when_it_is_read_again(
    settings: Settings, path: Path, source: SourceStandIn
) -> None:
    source.say(
        calendar(*event(":20180213T083017Z", "DTEND:20180213T100001Z", "SUMMARY:Möte i BRÅ"))
    )
    clock = virtual_clock(settings, date(2018, 1, 8), 1.0)
    service = Service(open_office(settings, [path], clock), settings)
    with closing(service.office.database):
        for _ in range(2):
            read_again(service)
            (found,) = SqlCalendars(service.office.database).of_plans()[PLAN].values()
            assert (found.revision, len(found.meetings)) == (1, 1)


def test_nothing_that_a_calendar_says_but_its_days_is_kept(
    settings: Settings, path: Path, source: SourceStandIn
) -> None:
    source.say(meetings("20180213", summary="BRÅ med Anna Andersson"))
    service = Service(open_office(settings, [path]), settings)
    with closing(service.office.database):
        service.calendars.look()
        (found,) = SqlCalendars(service.office.database).of_plans()[PLAN].values()
    assert len(found.meetings) == 1
    assert "Anna" not in repr(found)
