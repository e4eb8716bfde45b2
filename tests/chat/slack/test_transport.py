"""Posting to Slack: what each answer means, and how an unclear one is cleared up."""

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.slack.client import make_client
from bot.chat.slack.outcomes import SETUP_WAIT
from bot.chat.slack.transport import SlackTransport
from bot.domain.delivery import Absent, Refused, Sent, Sought, TryAgain, Uncertain
from bot.domain.message import Ask, Message
from tests.chat.slack.room import CHANNEL
from tests.standins.slack import faults
from tests.standins.slack.faults import Fault
from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.workspace import FIRST_SECOND

KEY = "gavle/lagesbild/2018-W11#ahead-3@slack:C0000001"
MESSAGE = Message(
    key=KEY,
    occurrence="gavle/lagesbild/2018-W11",
    title="Påminnelse: Lägesbild",
    lines=("När: onsdag 14 mars 2018 kl. 9.00–10.30",),
    asks=(Ask.ACKNOWLEDGE, Ask.DONE),
)
SINCE = datetime.fromtimestamp(FIRST_SECOND, UTC)
SOUGHT = Sought(KEY, SINCE)

UNCLEAR = [
    ("accepted, then reset", faults.ACCEPTED_THEN_RESET, 1),
    ("accepted, then 503", faults.ACCEPTED_THEN_503, 1),
    ("accepted, then too slow", faults.slow(6), 1),
    ("accepted, then cut short", faults.CUT_SHORT, 1),
    ("accepted, then no object", faults.NOT_AN_OBJECT, 1),
    ("accepted, then 503", replace(faults.error("busy"), accepted=True, status=503), 1),
    ("reset", faults.RESET, 0),
    ("500", faults.SERVER_ERROR, 0),
    ("HTML", faults.HTML, 0),
    ("fatal_error", faults.error("fatal_error"), 0),
    ("internal_error", faults.error("internal_error"), 0),
]
REFUSED = ["invalid_blocks", "is_archived", "msg_too_long", "no_text", "restricted_action"]
MENDABLE = [
    "account_inactive",
    "channel_not_found",
    "invalid_auth",
    "missing_scope",
    "not_in_channel",
    "token_revoked",
]


@pytest.mark.parametrize(("fault", "posted"), [c[1:] for c in UNCLEAR], ids=[c[0] for c in UNCLEAR])
def test_an_unclear_answer_is_looked_up_and_nothing_is_posted_twice(
    slack: SlackStandIn, transport: SlackTransport, fault: Fault, posted: int
) -> None:
    slack.workspace.fail_next("chat.postMessage", fault)

    outcome = transport.post(MESSAGE, address=CHANNEL)

    assert isinstance(outcome, Uncertain)
    assert len(slack.workspace.posted(CHANNEL)) == posted
    assert len(slack.workspace.called("chat.postMessage")) == 1
    found = transport.find(SOUGHT, address=CHANNEL)
    receipts = [Sent(each["ts"]) for each in slack.workspace.posted(CHANNEL)]
    assert found == (receipts[0] if receipts else Absent())


@pytest.mark.parametrize("code", MENDABLE)
def test_what_somebody_can_mend_holds_the_channel_and_is_tried_again(
    slack: SlackStandIn, transport: SlackTransport, code: str
) -> None:
    slack.workspace.fail_next("chat.postMessage", faults.error(code))

    outcome = transport.post(MESSAGE, address=CHANNEL)

    assert isinstance(outcome, TryAgain)
    assert outcome.reason.startswith(f"{code}: ")
    assert (outcome.after, outcome.target_wide, outcome.broken) == (SETUP_WAIT, True, True)


@pytest.mark.parametrize("code", MENDABLE)
def test_no_message_waits_for_an_update_that_the_set_up_forbids(
    slack: SlackStandIn, transport: SlackTransport, code: str
) -> None:
    slack.workspace.fail_next("chat.update", faults.error(code))
    assert isinstance(transport.update(MESSAGE, address=CHANNEL, receipt="1.000001"), Refused)


@pytest.mark.parametrize("code", REFUSED)
def test_what_slack_will_never_take_is_refused_with_advice(
    slack: SlackStandIn, transport: SlackTransport, code: str
) -> None:
    slack.workspace.fail_next("chat.postMessage", faults.error(code))

    outcome = transport.post(MESSAGE, address=CHANNEL)

    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith(f"{code}: ")
    assert outcome.reason.endswith(".")


