"""The whole way by mail: a reminder out, a reply in, and what the room then shows."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app.office import open_office, virtual_clock
from bot.app.service import Service
from bot.domain.answer import AnswerKind
from bot.settings import DatabaseSettings, MailSettings, Settings, WebSettings
from bot.web.site import make_site
from tests.mail.correspondence import reply_to
from tests.mail.imap import Inbox
from tests.mail.pages import Page
from tests.standins.mail.mailbox import Arrived
from tests.standins.mail.server import MailStandIn
from tests.waiting import until
from tests.web.builders import World
from tests.web.serving import Client, form, listening

PLAN = Path(__file__).parents[1] / "schedules/gavle-2018-2020.yaml"
MEETING = "gavle-2018-2020/lagesbild/2018-W03"
ON_THE_DAY = date(2018, 1, 16)
FAST = 20_000.0
READER = "anna@gavle.example"
KEY = SecretStr("k" * 40)


@pytest.fixture
def service(database_url: str, smtp: MailStandIn, inbox: Inbox) -> Iterator[Service]:
    settings = Settings(
        database=DatabaseSettings(url=database_url),
        web=WebSettings(url="https://loftesbot.gavle.example"),
        mail=MailSettings(
            smtp_url=SecretStr(smtp.url),
            sender="Löftesbot <loftesbot@gavle.example>",
            targets=(READER,),
            key=KEY,
            imap_url=SecretStr(inbox.url),
        ),
    )
    clock = virtual_clock(settings, ON_THE_DAY, FAST)
    running = Service(open_office(settings, [PLAN], clock), settings)
    running.start()
    yield running
    running.stop()


def reminders(smtp: MailStandIn) -> list[Arrived]:
    every = smtp.mailbox.arrived
    return [each for each in every if "Gemensam lägesbild" in str(each.message["Subject"])]


def notes(smtp: MailStandIn) -> list[Arrived]:
    every = smtp.mailbox.arrived
    return [each for each in every if each.message["Auto-Submitted"] == "auto-replied"]


def in_the_room(service: Service) -> list[str]:
    newest = service.delivery.room.store.newest(limit=50)
    return [line for each in newest for line in each.message.history]


def test_a_reply_to_a_reminder_is_stored_once_and_shown_in_the_room(
    service: Service, smtp: MailStandIn, inbox: Inbox
) -> None:
    reminder = until(lambda: reminders(smtp))[0]
    reply = reply_to(reminder, "Klart, 12 deltagare.", by=READER).as_bytes()

    inbox.deliver(reply)

    (given,) = until(lambda: service.office.answers.standing(MEETING).answers)
    assert (given.kind, given.number, given.by) == (AnswerKind.DONE, 12, READER)
    until(lambda: [line for line in in_the_room(service) if "12 deltagare" in line])
    (note,) = until(lambda: notes(smtp))
    assert "Noterat: Gemensam lägesbild" in note.text
    assert service.health()["status"] == "ok"
    assert service.health()["mail_read"]

    inbox.deliver(reply)

    until(lambda: inbox.count("SEEN") == 2)
    assert len(service.office.answers.standing(MEETING).answers) == 1
    assert len(notes(smtp)) == 1


def test_a_link_in_a_reminder_leads_to_its_page_and_its_button_answers(
    service: Service, smtp: MailStandIn
) -> None:
    reminder = until(lambda: reminders(smtp))[0]
    link = next(each for each, name in Page.read(reminder.page).links.items() if name == "Kvittera")
    path = link.removeprefix("https://loftesbot.gavle.example")
    with listening(make_site(service.site), service.closing) as port:
        client = Client(port, World(service.office.database))
        page = client.ask(path)
        assert (page.status, f"<strong>{READER}</strong>" in page.text) == (200, True)
        assert service.office.answers.standing(MEETING).answers == ()
        replies = [client.send(path, form(page, "acknowledge")) for _ in range(2)]
    assert [each.status for each in replies] == [303, 303]
    (given,) = service.office.answers.standing(MEETING).answers
    assert (given.kind, given.by) == (AnswerKind.ACKNOWLEDGED, READER)
