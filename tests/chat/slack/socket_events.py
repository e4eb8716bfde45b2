"""The same deliveries as over HTTP, through a Socket Mode connection."""

import json
from dataclasses import dataclass

from tests.chat.slack.http_events import Answered
from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.socket_mode import NoAnswerError
from tests.standins.slack.workspace import Payload

# Slack itself waits as long for an acknowledgement.
PATIENCE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class SocketEvents:
    """Slack's side of a Socket Mode connection that stands."""

    slack: SlackStandIn

    def event(self, payload: Payload) -> Answered:
        """Deliver an event."""
        return self._delivered("events_api", payload)

    def interaction(self, payload: Payload) -> Answered:
        """Deliver a press or a form."""
        return self._delivered("interactive", payload)

    def command(self, payload: Payload) -> Answered:
        """Deliver the command."""
        return self._delivered("slash_commands", payload)

    def _delivered(self, kind: str, payload: Payload) -> Answered:
        try:
            answer = self.slack.deliver(kind, payload, seconds=PATIENCE_SECONDS)
        except NoAnswerError:
            return Answered(500, b"")
        body = answer.get("payload")
        return Answered(200, json.dumps(body).encode() if body else b"")
