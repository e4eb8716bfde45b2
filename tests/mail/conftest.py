"""A mail server on loopback, and a transport for it."""

from collections.abc import Iterator
from datetime import timedelta
from ssl import SSLContext

import pytest

from bot.mail.addresses import Sender
from bot.mail.conversation import Patience
from bot.mail.server import parse_smtp_url
from bot.mail.stationery import Stationery
from bot.mail.transport import MailTransport
from tests.builders import utc
from tests.standins.mail import certificate
from tests.standins.mail.server import MailStandIn

SENDER = Sender("loftesbot@gavle.example", "Löftesbot")
NOW = utc(2018, 3, 14, 8, 30)
# Enough for a busy machine; QUICK is for what hangs until somebody leaves.
SOON = Patience(step=timedelta(seconds=5), whole=timedelta(seconds=15))
QUICK = Patience(
    step=timedelta(seconds=0.3), verdict=timedelta(seconds=0.3), whole=timedelta(seconds=15)
)


@pytest.fixture
def server() -> Iterator[MailStandIn]:
    with MailStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def transport(server: MailStandIn) -> MailTransport:
    return make_transport(server.url)


@pytest.fixture(scope="session")
def server_tls(tmp_path_factory: pytest.TempPathFactory) -> SSLContext:
    return certificate.server_side(tmp_path_factory.mktemp("certificate"))


def make_transport(
    url: str, *, tls: SSLContext | None = None, patience: Patience = SOON
) -> MailTransport:
    known = tls or certificate.trusting()
    return MailTransport(parse_smtp_url(url), Stationery(SENDER), lambda: NOW, known, patience)
