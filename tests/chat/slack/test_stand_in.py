"""The stand-in keeps Slack's rules, or the other tests would prove nothing."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web import WebClient

from bot.chat.slack.client import make_client
from tests.chat.slack.room import CHANNEL
from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.workspace import Payload

ROOT = Path(__file__).parents[3]


def header(text: str, **more: str) -> Payload:
    return {"type": "header", "text": {"type": "plain_text", "text": text}, **more}


@pytest.mark.parametrize(
    ("blocks", "code"),
    [
        ([header("x" * 151)], "invalid_blocks"),
        ([header("")], "invalid_blocks"),
        ([header("x")] * 51, "invalid_blocks"),
        ([header("x", block_id="b" * 256)], "invalid_blocks"),
        ([header("x", block_id="b"), header("y", block_id="b")], "invalid_blocks"),
        ([{"type": "actions", "elements": []}], "invalid_blocks"),
        ([{**header("x" * 3_000), "type": "section"}] * 5, "msg_blocks_too_long"),
    ],
)
def test_blocks_beyond_slacks_limits_are_refused(
    slack: SlackStandIn, client: WebClient, blocks: list[Payload], code: str
) -> None:
    with pytest.raises(SlackApiError, match=code):
        client.chat_postMessage(channel=CHANNEL, text="x", blocks=blocks)
    assert slack.workspace.posted(CHANNEL) == []


@pytest.mark.parametrize(
    ("method", "args", "code"),
    [
        ("chat.postMessage", {"channel": "C404", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": CHANNEL, "text": ""}, "no_text"),
        ("chat.postMessage", {"channel": CHANNEL, "text": "x" * 40_001}, "msg_too_long"),
        ("chat.update", {"channel": CHANNEL, "ts": "1", "text": "x" * 4_001}, "msg_too_long"),
        ("chat.update", {"channel": CHANNEL, "ts": "1", "text": "x"}, "message_not_found"),
        ("views.open", {"trigger_id": "used", "view": {}}, "expired_trigger_id"),
        ("made.up", {}, "unknown_method"),
    ],
)
def test_calls_that_slack_refuses_are_refused(
    client: WebClient, method: str, args: Payload, code: str
) -> None:
    with pytest.raises(SlackApiError, match=code):
        client.api_call(method, json=args)


def test_a_wrong_token_is_refused(slack: SlackStandIn) -> None:
    with pytest.raises(SlackApiError, match="invalid_auth"):
        make_client("xoxb-wrong", slack.base_url).auth_test()


def test_more_than_a_message_a_second_is_limited_once_that_is_switched_on(
    slack: SlackStandIn, client: WebClient
) -> None:
    slack.workspace.limits_rate = True
    slack.workspace.clock = lambda: 1_800_000_000.0
    client.chat_postMessage(channel=CHANNEL, text="x")

    with pytest.raises(SlackApiError, match="ratelimited"):
        client.chat_postMessage(channel=CHANNEL, text="y")


def test_as_a_process_it_writes_down_what_it_took(tmp_path: Path) -> None:
    dump = tmp_path / "posted.jsonl"
    command = [sys.executable, "-m", "tests.standins.slack", "--dump", str(dump)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        base_url = process.stdout.readline().strip()
        client = make_client("xoxb-stand-in", base_url)
        client.chat_postMessage(channel="C0000001", text="Hej")
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    (line,) = dump.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["text"] == "Hej"
