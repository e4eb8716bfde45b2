"""Calendar files in the threads of their messages."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.slack.transport import SlackTransport
from bot.domain.delivery import Absent, Refused, Sent, Sought, TryAgain, Uncertain
from bot.domain.message import Enclosure, Message
from tests.chat.slack.room import CHANNEL
from tests.chat.slack.test_transport import KEY, MESSAGE, SINCE
from tests.standins.slack import faults
from tests.standins.slack.faults import Fault
from tests.standins.slack.server import SlackStandIn


def enclosure(thread: str) -> Enclosure:
    name, title = "gavle-lagesbild-2018-W11.ics", "Lägg i kalendern"
    return Enclosure(f"{KEY}/calendar", thread, name, title, b"BEGIN:VCALENDAR\r\n")


def post_message(transport: SlackTransport) -> str:
    outcome = transport.post(MESSAGE, address=CHANNEL)
    assert isinstance(outcome, Sent)
    return outcome.receipt


def file_messages(slack: SlackStandIn) -> list[str]:
    return [f["id"] for m in slack.workspace.posted(CHANNEL) for f in m.get("files", [])]


def test_a_file_is_posted_in_the_thread_of_its_message(
    slack: SlackStandIn, transport: SlackTransport
) -> None:
    thread = post_message(transport)

    outcome = transport.enclose(enclosure(thread), address=CHANNEL)

    _, shared = slack.workspace.posted(CHANNEL)
    assert shared["thread_ts"] == thread
    (file,) = shared["files"]
    assert outcome == Sent(file["id"])
    assert file["title"] == "Lägg i kalendern"
    assert file["name"].startswith("gavle-lagesbild-2018-W11-")
    assert file["name"].endswith(".ics")
    assert slack.workspace.files[file["id"]]["content"] == b"BEGIN:VCALENDAR\r\n"


@pytest.mark.parametrize("fault", [faults.ACCEPTED_THEN_RESET, faults.ACCEPTED_THEN_503])
def test_a_file_whose_fate_is_unclear_is_found_in_the_thread(
    slack: SlackStandIn, transport: SlackTransport, fault: Fault
) -> None:
    thread = post_message(transport)
    slack.workspace.fail_next("files.completeUploadExternal", fault)

    assert isinstance(transport.enclose(enclosure(thread), address=CHANNEL), Uncertain)

    (file,) = file_messages(slack)
    sought = Sought(f"{KEY}/calendar", SINCE, thread)
    assert transport.find(sought, address=CHANNEL) == Sent(file)
    assert transport.find(replace(sought, key="another"), address=CHANNEL) == Absent()


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload"])
@pytest.mark.parametrize("fault", [faults.RESET, faults.SERVER_ERROR, faults.ACCEPTED_THEN_RESET])
def test_a_failure_before_the_file_is_shown_is_harmless(
    slack: SlackStandIn, transport: SlackTransport, method: str, fault: Fault
) -> None:
    thread = post_message(transport)
    slack.workspace.fail_next(method, fault)

    assert isinstance(transport.enclose(enclosure(thread), address=CHANNEL), TryAgain)
    assert file_messages(slack) == []
    assert isinstance(transport.enclose(enclosure(thread), address=CHANNEL), Sent)


def test_a_limit_met_while_uploading_is_waited_out(
    slack: SlackStandIn, transport: SlackTransport
) -> None:
    thread = post_message(transport)
    slack.workspace.fail_next("upload", faults.rate_limited(7))
    outcome = transport.enclose(enclosure(thread), address=CHANNEL)
    assert outcome == TryAgain("ratelimited", after=timedelta(seconds=7), target_wide=True)


def test_a_file_that_slack_refuses_is_refused(
    slack: SlackStandIn, transport: SlackTransport
) -> None:
    thread = post_message(transport)
    slack.workspace.fail_next("files.completeUploadExternal", faults.error("channel_not_found"))
    assert isinstance(transport.enclose(enclosure(thread), address=CHANNEL), Refused)

    slack.workspace.fail_next("files.getUploadURLExternal", faults.error("missing_scope"))
    assert isinstance(transport.enclose(enclosure(thread), address=CHANNEL), Refused)


def test_a_file_in_a_thread_that_cannot_be_read_is_tried_again(transport: SlackTransport) -> None:
    sought = Sought(KEY, SINCE, "1.000001")
    assert isinstance(transport.find(sought, address=CHANNEL), TryAgain)


TOLD = Message("k/said-1", "o", "Kvitterat: ”*<!channel>*” – Anna", ())


def test_an_answer_is_told_in_the_thread_as_plain_text_without_buttons(
    slack: SlackStandIn, transport: SlackTransport
) -> None:
    thread = post_message(transport)

    transport.post(replace(TOLD, thread=thread), address=CHANNEL)

    _, told = slack.workspace.posted(CHANNEL)
    assert told["thread_ts"] == thread
    (only,) = told["blocks"]
    assert only["text"] == {"type": "plain_text", "text": TOLD.title, "emoji": False}
    assert "<!channel>" not in told["text"]


@pytest.mark.parametrize("fault", [faults.ACCEPTED_THEN_RESET, faults.ACCEPTED_THEN_503])
def test_an_answer_whose_fate_is_unclear_is_found_in_the_thread(
    slack: SlackStandIn, transport: SlackTransport, fault: Fault
) -> None:
    thread = post_message(transport)
    slack.workspace.fail_next("chat.postMessage", fault)

    outcome = transport.post(replace(TOLD, thread=thread), address=CHANNEL)
    assert isinstance(outcome, Uncertain)

    _, told = slack.workspace.posted(CHANNEL)
    sought = Sought(TOLD.key, SINCE, thread)
    assert transport.find(sought, address=CHANNEL) == Sent(told["ts"])
    assert transport.find(replace(sought, key="another"), address=CHANNEL) == Absent()
