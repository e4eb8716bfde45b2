"""The whole way of an invitation: out by mail, answered in a calendar, changed and cancelled."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar, Event
from pydantic import SecretStr
from sqlalchemy import update

from bot.app.clocks import wall_now
from bot.app.office import open_office
from bot.app.service import Service
from bot.domain.answer import Answer, AnswerKind
from bot.domain.clock import PlanClock
from bot.domain.delivery import DeliveryState, Part
from bot.domain.feed import Feed, FeedScope
from bot.settings import DatabaseSettings, MailSettings, MemberSettings, Settings
from bot.storage.tables import deliveries
from tests.builders import utc
from tests.mail.imap import Inbox
from tests.standins.mail.mailbox import Arrived
from tests.standins.mail.server import MailStandIn
from tests.waiting import until

PLAN_FILE = Path(__file__).parents[1] / "schedules/gavle-2018-2020.yaml"
PLAN = "gavle-2018-2020"
MEETING, FAR = f"{PLAN}/lagesbild/2018-W03", f"{PLAN}/lagesbild/2018-W11"
PAST, NEXT = f"{PLAN}/lagesbild/2018-W01", f"{PLAN}/lagesbild/2018-W05"
SLOT = f"{PLAN}/platsuppfoljning/2018-Q1"
THIRTEEN_DAYS_BEFORE = datetime(2018, 1, 3, 9, tzinfo=UTC)
ANNA = "anna@gavle.example"
BOT = "loftesbot@gavle.example"


@pytest.fixture
def service(database_url: str, smtp: MailStandIn, inbox: Inbox) -> Iterator[Service]:
    settings = Settings(
        database=DatabaseSettings(url=database_url),
        mail=MailSettings(
            smtp_url=SecretStr(smtp.url),
            sender=f"Löftesbot <{BOT}>",
            targets=(ANNA,),
            key=SecretStr("k" * 40),
            imap_url=SecretStr(inbox.url),
            invitations=True,
        ),
        members=(MemberSettings(name="Anna Alm", roles=("kommunpolis",), email=ANNA),),
    )
    clock = PlanClock(wall_now(), THIRTEEN_DAYS_BEFORE, 1.0)
    running = Service(open_office(settings, [PLAN_FILE], clock), settings)
    running.start()
    yield running
    running.stop()


# A mail, its method and its event, whose values are of many types.
Found = tuple[Arrived, str, Any]


def invitations(smtp: MailStandIn, occurrence: str = MEETING) -> list[Found]:
    """The mails about an occurrence that a calendar reads: each with its method and its event."""
    found: list[Found] = []
    for mail in smtp.mailbox.arrived:
        for part in mail.message.walk():
            if part.get_content_type() == "text/calendar":
                calendar = Calendar.from_ical(part.get_content())
                assert isinstance(calendar, Calendar)
                (event,) = (e for e in calendar.subcomponents if isinstance(e, Event))
                assert part.get_param("method") == str(calendar["METHOD"])
                if occurrence in str(event["UID"]):
                    found.append((mail, str(calendar["METHOD"]), event))
    return found


def answered(invitation: Found, status: str, number: int = 1) -> bytes:
    """What a calendar program sends when somebody presses a button in it."""
    _mail, _method, event = invitation
    organizer = str(event["ORGANIZER"]).removeprefix("mailto:")
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = f"Anna Alm <{ANNA}>", organizer
    mail["Subject"], mail["Message-ID"] = "Accepterat", f"<rsvp-{number}@gavle.example>"
    mail.set_content("")
    lines = (
        "BEGIN:VCALENDAR", "PRODID:-//Test//SV", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT",
        f"UID:{event['UID']}", f"ATTENDEE;PARTSTAT={status}:mailto:{ANNA}",
        f"ORGANIZER:mailto:{organizer}", f"SEQUENCE:{event['SEQUENCE']}",
        f"DTSTAMP:20180104T0{number}0000Z", "END:VEVENT", "END:VCALENDAR", "",
    )  # fmt: skip
    mail.add_alternative("\r\n".join(lines), subtype="calendar", params={"method": "REPLY"})
    return mail.as_bytes()


def said(service: Service) -> list[tuple[AnswerKind, str]]:
    return [(each.kind, each.by) for each in service.office.answers.standing(MEETING).answers]


def told_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines of the log about mails that changed nothing."""
    return [m for m in caplog.messages if "ändrar ingenting" in m or "Ingenting har ändrats" in m]


