"""Keeping what Slack delivers until it has been taken, so that no crash loses an answer."""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.request import BoltRequest

from bot.services.ports import Clock, Inbox

Payload = dict[str, Any]
Listener = Callable[[Ack, Payload], None]

# Whoever is at work on it has three seconds; Slack itself comes back after a minute.
REST = timedelta(minutes=1)
# Slack delivers nothing that is more than two hours old.
REMEMBERED = timedelta(days=2)
MOST_AT_ONCE = 100
HTTP_OK = 200

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Intake:
    """Keeps each delivery before it is acknowledged, and has it taken again after a crash.

    What was taken once is not taken again, however often Slack delivers it. A form that was
    refused may be handed in again.
    """

    inbox: Inbox
    clock: Clock

    def kept(self, listener: Listener) -> Listener:
        """Return ``listener`` with its delivery kept until it returns; what it raises stays."""

        def taking(ack: Ack, body: Payload) -> None:
            source = source_of(body)
            if not self.inbox.keep(source, body, now=self.clock()) and not _is_form(body):
                ack()
                return
            listener(ack, body)
            self.inbox.take(source, now=self.clock())

        return taking

    def replay(self, app: App) -> int:
        """Take what a crash or a fault has left behind; return how many were taken."""
        now = self.clock()
        if lost := self.inbox.forget(before=now - REMEMBERED):
            log.error("%s svar i Slack kunde inte tas emot på två dygn och är borta.", lost)
        waiting = self.inbox.waiting(before=now - REST, limit=MOST_AT_ONCE)
        requests = (BoltRequest(mode="socket_mode", body=dict(body)) for body in waiting)
        return sum(app.dispatch(each).status == HTTP_OK for each in requests)


def source_of(body: Payload) -> str:
    """Return what is the same for each delivery of the same thing, and for nothing else."""
    match body:
        case {"event_id": event}:
            return f"slack:event:{event}"
        case {"type": "block_actions", "actions": [{"action_ts": moment}, *_], "user": {"id": who}}:
            return f"slack:action:{moment}:{who}"
        case {"type": "view_submission", "view": {"id": view, **rest}}:
            filled = json.dumps(rest.get("state"), sort_keys=True)
            return f"slack:view:{view}:{hashlib.sha256(filled.encode()).hexdigest()[:16]}"
        case _:
            whole = json.dumps(body, sort_keys=True, default=str)
            return f"slack:other:{hashlib.sha256(whole.encode()).hexdigest()}"


def _is_form(body: Payload) -> bool:
    return body.get("type") == "view_submission"
