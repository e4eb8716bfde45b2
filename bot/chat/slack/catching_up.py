"""Catching up after an outage: what was said under open reminders while nobody heard it.

Slack delivers nothing that is more than two hours late. So after each start, and whenever the
connection comes back, the threads and reactions of open reminders are read once, a few a minute;
also of those whose last answer came from Slack and can be taken back, since it may be gone. What
was heard already is the same answer again, and changes nothing.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from slack_sdk.web import WebClient

from bot.chat.slack.history import thread
from bot.chat.slack.outcomes import FAULTS, untaken
from bot.chat.slack.talk import Talk
from bot.services.desk import Desk, OpenMessage

LOOKED_BACK = timedelta(days=14)
MOST_MESSAGES = 500
# Slack allows some fifty such calls a minute, and others want some of them.
MOST_AT_ONCE = 30

log = logging.getLogger(__name__)


@dataclass(slots=True)
class CatchingUp:
    """Reads threads and reactions again; ``talk`` takes what is new in them, and asks nobody.

    ``conversation`` gives the id of the conversation that an address stands for; ``prefix``
    stands before the addresses of the workspace where there are several.
    """

    desk: Desk
    client: WebClient
    talk: Talk
    conversation: Callable[[str], str]
    prefix: str = ""
    _left: deque[OpenMessage] = field(default_factory=deque)

    def begin(self) -> None:
        """Take note of all that is to be read."""
        found = self.desk.open_messages("slack", within=LOOKED_BACK, limit=MOST_MESSAGES)
        self._left = deque(each for each in found if each.address.startswith(self.prefix))

    def step(self) -> int:
        """Read a few more, and return how many; what cannot be read now is read later."""
        for number in range(MOST_AT_ONCE):
            if not self._left:
                return number
            try:
                self._read(self._left[0])
            except FAULTS as error:
                log.info("En tråd i Slack kunde inte läsas: %s", untaken(error).reason)
                self._left.rotate(-1)
                return number
            self._left.popleft()
        return MOST_AT_ONCE

    def _read(self, message: OpenMessage) -> None:
        channel = self.conversation(message.address.removeprefix(self.prefix))
        said = list(thread(self.client, channel, message.receipt))
        self.talk.let_go(message.occurrence, channel, message.receipt, said)
        for each in said:
            if each.get("ts") == message.receipt:
                self._reactions(channel, each)
            else:
                self.talk.take_message({**each, "channel": channel})

    def _reactions(self, channel: str, message: dict[str, Any]) -> None:
        item = {"type": "message", "channel": channel, "ts": message["ts"]}
        for reaction in message.get("reactions") or []:
            for user in reaction.get("users") or []:
                event = {"item": item, "user": user, "reaction": reaction.get("name")}
                self.talk.take_reaction(event)
