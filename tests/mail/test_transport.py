"""Mailing: what each thing a mail server can do means for the delivery."""

import socket
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.delivery import Outcome, Refused, Sent, Sought, TryAgain, Uncertain, Unsearchable
from bot.domain.message import Enclosure
from bot.mail.conversation import Patience
from bot.mail.outcomes import SETUP_WAIT
from bot.mail.transport import MailTransport
from bot.services.delivering import NEEDED_TO_POST
from tests.mail.conftest import NOW, QUICK, SOON, make_transport
from tests.mail.test_letter import MESSAGE, READER
from tests.standins.mail.mailbox import Fault, Moment
from tests.standins.mail.server import MailStandIn

LARGE = replace(MESSAGE, lines=("x" * 3_000_000,))
BEFORE_THE_MAIL = [Moment.CONNECT, Moment.EHLO]
ABOUT_THE_MAIL = [Moment.MAIL, Moment.RCPT, Moment.DATA, Moment.END]
ON_THE_WAY = [*BEFORE_THE_MAIL, Moment.MAIL, Moment.RCPT, Moment.DATA]


def posted(server: MailStandIn, moment: Moment, fault: Fault) -> Outcome:
    server.mailbox.fail_next(moment, fault)
    patience = QUICK if fault.seconds else SOON
    return make_transport(server.url, patience=patience).post(MESSAGE, address=READER)


def test_a_mail_that_is_taken_is_sent_and_its_receipt_is_its_message_id(
    server: MailStandIn, transport: MailTransport
) -> None:
    outcome = transport.post(MESSAGE, address=READER)

    (mail,) = server.mailbox.arrived
    assert outcome == Sent(mail.message["Message-ID"])
    assert (mail.sender, mail.recipients) == ("loftesbot@gavle.example", (READER,))
    assert mail.text == f"{MESSAGE.text}\n"
    verbs = [each.split()[0].upper() for each in server.mailbox.heard]
    assert verbs == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]
    assert server.mailbox.heard[0].endswith(" [127.0.0.1]")


@pytest.mark.parametrize("moment", ABOUT_THE_MAIL)
@pytest.mark.parametrize("code", [550, 552, 554, 599])
def test_a_five_about_the_mail_is_a_refusal_with_advice(
    server: MailStandIn, moment: Moment, code: int
) -> None:
    outcome = posted(server, moment, Fault(f"{code} 5.1.1 User\x07 unknown"))

    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith("E-postservern ")
    assert outcome.reason.endswith(": 5.1.1 User unknown")
    assert str(code) in outcome.reason
    assert server.mailbox.arrived == []


@pytest.mark.parametrize("moment", ABOUT_THE_MAIL)
@pytest.mark.parametrize("code", [450, 451, 452, 499])
def test_a_four_about_the_mail_is_tried_again_and_holds_nothing_else(
    server: MailStandIn, moment: Moment, code: int
) -> None:
    outcome = posted(server, moment, Fault(f"{code} 4.7.1 Greylisted"))

    assert isinstance(outcome, TryAgain)
    assert (outcome.after, outcome.target_wide) == (None, False)
    assert "4.7.1 Greylisted" in outcome.reason
    assert server.mailbox.arrived == []


@pytest.mark.parametrize("moment", [*BEFORE_THE_MAIL, *ABOUT_THE_MAIL])
def test_a_server_that_closes_holds_the_whole_target(server: MailStandIn, moment: Moment) -> None:
    outcome = posted(server, moment, Fault("421 4.3.2 Closing"))

    assert isinstance(outcome, TryAgain)
    assert outcome.target_wide
    assert server.mailbox.arrived == []


@pytest.mark.parametrize("moment", BEFORE_THE_MAIL)
def test_a_four_before_the_mail_holds_the_whole_target(server: MailStandIn, moment: Moment) -> None:
    outcome = posted(server, moment, Fault("450 4.3.2 Later"))

    assert isinstance(outcome, TryAgain)
    assert (outcome.after, outcome.target_wide) == (None, True)


