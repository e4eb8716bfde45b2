"""The mailbox, by the real client against a real IMAP server."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Timer

import pytest

from bot.mail.incoming import LARGEST_MAIL_OCTETS
from bot.mail.mailbox import FAULTS, Connection, trouble
from bot.mail.server import parse_imap_url
from tests.mail.imap import Inbox, serving
from tests.standins.mail import certificate

MAIL = b"From: anna@gavle.example\r\nSubject: klart\r\n\r\nKlart.\r\n"


@pytest.fixture
def inbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Inbox]:
    with serving(tmp_path, implicit=getattr(request, "param", False)) as found:
        yield found


either_tls = pytest.mark.parametrize("inbox", [False, True], ids=["STARTTLS", "TLS"], indirect=True)


def connection(inbox: Inbox, url: str = "") -> Connection:
    return Connection(parse_imap_url(url or inbox.url), certificate.trusting())


@either_tls
def test_what_nobody_has_seen_is_fetched_and_stays_unseen_until_it_is_marked(
    inbox: Inbox,
) -> None:
    inbox.deliver(MAIL, MAIL.replace(b"klart", b"igen"))
    with connection(inbox) as box:
        first, second = box.unseen()
        assert first.octets == len(MAIL)
        assert box.fetch(first.uid) == MAIL
        assert inbox.count("UNSEEN") == 2
        box.mark_seen(first.uid)
        assert [each.uid for each in box.unseen()] == [second.uid]
    assert (inbox.count("UNSEEN"), inbox.count("SEEN"), inbox.count("DELETED")) == (1, 1, 0)


def test_of_a_mail_that_is_too_large_only_the_size_is_asked(inbox: Inbox) -> None:
    inbox.deliver(MAIL + b"x" * LARGEST_MAIL_OCTETS)
    with connection(inbox) as box:
        (found,) = box.unseen()
        assert found.octets > LARGEST_MAIL_OCTETS
        assert len(box.fetch(found.uid)) == LARGEST_MAIL_OCTETS + 1


@either_tls
def test_a_mail_that_comes_ends_the_wait(inbox: Inbox) -> None:
    with connection(inbox) as box:
        assert box.idles
        arriving = Timer(0.5, inbox.deliver, [MAIL])
        arriving.start()
        box.wait(Event(), seconds=60)
        arriving.join()
        assert len(box.unseen()) == 1


def test_a_mail_that_came_right_before_the_wait_ends_it(inbox: Inbox) -> None:
    with connection(inbox) as box:
        assert box.unseen() == []
        inbox.deliver(MAIL)
        box.wait(Event(), seconds=60)
        assert len(box.unseen()) == 1


@either_tls
def test_closing_ends_the_wait(inbox: Inbox) -> None:
    closing = Event()
    with connection(inbox) as box:
        box.unseen()
        for idles in (True, False):
            box.idles = idles
            closing.clear()
            Timer(0.2, closing.set).start()
            box.wait(closing, seconds=60)
            assert closing.is_set()
        assert box.unseen() == []


def test_without_idle_the_wait_is_as_long_as_it_was_to_be(tmp_path: Path) -> None:
    with serving(tmp_path, idle=False) as inbox, connection(inbox) as box:
        assert not box.idles
        box.wait(Event(), seconds=0.1)
        inbox.deliver(MAIL)
        assert len(box.unseen()) == 1


@either_tls
def test_a_line_that_is_cut_ends_the_wait(inbox: Inbox) -> None:
    with connection(inbox) as box:
        box.unseen()
        Timer(0.3, box.hang_up).start()
        with pytest.raises(FAULTS):
            box.wait(Event(), seconds=60)


WRONG = [
    ("k4n4r1e", "fel", "inloggningen"),
    ("INBOX", "Finns%20inte", "mappen"),
    ("127.0.0.1", "localhost", "certifikat"),
    ("imap+starttls", "imaps", "TLS"),
]


@pytest.mark.parametrize(("right", "wrong", "word"), WRONG)
def test_what_somebody_has_to_mend_is_said_without_secrets(
    inbox: Inbox, right: str, wrong: str, word: str
) -> None:
    with pytest.raises(FAULTS) as caught:
        with connection(inbox, inbox.url.replace(right, wrong)):
            pass
    said = trouble(caught.value)
    assert word in said
    assert "LOFTESBOT_MAIL__IMAP_URL" in said
    assert "lösen" not in said


def test_a_certificate_that_nobody_vouches_for_gets_no_password(inbox: Inbox) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        with Connection(parse_imap_url(inbox.url), ssl.create_default_context()):
            pass


def test_a_server_that_is_away_is_told_of(inbox: Inbox) -> None:
    with pytest.raises(OSError, match="refused") as caught:
        with connection(inbox, "imaps://a:b@127.0.0.1:1"):
            pass
    assert "refused" in trouble(caught.value)