@pytest.mark.parametrize(
    ("fault", "after_seconds"),
    [
        (faults.rate_limited(7), 7),
        (faults.rate_limited(), 30),
        (faults.rate_limited(10**9), 3600),
        (Fault(status=429, headers={"Retry-After": "soon"}, body=b"<html>"), 30),
        (faults.error("ratelimited"), 30),
    ],
)
def test_a_rate_limit_holds_the_whole_target_for_as_long_as_slack_says(
    slack: SlackStandIn, transport: SlackTransport, fault: Fault, after_seconds: int
) -> None:
    slack.workspace.fail_next("chat.postMessage", fault)

    outcome = transport.post(MESSAGE, address=CHANNEL)

    after = timedelta(seconds=after_seconds)
    assert outcome == TryAgain("ratelimited", after=after, target_wide=True)
    assert len(slack.workspace.called("chat.postMessage")) == 1


@pytest.mark.parametrize("code", ["team_added_to_org", "something_new", "service_unavailable"])
def test_any_other_error_code_is_tried_again(
    slack: SlackStandIn, transport: SlackTransport, code: str
) -> None:
    slack.workspace.fail_next("chat.postMessage", faults.error(code))

    assert transport.post(MESSAGE, address=CHANNEL) == TryAgain(code)


def test_what_never_reached_slack_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    refused = SlackTransport(make_client("xoxb-1", f"http://127.0.0.1:{port}/api/"))
    unknown = SlackTransport(make_client("xoxb-1", "http://slack.invalid/api/"))

    for transport in (refused, unknown):
        outcome = transport.post(MESSAGE, address=CHANNEL)
        assert isinstance(outcome, TryAgain)
        assert not outcome.target_wide
        assert isinstance(transport.find(SOUGHT, address=CHANNEL), TryAgain)


def test_a_post_carries_its_key_three_times_and_unfurls_nothing(
    slack: SlackStandIn, transport: SlackTransport
) -> None:
    outcome = transport.post(MESSAGE, address=CHANNEL)

    (posted,) = slack.workspace.posted(CHANNEL)
    assert outcome == Sent(posted["ts"])
    assert posted["metadata"]["event_type"] == "loftesbot_delivery"
    assert posted["metadata"]["event_payload"] == {"key": KEY}
    (call,) = slack.workspace.called("chat.postMessage")
    assert (call["unfurl_links"], call["unfurl_media"]) == (False, False)


@pytest.mark.parametrize("lost", ["metadata", "blocks"])
def test_a_message_is_found_by_its_blocks_or_by_its_metadata(
    slack: SlackStandIn, transport: SlackTransport, lost: str
) -> None:
    outcome = transport.post(MESSAGE, address=CHANNEL)
    slack.workspace.posted(CHANNEL)[0].pop(lost)

    assert transport.find(SOUGHT, address=CHANNEL) == outcome


def test_another_step_of_the_same_occurrence_is_another_message(
    transport: SlackTransport,
) -> None:
    transport.post(MESSAGE, address=CHANNEL)

    other = Sought(KEY.replace("ahead-3", "ask"), SINCE)
    assert transport.find(other, address=CHANNEL) == Absent()


def test_a_message_is_found_on_a_later_page_and_not_before_its_attempt(
    slack: SlackStandIn, transport: SlackTransport
) -> None:
    outcome = transport.post(MESSAGE, address=CHANNEL)
    for number in range(450):
        slack.workspace.add(CHANNEL, {"type": "message", "ts": f"19{number:08}.000001"})

    assert transport.find(SOUGHT, address=CHANNEL) == outcome
    assert len(slack.workspace.called("conversations.history")) == 3
    afterwards = replace(SOUGHT, since=SINCE + timedelta(days=1))
    assert transport.find(afterwards, address=CHANNEL) == Absent()


def test_a_search_that_finds_no_end_says_so_instead_of_absent(
    slack: SlackStandIn, transport: SlackTransport
) -> None:
    for number in range(5_001):
        slack.workspace.add(CHANNEL, {"type": "message", "ts": f"19{number:08}.000001"})

    assert isinstance(transport.find(SOUGHT, address=CHANNEL), TryAgain)