@pytest.mark.parametrize("moment", BEFORE_THE_MAIL)
def test_a_five_before_the_mail_waits_for_somebody_to_mend_it(
    server: MailStandIn, moment: Moment
) -> None:
    outcome = posted(server, moment, Fault("554 5.3.2 No mail here"))

    assert isinstance(outcome, TryAgain)
    assert (outcome.after, outcome.target_wide) == (SETUP_WAIT, True)
    assert "LOFTESBOT_MAIL__SMTP_URL" in outcome.reason


@pytest.mark.parametrize("moment", ON_THE_WAY)
def test_a_line_lost_before_the_data_is_tried_again(server: MailStandIn, moment: Moment) -> None:
    outcome = posted(server, moment, Fault(hangs_up=True))

    assert isinstance(outcome, TryAgain)
    assert "inget svar från e-postservern" in outcome.reason
    assert server.mailbox.arrived == []


@pytest.mark.parametrize("moment", ON_THE_WAY)
def test_silence_before_the_data_is_tried_again(server: MailStandIn, moment: Moment) -> None:
    server.mailbox.fail_next(moment, Fault(seconds=60))

    outcome = make_transport(server.url, patience=QUICK).post(MESSAGE, address=READER)

    assert isinstance(outcome, TryAgain)
    assert "timed out" in outcome.reason


@pytest.mark.parametrize("fault", [Fault(hangs_up=True), Fault(seconds=60)])
def test_a_line_lost_in_the_middle_of_the_data_is_tried_again(
    server: MailStandIn, fault: Fault
) -> None:
    server.mailbox.fail_next(Moment.MIDDLE, fault)

    outcome = make_transport(server.url, patience=QUICK).post(LARGE, address=READER)

    assert isinstance(outcome, TryAgain)
    assert "medan mejlet skickades" in outcome.reason
    assert server.mailbox.arrived == []


UNCLEAR = [
    ("taken, then cut off", Moment.END, Fault(taken=True, hangs_up=True), 1),
    ("taken, then silent", Moment.END, Fault(taken=True, seconds=60), 1),
    ("taken, then no number", Moment.END, Fault("What?", taken=True), 1),
    ("taken, then a three", Moment.END, Fault("354 go on", taken=True), 1),
    ("taken, then a line without end", Moment.END, Fault("250 " + "x" * 9_000, taken=True), 1),
    ("taken, then hung up", Moment.END, Fault(taken=True, hangs_up=True, politely=True), 1),
    ("cut off", Moment.END, Fault(hangs_up=True), 0),
    ("cut off in a mail that was sent by then", Moment.MIDDLE, Fault(hangs_up=True), 0),
]


@pytest.mark.parametrize(
    ("moment", "fault", "number"), [c[1:] for c in UNCLEAR], ids=[c[0] for c in UNCLEAR]
)
def test_what_happens_between_the_final_dot_and_its_answer_is_unclear(
    server: MailStandIn, transport: MailTransport, moment: Moment, fault: Fault, number: int
) -> None:
    outcome = posted(server, moment, fault)

    assert isinstance(outcome, Uncertain)
    assert len(server.mailbox.arrived) == number
    assert transport.find(Sought(MESSAGE.key, NOW), address=READER) == Unsearchable()


def test_what_is_sent_again_bears_the_same_message_id(
    server: MailStandIn, transport: MailTransport
) -> None:
    posted(server, Moment.END, Fault(taken=True, hangs_up=True))
    outcome = transport.post(MESSAGE, address=READER)

    first, again = server.mailbox.arrived
    assert outcome == Sent(first.message["Message-ID"]) == Sent(again.message["Message-ID"])


@pytest.mark.parametrize("fault", [Fault(hangs_up=True), Fault(seconds=60), Fault("500 what?")])
def test_a_mail_that_was_taken_stays_sent_however_the_server_says_goodbye(
    server: MailStandIn, fault: Fault
) -> None:
    assert isinstance(posted(server, Moment.QUIT, fault), Sent)


