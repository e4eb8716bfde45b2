"""Encryption and log-in: never in clear, never twice, and the password in no line we write."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from ssl import SSLContext

import pytest

from bot.domain.delivery import Outcome, Sent, TryAgain, Uncertain
from bot.mail.outcomes import SETUP_WAIT
from tests.mail.conftest import make_transport
from tests.mail.test_letter import MESSAGE, READER
from tests.standins.mail.mailbox import Fault, Mailbox, Moment
from tests.standins.mail.server import MailStandIn

PASSWORD = "lösen/ord k4n4r1e"
WRITTEN = "l%C3%B6sen%2Ford%20k4n4r1e"

MakeServer = Callable[..., MailStandIn]


@pytest.fixture
def make_server(server_tls: SSLContext) -> Iterator[MakeServer]:
    with ExitStack() as stack:

        def make(*, implicit: bool = False, offers: bool = True) -> MailStandIn:
            mailbox = Mailbox(accounts={"bot": PASSWORD})
            tls = server_tls if offers else None
            return stack.enter_context(MailStandIn(mailbox, tls=tls, implicit=implicit))

        yield make


def address(server: MailStandIn, scheme: str, user: str = f"bot:{WRITTEN}@") -> str:
    return f"{scheme}://{user}127.0.0.1:{server.port}"


def posted(server: MailStandIn, scheme: str, user: str = f"bot:{WRITTEN}@") -> Outcome:
    return make_transport(address(server, scheme, user)).post(MESSAGE, address=READER)


def assert_set_up(outcome: Outcome) -> str:
    assert isinstance(outcome, TryAgain)
    assert (outcome.after, outcome.target_wide) == (SETUP_WAIT, True)
    assert "LOFTESBOT_MAIL__SMTP_URL" in outcome.reason
    assert "k4n4r1e" not in outcome.reason
    return outcome.reason


@pytest.mark.parametrize(("scheme", "implicit"), [("smtps", True), ("smtp+starttls", False)])
def test_mails_go_encrypted_and_by_the_right_user(
    make_server: MakeServer, scheme: str, implicit: bool
) -> None:
    server = make_server(implicit=implicit)

    assert isinstance(posted(server, scheme), Sent)

    (mail,) = server.mailbox.arrived
    assert (mail.user, mail.encrypted) == ("bot", True)


def test_a_server_that_knows_only_login_is_logged_in_to_by_login(make_server: MakeServer) -> None:
    server = make_server(implicit=True)
    server.mailbox.mechanisms = ("CRAM-MD5", "LOGIN")

    assert isinstance(posted(server, "smtps"), Sent)

    (mail,) = server.mailbox.arrived
    assert mail.user == "bot"


def test_a_wrong_password_is_tried_once_and_waits_for_somebody_to_mend_it(
    make_server: MakeServer,
) -> None:
    server = make_server(implicit=True)

    reason = assert_set_up(posted(server, "smtps", "bot:k4n4r1e@"))

    assert "inloggningen" in reason
    assert "535" in reason
    assert len([each for each in server.mailbox.heard if each.startswith("AUTH")]) == 1
    assert server.mailbox.arrived == []


@pytest.mark.parametrize("code", [530, 534, 535, 538, 554])
def test_a_refused_log_in_is_a_fault_of_the_set_up(make_server: MakeServer, code: int) -> None:
    server = make_server(implicit=True)
    server.mailbox.fail_next(Moment.AUTH, Fault(f"{code} 5.7.8 no"))

    assert_set_up(posted(server, "smtps"))


def test_a_log_in_that_fails_for_the_moment_holds_the_target(make_server: MakeServer) -> None:
    server = make_server(implicit=True)
    server.mailbox.fail_next(Moment.AUTH, Fault("454 4.7.0 the directory is away"))

    outcome = posted(server, "smtps")

    assert isinstance(outcome, TryAgain)
    assert (outcome.after, outcome.target_wide) == (None, True)


def test_a_server_that_wants_a_log_in_says_so_to_whoever_has_none(make_server: MakeServer) -> None:
    server = make_server(implicit=True)

    assert "530" in assert_set_up(posted(server, "smtps", ""))


def test_without_starttls_nothing_is_sent_and_no_password_is_said(make_server: MakeServer) -> None:
    server = make_server(offers=False)

    assert "STARTTLS" in assert_set_up(posted(server, "smtp+starttls"))

    assert [each.split()[0].upper() for each in server.mailbox.heard] == ["EHLO", "QUIT"]


@pytest.mark.parametrize("code", [454, 421])
def test_starttls_that_fails_for_the_moment_holds_the_target(
    make_server: MakeServer, code: int
) -> None:
    server = make_server()
    server.mailbox.fail_next(Moment.STARTTLS, Fault(f"{code} 4.7.0 not now"))

    outcome = posted(server, "smtp+starttls")

    assert isinstance(outcome, TryAgain)
    assert (outcome.after, outcome.target_wide) == (None, True)
    assert not any(each.startswith("AUTH") for each in server.mailbox.heard)


def test_a_server_without_any_log_in_that_we_know_is_a_fault_of_the_set_up(
    make_server: MakeServer,
) -> None:
    server = make_server(implicit=True)
    server.mailbox.mechanisms = ("GSSAPI", "XOAUTH2")

    assert "PLAIN" in assert_set_up(posted(server, "smtps"))

    assert not any(each.startswith("AUTH") for each in server.mailbox.heard)


@pytest.mark.parametrize(("scheme", "implicit"), [("smtps", True), ("smtp+starttls", False)])
def test_a_certificate_that_nobody_vouches_for_gets_no_password(
    make_server: MakeServer, scheme: str, implicit: bool
) -> None:
    server = make_server(implicit=implicit)
    strict = make_transport(address(server, scheme), tls=ssl.create_default_context())

    assert "certifikat" in assert_set_up(strict.post(MESSAGE, address=READER))

    assert not any(each.startswith("AUTH") for each in server.mailbox.heard)


def test_a_server_that_speaks_no_tls_is_a_fault_of_the_set_up(make_server: MakeServer) -> None:
    assert "TLS" in assert_set_up(posted(make_server(), "smtps"))


@pytest.mark.parametrize(("scheme", "implicit"), [("smtps", True), ("smtp+starttls", False)])
def test_a_certificate_of_another_host_gets_no_password(
    make_server: MakeServer, scheme: str, implicit: bool
) -> None:
    server = make_server(implicit=implicit)
    by_name = address(server, scheme).replace("127.0.0.1", "localhost")

    assert "certifikat" in assert_set_up(make_transport(by_name).post(MESSAGE, address=READER))

    assert not any(each.startswith("AUTH") for each in server.mailbox.heard)


# A reset in the handshake is left out: there the ssl module of older Pythons forgets to close
# its socket (python/cpython issue 113280), and warnings are errors here.
@pytest.mark.parametrize(
    ("moment", "politely"),
    [(Moment.STARTTLS, True), (Moment.STARTTLS, False), (Moment.HANDSHAKE, True)],
)
def test_a_line_cut_before_tls_stands_is_tried_again(
    make_server: MakeServer, moment: Moment, politely: bool
) -> None:
    server = make_server()
    server.mailbox.fail_next(moment, Fault(hangs_up=True, politely=politely))

    outcome = posted(server, "smtp+starttls")

    assert isinstance(outcome, TryAgain)
    assert outcome.after is None


def test_a_line_cut_after_the_final_dot_is_unclear_under_tls_too(make_server: MakeServer) -> None:
    server = make_server(implicit=True)
    server.mailbox.fail_next(Moment.END, Fault(taken=True, hangs_up=True))

    assert isinstance(posted(server, "smtps"), Uncertain)
    assert len(server.mailbox.arrived) == 1


@pytest.mark.parametrize(("scheme", "implicit"), [("smtps", True), ("smtp+starttls", False)])
def test_a_mail_that_is_cut_off_half_way_under_tls_is_tried_again(
    make_server: MakeServer, scheme: str, implicit: bool
) -> None:
    server = make_server(implicit=implicit)
    server.mailbox.fail_next(Moment.MIDDLE, Fault(hangs_up=True))
    large = replace(MESSAGE, lines=("x" * 3_000_000,))

    outcome = make_transport(address(server, scheme, f"bot:{WRITTEN}@")).post(large, address=READER)

    assert isinstance(outcome, TryAgain)
    assert server.mailbox.arrived == []