@pytest.mark.parametrize(
    "fault",
    [
        faults.RESET,
        faults.SERVER_ERROR,
        faults.HTML,
        faults.error("missing_scope"),
        faults.error("internal_error"),
        faults.NOT_AN_OBJECT,
        Fault(body=b'{"ok": true}'),
    ],
)
def test_a_search_that_fails_is_tried_again(
    slack: SlackStandIn, transport: SlackTransport, fault: Fault
) -> None:
    transport.post(MESSAGE, address=CHANNEL)
    slack.workspace.fail_next("conversations.history", fault)

    assert isinstance(transport.find(SOUGHT, address=CHANNEL), TryAgain)


def test_a_search_held_back_by_a_rate_limit_waits_as_long_as_slack_says(
    slack: SlackStandIn, transport: SlackTransport
) -> None:
    slack.workspace.fail_next("conversations.history", faults.rate_limited(9))

    found = transport.find(SOUGHT, address=CHANNEL)

    assert found == TryAgain("ratelimited", after=timedelta(seconds=9), target_wide=True)


def test_an_update_takes_the_buttons_away_under_a_new_block_id(
    slack: SlackStandIn, transport: SlackTransport
) -> None:
    outcome = transport.post(MESSAGE, address=CHANNEL)
    assert isinstance(outcome, Sent)
    settled = replace(MESSAGE, asks=(), history=("Genomförd – Anna, 14 mars 2018 kl. 10.00",))

    for _ in range(2):
        assert transport.update(settled, address=CHANNEL, receipt=outcome.receipt) == outcome

    (posted,) = slack.workspace.posted(CHANNEL)
    shown = [each["type"] for each in posted["blocks"]]
    assert shown == ["header", "section", "section"]
    earlier = slack.workspace.edits[outcome.receipt]
    ids = {each["blocks"][0]["block_id"] for each in [*earlier, posted]}
    assert len(ids) == 3
    assert transport.find(SOUGHT, address=CHANNEL) == outcome


@pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
def test_an_update_of_what_cannot_be_changed_is_given_up(
    slack: SlackStandIn, transport: SlackTransport, code: str
) -> None:
    slack.workspace.fail_next("chat.update", faults.error(code))

    assert isinstance(transport.update(MESSAGE, address=CHANNEL, receipt="1.1"), Refused)


def test_the_pace_leaves_a_margin_above_a_second(transport: SlackTransport) -> None:
    assert timedelta(seconds=1) < transport.pace < timedelta(seconds=1.5)
    assert transport.encloses


def test_a_person_is_written_to_directly_and_found_there(
    slack: SlackStandIn, transport: SlackTransport
) -> None:
    slack.workspace.fail_next("chat.postMessage", faults.ACCEPTED_THEN_RESET)
    assert isinstance(transport.post(MESSAGE, address="UANNA"), Uncertain)
    found = transport.find(SOUGHT, address="UANNA")
    assert isinstance(found, Sent)
    settled = replace(MESSAGE, asks=())
    assert transport.update(settled, address="UANNA", receipt=found.receipt) == found
    (shown,) = slack.workspace.posted("DANNA")
    assert "edited" in shown
    assert len(slack.workspace.called("conversations.open")) == 1


def test_somebody_who_is_not_there_is_refused_in_words(transport: SlackTransport) -> None:
    outcome = transport.post(MESSAGE, address="UNOBODY")
    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith("user_not_found: ")


def test_a_person_can_be_named_by_their_address(
    slack: SlackStandIn, transport: SlackTransport
) -> None:
    slack.workspace.users["UANNA"]["profile"]["email"] = "anna@example.se"
    assert isinstance(transport.post(MESSAGE, address="Anna@example.se"), Sent)
    assert isinstance(transport.post(MESSAGE, address="Anna@example.se"), Sent)
    assert len(slack.workspace.posted("DANNA")) == 2
    assert len(slack.workspace.called("users.lookupByEmail")) == 1


def test_an_address_that_nobody_has_is_refused_in_words(transport: SlackTransport) -> None:
    outcome = transport.post(MESSAGE, address="nobody@example.se")
    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith("users_not_found: ")