def test_nobody_waits_long_for_a_goodbye(server: MailStandIn) -> None:
    server.mailbox.fail_next(Moment.QUIT, Fault(seconds=60))
    patient = Patience(step=timedelta(seconds=10), whole=timedelta(seconds=30))
    began = time.monotonic()

    outcome = make_transport(server.url, patience=patient).post(MESSAGE, address=READER)

    assert isinstance(outcome, Sent)
    assert time.monotonic() - began < 5


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for url in (f"smtp://127.0.0.1:{port}", "smtp://mail.invalid", f"smtp://{'x' * 70}.example"):
        outcome = make_transport(url).post(MESSAGE, address=READER)
        assert isinstance(outcome, TryAgain)
        assert not outcome.target_wide
        assert "vid anslutningen" in outcome.reason


@pytest.mark.parametrize("moment", [Moment.CONNECT, Moment.RCPT, Moment.END])
def test_a_server_that_drips_is_left_when_the_whole_has_taken_too_long(
    server: MailStandIn, moment: Moment
) -> None:
    server.mailbox.fail_next(moment, Fault(seconds=0.02, drips=True, taken=True))
    patience = Patience(step=timedelta(seconds=5), whole=timedelta(seconds=0.5))

    began = time.monotonic()

    outcome = make_transport(server.url, patience=patience).post(MESSAGE, address=READER)

    assert isinstance(outcome, Uncertain if moment is Moment.END else TryAgain)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("whole", [timedelta(), timedelta(seconds=0.2)])
def test_nothing_is_handed_over_once_the_whole_has_taken_too_long(
    server: MailStandIn, whole: timedelta
) -> None:
    patience = Patience(step=timedelta(seconds=5), whole=whole)
    server.mailbox.fail_next(Moment.DATA, Fault(seconds=1))

    outcome = make_transport(server.url, patience=patience).post(MESSAGE, address=READER)

    assert isinstance(outcome, TryAgain)
    assert server.mailbox.arrived == []


def test_a_conversation_ends_well_before_the_lease_does() -> None:
    assert Patience().step <= timedelta(seconds=10)
    assert Patience().whole < NEEDED_TO_POST


def test_an_address_that_is_none_is_refused_and_nobody_is_asked(
    server: MailStandIn, transport: MailTransport
) -> None:
    hostile = f"{READER}>\r\nRCPT TO:<alla@gavle.example"

    outcome = transport.post(MESSAGE, address=hostile)

    assert isinstance(outcome, Refused)
    assert server.mailbox.heard == []


def test_no_other_letter_gets_between_the_dots(
    server: MailStandIn, transport: MailTransport
) -> None:
    lines = (".", "..", ".x", "\r\n.\r\n", "MAIL FROM:<a@b.example>", "From Anna")
    dotted = replace(MESSAGE, title=".", late="", history=(), lines=lines)

    assert isinstance(transport.post(dotted, address=READER), Sent)

    (mail,) = server.mailbox.arrived
    assert mail.text == ".\n.\n..\n.x\n\n.\n\nMAIL FROM:<a@b.example>\nFrom Anna\n"


def test_what_was_mailed_stays_as_it_is_and_no_file_follows(
    server: MailStandIn, transport: MailTransport
) -> None:
    outcome = transport.post(MESSAGE, address=READER)
    assert isinstance(outcome, Sent)
    file = Enclosure(MESSAGE.key, outcome.receipt, "a.ics", "Kalender", b"BEGIN:VCALENDAR")

    assert not transport.encloses
    assert isinstance(transport.enclose(file, address=READER), Refused)
    updated = transport.update(MESSAGE, address=READER, receipt=outcome.receipt)
    assert isinstance(updated, Refused)
    assert len(server.mailbox.arrived) == 1


def test_the_pace_leaves_a_moment_between_two_mails_to_one_reader(transport: MailTransport) -> None:
    assert timedelta() < transport.pace <= timedelta(seconds=1)