def test_an_invitation_is_answered_in_the_calendar_and_everybody_sees_who_comes(
    service: Service, smtp: MailStandIn, inbox: Inbox
) -> None:
    first = until(lambda: invitations(smtp))[0]
    mail, method, event = first
    assert (method, event["SEQUENCE"], mail.recipients) == ("REQUEST", 0, (ANNA,))
    attendee = event["ATTENDEE"]
    assert (str(attendee), attendee.params["PARTSTAT"]) == (f"mailto:{ANNA}", "NEEDS-ACTION")
    assert (attendee.params["RSVP"], attendee.params["CN"]) == ("TRUE", "Anna Alm")
    assert f"{event['DTSTART'].dt:%Y-%m-%d %H.%M}" == "2018-01-16 09.00"
    kinds = [each.get_content_type() for each in mail.message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert "Inbjudan: Gemensam lägesbild" in mail.text

    inbox.deliver(answered(first, "ACCEPTED"))
    until(lambda: said(service) == [(AnswerKind.ATTENDING, "Anna Alm")])
    assert "Kommer: Anna Alm" in service.desk.describe(MEETING).lines

    inbox.deliver(answered(first, "DECLINED", 2))
    until(lambda: len(said(service)) == 2)
    assert said(service)[1] == (AnswerKind.CANNOT, "Anna Alm")
    assert "Kommer: Anna Alm" not in service.desk.describe(MEETING).lines
    until(lambda: [m for m in smtp.mailbox.arrived if "Ersättare behövs" in m.text])
    assert (
        len([m for m in smtp.mailbox.arrived if m.message["Auto-Submitted"] != "auto-generated"])
        == 0
    )


def test_a_new_day_updates_the_invitation_and_a_cancellation_ends_it(
    service: Service, smtp: MailStandIn
) -> None:
    until(lambda: invitations(smtp))
    desk, now = service.desk, service.desk.now()
    moved = Answer(MEETING, AnswerKind.POSTPONED, "Anna", now, day=date(2018, 1, 18), note="Halka")
    desk.give(moved)
    mail, method, event = until(lambda: invitations(smtp)[1:])[0]
    assert (method, event["SEQUENCE"], event["DTSTART"].dt.day) == ("REQUEST", 1, 18)
    assert "Flyttat från tisdag 16 januari 2018" in mail.text
    desk.give(Answer(MEETING, AnswerKind.CANCELLED, "Anna", now, note="Sjukdom"))
    last = until(lambda: invitations(smtp)[2:])[0]
    assert (last[1], last[2]["SEQUENCE"], last[2]["STATUS"]) == ("CANCEL", 2, "CANCELLED")
    assert "Inställt: Gemensam lägesbild" in last[0].text
    assert "Orsak: Sjukdom" in last[0].text
    assert "Inställt av: Anna" in last[0].text
    organizers = {str(event["ORGANIZER"]) for _, _, event in invitations(smtp)}
    assert len(organizers) == 1


def test_what_is_booked_invites_at_once_and_its_answer_counts(
    service: Service, smtp: MailStandIn, inbox: Inbox
) -> None:
    until(lambda: invitations(smtp))
    assert invitations(smtp, SLOT) == []
    now = service.desk.now()
    service.desk.give(Answer(SLOT, AnswerKind.BOOKED, "Anna", now, day=date(2018, 3, 14)))
    (first,) = until(lambda: invitations(smtp, SLOT))
    mail, method, event = first
    assert (method, event["SEQUENCE"], event["DTSTART"].dt) == ("REQUEST", 0, date(2018, 3, 14))
    assert "När: onsdag 14 mars 2018" in mail.text
    inbox.deliver(answered(first, "ACCEPTED"))
    until(lambda: "Kommer: Anna Alm" in service.desk.describe(SLOT).lines)


def test_what_is_done_before_its_day_leaves_the_calendar(
    service: Service, smtp: MailStandIn
) -> None:
    until(lambda: invitations(smtp))
    now = service.desk.now()
    service.desk.give(Answer(MEETING, AnswerKind.DONE, "Anna", now, day=date(2018, 1, 3)))
    mail, method, event = until(lambda: invitations(smtp)[1:])[0]
    assert (method, event["SEQUENCE"], event["STATUS"]) == ("CANCEL", 1, "CANCELLED")
    assert "Redan genomfört 3 januari 2018: Gemensam lägesbild" in mail.text


def test_what_somebody_is_invited_to_is_left_out_of_their_own_feed_only(
    service: Service, smtp: MailStandIn
) -> None:
    calendars = service.office.calendars

    def shown(feed: Feed) -> str:
        found = calendars.feed(calendars.create(feed))
        assert found
        return found.body.decode().replace("\r\n ", "")

    until(lambda: invitations(smtp))
    own, team = shown(Feed(PLAN, FeedScope.PERSON, ANNA)), shown(Feed(PLAN))
    assert (MEETING in own, FAR in own) == (False, True)
    assert MEETING in team


def test_what_nobody_was_invited_to_stays_in_their_own_feed(
    service: Service, smtp: MailStandIn
) -> None:
    until(lambda: invitations(smtp))
    calendars, database = service.office.calendars, service.office.database
    feed = Feed(PLAN, FeedScope.PERSON, ANNA)

    def shown() -> str:
        found = calendars.feed(calendars.create(feed))
        assert found
        return found.body.decode().replace("\r\n ", "")

    until(lambda: MEETING not in shown() and NEXT not in shown())
    assert PAST in shown()
    failed = deliveries.c.occurrence == NEXT, deliveries.c.part == Part.INVITATION
    with database.write() as connection:
        connection.execute(
            update(deliveries)
            .where(*failed)
            .values(state=DeliveryState.FAILED, settled=utc(2018, 1, 3))
        )
    assert NEXT in shown()


def has_told(inbox: Inbox, caplog: pytest.LogCaptureFixture, number: int) -> bool:
    """Whether so many mails have been read, and at least as many lines written about them."""
    return inbox.count("SEEN") == number and len(told_of(caplog)) >= number


GARBAGE = (
    b"Content-Type: text/calendar; method=REPLY\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"QkVHSU46VkNBTEVOREFS=%&!\xff=QUJD\r\n"
)


def bad_replies(good: bytes) -> dict[str, bytes]:
    """What must change nothing, each made of a good reply and under an id of its own."""
    event = good[good.index(b"BEGIN:VEVENT") : good.index(b"END:VCALENDAR")]
    border = good[good.rindex(b"\r\n--") : good.rindex(b"--")]
    part = good[good.index(b"Content-Type: text/calendar") : good.rindex(border)]
    second = border + b"\r\n" + part.replace(b"ACCEPTED", b"DECLINED")
    found = {
        "from a stranger": good.replace(ANNA.encode(), b"ond@gavle.example"),
        "for somebody else": good.replace(b":mailto:anna@", b":mailto:bo@"),
        "to another invitation": good.replace(b"2018-W03", b"2018-W05"),
        "to none of ours": good.replace(b"@invitation.loftesbot", b"@annan.example"),
        "to a newer invitation": good.replace(b"SEQUENCE:0", b"SEQUENCE:7"),
        "two calendars": good.replace(part, part + second),
        "two events": good.replace(event, event * 2),
        "a bomb": good.replace(event, b"BEGIN:VEVENT\r\n" * 9_000 + event),
        "5 MB": good.replace(event, b"X-LONG:" + b"x" * 5_000_000 + b"\r\n" + event),
        "broken MIME": good.replace(b"From: ", b"From: ond@gavle.example\r\nFrom: "),
        "a broken calendar": good.replace(b"END:VEVENT\r\n", b""),
        "a wrong border": good.replace(border, b"\r\n--annan"),
        "garbage": good.replace(part, GARBAGE),
    }
    return {
        name: each.replace(b"<rsvp-1@", f"<rsvp-bad-{number}@".encode())
        for number, (name, each) in enumerate(found.items())
    }


def test_what_is_no_reply_to_an_invitation_of_theirs_changes_nothing_and_is_one_line_in_the_log(
    service: Service, smtp: MailStandIn, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    first = until(lambda: invitations(smtp))[0]
    good = answered(first, "ACCEPTED")
    for number, bad in enumerate(bad_replies(good).values(), start=1):
        inbox.deliver(bad)
        until(partial(has_told, inbox, caplog, number))
        assert len(told_of(caplog)) == number
    assert said(service) == []
    inbox.deliver(good)
    until(lambda: said(service) == [(AnswerKind.ATTENDING, "Anna Alm")])


def test_a_reply_to_an_invitation_that_has_changed_since_changes_nothing(
    service: Service, smtp: MailStandIn, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    first = until(lambda: invitations(smtp))[0]
    now = service.desk.now()
    moved = Answer(MEETING, AnswerKind.POSTPONED, "Anna", now, day=date(2018, 1, 18), note="Halka")
    service.desk.give(moved)
    second = until(lambda: invitations(smtp)[1:])[0]
    inbox.deliver(answered(first, "ACCEPTED"))
    until(lambda: told_of(caplog))
    inbox.deliver(answered(second, "TENTATIVE", 2))
    until(lambda: len(said(service)) == 2)
    assert said(service)[1:] == [(AnswerKind.TENTATIVE, "Anna Alm")]
    assert len(told_of(caplog)) == 1
