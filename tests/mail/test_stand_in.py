"""The stand-in keeps SMTP's rules, or the other tests would prove nothing."""

from collections.abc import Iterator
from smtplib import SMTP
from ssl import SSLContext

import pytest

from tests.standins.mail import certificate
from tests.standins.mail.mailbox import Fault, Mailbox, Moment
from tests.standins.mail.server import MailStandIn

MAIL, RCPT = "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>"
HEAD = b"Subject: x\r\n\r\n"


@pytest.fixture
def client(server: MailStandIn) -> Iterator[SMTP]:
    with SMTP("127.0.0.1", server.port, local_hostname="localhost", timeout=10) as known:
        yield known


def codes(client: SMTP, *commands: str) -> list[int]:
    return [client.docmd(each)[0] for each in commands]


@pytest.mark.parametrize(
    ("commands", "last"),
    [
        ([MAIL], 503),
        (["EHLO x", RCPT], 503),
        (["EHLO x", "DATA"], 503),
        (["EHLO x", MAIL, "DATA"], 503),
        (["EHLO x", MAIL, MAIL], 503),
        (["EHLO x", MAIL, RCPT, "RSET", "DATA"], 503),
        (["EHLO x", MAIL, RCPT, RCPT, "DATA"], 354),
        (["EHLO"], 501),
        (["EHLO x", "MAIL FROM: <a@b.example>"], 501),
        (["EHLO x", "MAIL TO:<a@b.example>"], 501),
        (["EHLO x", "MAIL FROM:<a@b.example> SMTPUTF8"], 555),
        (["EHLO x", MAIL, "RCPT TO:<c>"], 501),
        (["EHLO x", "STARTTLS"], 503),
        (["EHLO x", "AUTH PLAIN AGEAYg=="], 538),
        (["VRFY a"], 502),
        (["EHLO " + "x" * 600], 500),
    ],
)
def test_commands_out_of_turn_or_form_are_refused(
    client: SMTP, commands: list[str], last: int
) -> None:
    found = codes(client, *commands)
    if last == 354:
        client.send(b".\r\n")
        client.getreply()
    assert found[-1] == last


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"ordinary\r\n", 250),
        (b"bare\nline feed\r\n", 550),
        (b"bare\rreturn\r\n", 550),
        (b"not the end\n.\nMAIL FROM:<x@y.example>\r\n", 550),
        (b"x" * 998 + b"\r\n", 250),
        (b"x" * 999 + b"\r\n", 550),
        ("å\r\n".encode(), 550),
    ],
)
def test_content_that_no_server_has_to_take_is_refused(
    server: MailStandIn, client: SMTP, content: bytes, code: int
) -> None:
    codes(client, "EHLO x", MAIL, RCPT, "DATA")
    client.send(HEAD + content + b".\r\n")

    assert client.getreply()[0] == code
    assert [each.content for each in server.mailbox.arrived] == [HEAD + content][: code == 250]


def test_the_dots_that_were_put_before_are_taken_off(server: MailStandIn, client: SMTP) -> None:
    codes(client, "EHLO x", MAIL, RCPT, "DATA")
    client.send(HEAD + b"..\r\n..x\r\n.\r\n")
    client.getreply()

    (mail,) = server.mailbox.arrived
    assert mail.text == ".\n.x\n"
    assert (mail.sender, mail.recipients) == ("a@b.example", ("c@d.example",))


def test_a_fault_strikes_once(server: MailStandIn, client: SMTP) -> None:
    server.mailbox.fail_next(Moment.MAIL, Fault("450 4.2.1 busy"))

    assert codes(client, "EHLO x", MAIL, MAIL) == [250, 450, 250]


def test_what_was_said_before_starttls_is_forgotten(server_tls: SSLContext) -> None:
    mailbox = Mailbox(accounts={"bot": "secret"})
    with (
        MailStandIn(mailbox, tls=server_tls) as server,
        SMTP("127.0.0.1", server.port, local_hostname="localhost", timeout=10) as client,
    ):
        assert codes(client, "EHLO x", MAIL) == [250, 530]
        client.starttls(context=certificate.trusting())
        assert codes(client, MAIL, "EHLO x") == [503, 250]
        client.ehlo()
        assert not client.has_extn("starttls")
        client.login("bot", "secret")
        assert codes(client, MAIL, RCPT) == [250, 250]
