"""Keeping mails: none is lost in a crash, and none is taken twice."""

from datetime import timedelta

import pytest

from bot.mail.incoming import Incoming, read
from bot.mail.intake import REMEMBERED, REST, Intake
from bot.mail.reception import UntoldError
from bot.storage.database import Database
from bot.storage.inbox import SqlInbox
from tests.mail.correspondence import Correspondence, reply_to
from tests.standins.mail.mailbox import Fault, Moment
from tests.standins.mail.server import MailStandIn


@pytest.fixture
def post(database: Database, server: MailStandIn) -> Correspondence:
    return Correspondence(database, server)


@pytest.fixture
def intake(post: Correspondence, database: Database) -> Intake:
    return Intake(SqlInbox(database, "mail"), post.reception, post.clock)


def mail(post: Correspondence) -> Incoming:
    reply = reply_to(post.remind(), "Klart, åtta deltagare: ”bra”")
    reply.add_attachment(b"BEGIN:VCALENDAR", "text", "calendar")
    return read(reply.as_bytes())


def test_a_mail_is_taken_once_however_often_it_comes(post: Correspondence, intake: Intake) -> None:
    reply = mail(post)
    assert intake.keep(reply)
    intake.take(reply)
    assert not intake.keep(reply)
    assert (len(post.said()), len(post.notes)) == (1, 1)


def test_what_a_crash_left_behind_waits_a_minute_and_comes_back_whole(
    post: Correspondence, intake: Intake
) -> None:
    reply = mail(post)
    intake.keep(reply)
    assert intake.waiting() == []
    post.now += REST + timedelta(seconds=1)
    assert intake.waiting() == [reply]
    assert intake.keep(reply)
    intake.take(reply)
    assert intake.waiting() == []
    assert len(post.said()) == 1


def test_a_writer_who_could_not_be_told_is_told_later(post: Correspondence, intake: Intake) -> None:
    reply = mail(post)
    intake.keep(reply)
    post.server.mailbox.fail_next(Moment.MAIL, Fault("450 4.3.2 Later"))
    with pytest.raises(UntoldError):
        intake.take(reply)
    post.now += REST + timedelta(seconds=1)
    (waiting,) = intake.waiting()
    intake.take(waiting)
    assert (len(post.said()), len(post.notes)) == (1, 1)


def test_what_could_not_be_taken_in_two_weeks_is_told_of(
    post: Correspondence, intake: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    intake.keep(mail(post))
    post.now += REMEMBERED + timedelta(seconds=1)
    assert intake.waiting() == []
    assert "1 svar med e-post kunde inte tas emot på två veckor" in caplog.text
