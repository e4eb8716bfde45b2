"""Our mails through a mail server that others wrote and that keeps to the letter of SMTP."""

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.domain.delivery import Sent
from tests.mail.conftest import make_transport
from tests.mail.imap import free_port
from tests.mail.test_letter import MESSAGE, READER


class Kept:
    """Takes every mail as it came."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(  # noqa: N802 - the library calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        return "250 OK"


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
