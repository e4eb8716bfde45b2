"""Slack, through its real client against the stand-in, as the contract sees it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any, Self

from bot.chat.slack.client import make_client
from bot.chat.slack.transport import SlackTransport
from bot.domain.message import Message
from bot.storage.database import Database
from tests.standins.slack import faults
from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.workspace import Workspace
from tests.transports.rig import Arrived, Rig, Trouble

CHANNEL = "C0000001"
FAULTS = {
    Trouble.REFUSES: faults.error("is_archived"),
    Trouble.BUSY: faults.rate_limited(7),
    Trouble.LOSES_THE_ANSWER: faults.ACCEPTED_THEN_RESET,
    Trouble.LOSES_THE_MESSAGE: faults.RESET,
    Trouble.HANGS: faults.slow(60),
}


class SlackRig(Rig):
    """One channel of one workspace."""

    product = "slack"
    address = CHANNEL
    asks_for = timedelta(seconds=7)

    def __init__(self, slack: SlackStandIn, running: ExitStack) -> None:
        self.slack, self._running = slack, running
        token = slack.workspace.bot_token
        self.transport = SlackTransport(make_client(token, slack.base_url, timeout_seconds=2))

    @classmethod
    @contextmanager
    def opened(cls, database: Database) -> Iterator[Self]:
        workspace = Workspace(messages={CHANNEL: []})
        with ExitStack() as running:
            yield cls(running.enter_context(SlackStandIn(workspace)), running)

    def meet(self, trouble: Trouble) -> None:
        if trouble is Trouble.DOWN:
            self._running.close()
        else:
            self.slack.workspace.fail_next("chat.postMessage", FAULTS[trouble])

    @property
    def arrived(self) -> list[Arrived]:
        return [
            Arrived(
                each["blocks"][0]["text"]["text"],
                "\n".join(b["text"]["text"] for b in each["blocks"] if b["type"] == "section"),
                each["metadata"]["event_payload"]["key"],
                each["ts"],
            )
            for each in self._messages()
        ]

    def mark(self, key: str) -> str:
        return key

    def liberties(self, message: Message) -> list[str]:
        (posted,) = self._messages()
        texts = [each["text"] for each in posted["blocks"] if "text" in each]
        markup = [each["text"] for each in texts if each["type"] != "plain_text" or each["emoji"]]
        return markup + ([posted["text"]] if set(posted["text"]) & set("<>") else [])

    def _messages(self) -> list[dict[str, Any]]:
        every = self.slack.workspace.posted(CHANNEL)
        return [each for each in every if "files" not in each]
