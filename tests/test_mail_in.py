"""The way in of replies: it reads a real mailbox, outlives every fault, and stops at once."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.app.mail_in import POLL_SECONDS, MailWayIn
from bot.app.troubles import Troubles
from bot.mail.incoming import LARGEST_MAIL_OCTETS, read
from bot.mail.intake import REST, Intake
from bot.mail.server import parse_imap_url
from bot.storage.database import Database
from bot.storage.inbox import SqlInbox
from tests.mail.correspondence import Correspondence, reply_to
from tests.mail.imap import Inbox, free_port, serving
from tests.mail.test_incoming import UNREADABLE
from tests.standins.mail import certificate
from tests.standins.mail.mailbox import Fault, Moment
from tests.standins.mail.server import MailStandIn
from tests.waiting import until

Start = Callable[..., MailWayIn]


@pytest.fixture
def post(database: Database) -> Iterator[Correspondence]:
    with MailStandIn() as server:
        yield Correspondence(database, server)


@pytest.fixture
def intake(post: Correspondence, database: Database) -> Intake:
    return Intake(SqlInbox(database, "mail"), post.reception, post.clock)


@pytest.fixture
def inbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Inbox]:
    with serving(tmp_path, implicit=getattr(request, "param", False)) as found:
        yield found


@pytest.fixture
def troubles() -> Troubles:
    return Troubles()


@pytest.fixture
def start(post: Correspondence, intake: Intake, troubles: Troubles) -> Iterator[Start]:
    with ExitStack() as running:

        def started(inbox: Inbox, poll_seconds: float = POLL_SECONDS) -> MailWayIn:
            folder, tls = parse_imap_url(inbox.url), certificate.trusting()
            way = MailWayIn(folder, intake, post.clock, troubles, tls)
            way.poll_seconds = poll_seconds
            way.start()
            running.callback(way.stop)
            return way

        yield started


@pytest.mark.parametrize("inbox", [False, True], ids=["STARTTLS", "TLS"], indirect=True)
def test_a_reply_is_taken_as_it_comes_and_is_seen_from_then_on(
    post: Correspondence, inbox: Inbox, start: Start, troubles: Troubles
) -> None:
    way = start(inbox)
    until(lambda: way.health()["mail_read"])
    inbox.deliver(reply_to(post.remind(), "klart, 12 deltagare").as_bytes())
    (given,) = until(post.said)
    assert given.number == 12
    until(lambda: post.notes)
    assert (inbox.count("SEEN"), inbox.count("DELETED")) == (1, 0)
    assert way.health() == {"mail_read": post.now.isoformat()}
    assert troubles.now() == []


def test_a_server_that_tells_nothing_by_itself_is_asked_again_and_again(
    post: Correspondence, tmp_path: Path, start: Start, troubles: Troubles
) -> None:
    with serving(tmp_path, idle=False) as inbox:
        way = start(inbox, poll_seconds=0.05)
        until(lambda: way.health()["mail_read"])
        for number in (1, 2):
            inbox.deliver(reply_to(post.remind(), "klart", number=number).as_bytes())
            until(partial(seen, inbox, number))
        assert len(post.said()) == 1
        assert troubles.now() == []
        way.stop()


def seen(inbox: Inbox, number: int) -> bool:
    return inbox.count("SEEN") == number


def test_what_cannot_be_read_holds_nothing_up(
    post: Correspondence, inbox: Inbox, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    # The server itself fails at these: it takes none with as much in it, and none that is empty.
    bad = [mail for name, mail in UNREADABLE.items() if mail and name != "many nested mails"]
    inbox.deliver(*bad, b"x" * (LARGEST_MAIL_OCTETS + 1))
    inbox.deliver(reply_to(post.remind(), "klart").as_bytes())
    with caplog.at_level(logging.WARNING):
        start(inbox)
        until(post.said)
    lines = [each for each in caplog.messages if "Ingenting har ändrats" in each]
    assert len(lines) == len(bad) + 1
    assert inbox.count("SEEN") == len(bad) + 2
    assert len(post.said()) == 1


def test_what_a_crash_left_behind_is_taken_once(
    post: Correspondence, inbox: Inbox, intake: Intake, start: Start
) -> None:
    mail = reply_to(post.remind(), "klart").as_bytes()
    inbox.deliver(mail)
    intake.keep(read(mail))
    post.now += REST + timedelta(seconds=1)
    start(inbox)
    until(post.said)
    until(lambda: inbox.count("SEEN") == 1)
    assert (len(post.said()), len(post.notes)) == (1, 1)
    assert intake.waiting() == []


def test_a_writer_who_could_not_be_told_is_told_in_a_later_round(
    post: Correspondence, inbox: Inbox, start: Start, troubles: Troubles
) -> None:
    first = reply_to(post.remind(), "klart").as_bytes()
    post.server.mailbox.fail_next(Moment.MAIL, Fault("450 4.3.2 Later"))
    start(inbox)
    inbox.deliver(first)
    trouble = until(troubles.now)
    assert "Ett besked om ett svar kom inte iväg" in str(trouble)
    post.now += REST + timedelta(seconds=1)
    inbox.deliver(b"From: a@b.example\r\n\r\nEtt annat mejl\r\n")
    until(lambda: len(post.notes) == 1)
    until(lambda: not troubles.now())
    assert len(post.said()) == 1


def test_a_mailbox_that_is_away_is_waited_for(
    post: Correspondence, tmp_path: Path, start: Start, troubles: Troubles
) -> None:
    port = free_port()
    start(Inbox(port))
    trouble = until(troubles.now)
    assert "Brevlådan med svar går inte att läsa: " in str(trouble)
    with serving(tmp_path, port) as inbox:
        inbox.deliver(reply_to(post.remind(), "klart").as_bytes())
        until(post.said)
        until(lambda: not troubles.now())
    until(troubles.now)


def test_it_stops_at_once_whatever_it_waits_for(
    inbox: Inbox, start: Start, troubles: Troubles
) -> None:
    connected, away = start(inbox), start(Inbox(free_port()))
    until(lambda: connected.health()["mail_read"])
    until(troubles.now)
    began = time.monotonic()
    connected.stop()
    away.stop()
    assert time.monotonic() - began < 5


def test_a_reply_that_comes_again_is_one_answer(
    post: Correspondence, inbox: Inbox, start: Start
) -> None:
    mail = reply_to(post.remind(), "klart").as_bytes()
    inbox.deliver(mail, mail)
    start(inbox)
    until(lambda: inbox.count("SEEN") == 2)
    inbox.deliver(mail)
    until(lambda: inbox.count("SEEN") == 3)
    assert (len(post.said()), len(post.notes)) == (1, 1)
