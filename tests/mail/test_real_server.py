"""Our mails through a mail server that others wrote and that keeps to the letter of SMTP."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from ssl import SSLContext
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bot.domain.delivery import Sent, TryAgain
from bot.domain.message import Enclosure
from tests.mail.conftest import make_transport
from tests.mail.imap import free_port
from tests.mail.test_letter import MESSAGE, READER

PASSWORD = "k4n4r1e/lösen:ord"
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Lägesbild\r\nEND:VCALENDAR\r\n".encode()


class Kept:
    """Takes every mail as it came."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(  # noqa: N802 - the library calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        return "250 OK"


def known(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, found: object
) -> AuthResult:
    """Whether that is the sender's own password."""
    good = isinstance(found, LoginPassword) and found.password == PASSWORD.encode()
    return AuthResult(success=good)


@pytest.fixture
def guarded(server_tls: SSLContext) -> Iterator[tuple[Kept, int]]:
    """A server that takes nothing without TLS and a password."""
    handler, port = Kept(), free_port()
    controller = Controller(
        handler, hostname="127.0.0.1", port=port, decode_data=False, tls_context=server_tls,
        require_starttls=True, auth_required=True, authenticator=known,
    )  # fmt: skip
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture
def kept() -> Iterator[tuple[Kept, int]]:
    handler, port = Kept(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, decode_data=False)
    controller.start()
    yield handler, port
    controller.stop()


def test_a_strict_server_takes_a_mail_and_reads_it_as_it_was_meant(
    kept: tuple[Kept, int],
) -> None:
    handler, port = kept
    assert isinstance(
        make_transport(f"smtp://127.0.0.1:{port}").post(MESSAGE, address=READER), Sent
    )
    (envelope,) = handler.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("loftesbot@gavle.example", [READER])
    assert isinstance(envelope.content, bytes)
    read = message_from_bytes(envelope.content, policy=default)
    assert read["Subject"] == MESSAGE.title
    assert [each.get_content_type() for each in read.walk()][1:] == ["text/plain", "text/html"]


def test_a_strict_server_takes_an_invitation_under_tls_from_whoever_has_the_password(
    guarded: tuple[Kept, int],
) -> None:
    handler, port = guarded
    words = replace(MESSAGE, asks=())
    enclosure = Enclosure(words.key, "", "m.ics", words.title, CALENDAR, words, "REQUEST")
    url = f"smtp+starttls://loftesbot:{quote(PASSWORD, safe='')}@127.0.0.1:{port}"
    assert isinstance(make_transport(url).enclose(enclosure, address=READER), Sent)
    (envelope,) = handler.envelopes
    assert isinstance(envelope.content, bytes)
    read = message_from_bytes(envelope.content, policy=default)
    kinds = [each.get_content_type() for each in read.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    part = list(read.walk())[-1]
    assert part.get_param("method") == "REQUEST"
    assert part.get_content().replace("\r\n", "\n") == CALENDAR.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("way", ["smtp+starttls://loftesbot:fel", "smtp+starttls://"])
def test_without_the_password_nothing_is_taken(guarded: tuple[Kept, int], way: str) -> None:
    handler, port = guarded
    url = f"{way}@127.0.0.1:{port}" if "fel" in way else f"{way}127.0.0.1:{port}"
    outcome = make_transport(url).post(MESSAGE, address=READER)
    assert isinstance(outcome, TryAgain)
    assert handler.envelopes == []
