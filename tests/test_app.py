"""The running service in this process: jobs, deliveries, answers and the clock together."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app.delivery import DeliveryService
from bot.app.office import Office, open_office, virtual_clock
from bot.app.service import Service, jobs
from bot.domain.answer import Answer, AnswerKind
from bot.domain.delivery import Draft
from bot.domain.errors import PlanFileError, SettingsError
from bot.domain.message import Message
from bot.settings import DatabaseSettings, MailSettings, Settings
from bot.storage.plans import SqlClock, SqlPlans
from bot.storage.room import SqlRoom
from tests.builders import utc
from tests.standins.mail.server import MailStandIn
from tests.waiting import until

PLAN = Path(__file__).parents[1] / "schedules/gavle-2018-2020.yaml"
MEETING = "gavle-2018-2020/lagesbild/2018-W01"
LATER = "gavle-2018-2020/lagesbild/2018-W05"
FAST = 150_000.0

Start = Callable[..., Service]


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database=DatabaseSettings(url=database_url))


@pytest.fixture
def start(settings: Settings) -> Iterator[Start]:
    running: list[Service] = []

    def started(day: date = date(2018, 1, 2), speed: float = FAST) -> Service:
        clock = virtual_clock(settings, day, speed)
        service = Service(open_office(settings, [PLAN], clock), settings)
        service.start()
        running.append(service)
        return service

    yield started
    for service in running:
        if not service.closing.is_set():
            service.stop()


@pytest.fixture
def mail() -> Iterator[MailStandIn]:
    with MailStandIn() as stand_in:
        yield stand_in


def messages(office: Office) -> list[Message]:
    return [each.message for each in SqlRoom(office.database).newest(limit=500)]


def titles(service: Service) -> list[str]:
    return [each.title for each in messages(service.office)]


def of_meeting(service: Service) -> list[str]:
    return [each.title for each in messages(service.office) if each.occurrence == MEETING]


def test_a_job_posts_its_reminder_in_the_room_at_its_time(start: Start) -> None:
    service = start()
    until(lambda: "I dag: Gemensam lägesbild" in titles(service))
    assert service.office.now() >= utc(2018, 1, 2, 6, 30)


def test_an_answer_shows_on_the_message_and_ends_the_reminders(start: Start) -> None:
    service = start()
    until(lambda: titles(service))
    desk = service.desk
    desk.give(Answer(MEETING, AnswerKind.DONE, "Anna", desk.now(), number=9))
    (history,) = until(lambda: [m.history for m in messages(service.office) if m.history])
    assert "Anna" in history[0]
    before = of_meeting(service)
    later = service.office.now() + timedelta(days=8)
    until(lambda: service.office.now() > later)
    service.sweep()
    assert of_meeting(service) == before


def test_a_booking_is_told_at_once_by_its_own_job(start: Start) -> None:
    service = start(date(2018, 2, 5), speed=1.0)
    name = "gavle-2018-2020/platsuppfoljning/2018-Q1"
    service.desk.give(
        Answer(name, AnswerKind.BOOKED, "Anna", utc(2018, 2, 5, 9), day=date(2018, 3, 14))
    )
    job = next(each for each in service.scheduler.jobs() if each.id.endswith("platsuppfoljning"))
    assert job.next_run


def test_after_a_restart_the_clock_goes_on_and_nothing_comes_twice(
    start: Start, settings: Settings
) -> None:
    first = start()
    until(lambda: len(titles(first)) >= 2)
    first.stop()
    office = open_office(settings)
    seen, before = SqlClock(office.database).seen(), messages(office)
    office.database.close()
    assert seen
    assert seen > utc(2018, 1, 2, 6, 30)
    second = start(speed=1.0)
    assert second.office.now() >= seen
    second.sweep()
    keys = [each.key for each in messages(second.office)]
    assert keys == [each.key for each in before]


def test_what_a_process_with_a_faster_clock_wrote_is_not_taken_for_too_early(
    settings: Settings,
) -> None:
    clock = virtual_clock(settings, date(2018, 1, 2), 1.0)
    office = open_office(settings, [PLAN], clock)
    with closing(office.database):
        ahead = office.now() + timedelta(days=28, hours=7)
        draft = Draft("key", "gavle-2018-2020", LATER, "day", "room:samverkan", ahead)
        service = DeliveryService(office, settings)
        office.deliveries.write([draft], written=ahead, now=service.clock())
        service.start()
        until(lambda: office.deliveries.counts() == {"sent": 1})
        service.stop()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_process_that_only_delivers_learns_of_a_new_plan_before_anything_is_due_by_it(
    settings: Settings,
) -> None:
    office = open_office(settings, [PLAN])
    with closing(office.database):
        text = PLAN.read_text(encoding="utf-8") + "# en rad till\n"
        plan, now = "gavle-2018-2020", office.now()
        SqlPlans(office.database).adopt(plan, name=PLAN.name, text=text, now=now)
        service = DeliveryService(office, settings, "worker")
        service.start()
        until(lambda: office.editions[plan].newest.number == 2)
        service.stop()


def test_one_job_stands_for_each_commitment_and_knows_its_next_time(settings: Settings) -> None:
    office = open_office(settings, [PLAN], virtual_clock(settings, date(2018, 1, 1), 1.0))
    found = {each.id: each.next_run for each in jobs(office)}
    assert set(found) == {
        f"gavle-2018-2020/{each.id}" for each in office.agendas["gavle-2018-2020"].plan.commitments
    }
    first = found["gavle-2018-2020/lagesbild"]
    assert first
    assert abs((first - utc(2018, 1, 2, 6, 30)).total_seconds()) < 1
    office.database.close()


def test_a_plan_that_is_adopted_late_owes_nothing_of_the_past(start: Start) -> None:
    service = start(date(2019, 6, 3), speed=1.0)
    service.sweep()
    assert service.office.deliveries.counts() == {}


def test_a_broken_plan_is_refused_before_the_database_is_made(
    sqlite_url: str, tmp_path: Path
) -> None:
    broken = tmp_path / "plan.yaml"
    broken.write_text("format: 1\n", encoding="utf-8")
    with pytest.raises(PlanFileError):
        open_office(Settings(database=DatabaseSettings(url=sqlite_url)), [broken])
    assert not (tmp_path / "loftesbot.db").exists()


def test_a_new_version_of_a_plan_owes_nothing_of_what_it_did_not_ask_for_before(
    settings: Settings, tmp_path: Path
) -> None:
    text = PLAN.read_text(encoding="utf-8")
    older = tmp_path / "plan.yaml"
    older.write_text(text.replace("from: 2018-01-02}", "from: 2018-06-05}"), encoding="utf-8")
    first = open_office(settings, [older], virtual_clock(settings, date(2018, 1, 1), 1.0))
    first.database.close()
    second = open_office(settings, [PLAN], virtual_clock(settings, date(2018, 10, 1), 1.0))
    since = second.timetables["gavle-2018-2020"].since
    assert since[MEETING] >= utc(2018, 10, 1, 0)
    assert since["gavle-2018-2020/platsuppfoljning/2018-Q1"] < utc(2018, 1, 2)
    second.database.close()


def test_after_an_outage_nobody_is_reminded_at_night(start: Start) -> None:
    earlier = start(date(2018, 1, 2), speed=1.0)
    earlier.stop()
    at_night = start(date(2018, 1, 3), speed=1.0)
    assert at_night.office.now().hour == 0
    at_night.sweep()
    assert at_night.office.deliveries.counts() == {}


def test_reminders_go_out_by_mail_too(settings: Settings, mail: MailStandIn) -> None:
    by_mail = MailSettings(
        smtp_url=SecretStr(mail.url), sender="bot@example.se", targets=("anna@example.se",)
    )
    wanted = settings.model_copy(update={"mail": by_mail})
    clock = virtual_clock(wanted, date(2018, 1, 2), FAST)
    service = Service(open_office(wanted, [PLAN], clock), wanted)
    service.start()
    try:
        first = until(lambda: mail.mailbox.arrived)[0]
    finally:
        service.stop()
    assert "Gemensam lägesbild" in first.text
    assert first.recipients == ("anna@example.se",)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"sender": "nobody"}, "nobody"),
        ({"targets": ("anna@example.se", "all of them")}, "all of them"),
        ({"smtp_url": SecretStr("http://secret@h")}, "LOFTESBOT_MAIL__SMTP_URL"),
    ],
)
def test_a_wrong_mail_setting_stops_the_start_with_a_clear_line(
    settings: Settings, wrong: dict[str, object], says: str
) -> None:
    given = MailSettings(
        smtp_url=SecretStr("smtp://127.0.0.1:25"), sender="b@example.se", targets=("a@example.se",)
    )
    wanted = settings.model_copy(update={"mail": given.model_copy(update=wrong)})
    office = open_office(wanted, [PLAN])
    with closing(office.database), pytest.raises(SettingsError, match=says) as refused:
        Service(office, wanted)
    assert "secret" not in str(refused.value)
