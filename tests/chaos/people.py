"""People who answer while it storms, and what became of each of their answers."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException
from random import Random
from threading import Event, Thread
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from tests.chaos.fleet import ROOT, Fleet
from tests.standins.slack.server import SlackStandIn

# As long as a person goes on trying to give one answer.
MOST_TRIES = 40
TRY_AGAIN_SECONDS = 1.0
PATIENCE_SECONDS = 20.0
KINDS = ("acknowledged", "acknowledged", "done")
COMMAND_KINDS = {"acknowledged": "kvittera", "done": "genomförd"}
BUTTON = "loftesbot.acknowledge"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer; ``by`` gives no other, and is called so in Slack too."""

    by: str
    occurrence: str
    kind: str


@dataclass
class People:
    """Answers one message after the other: on the page, in the shell, with a button in Slack.

    ``name`` is the beginning of the names under which answers are given.
    """

    name: str
    fleet: Fleet
    slack: SlackStandIn
    choice: Random
    rest_seconds: float
    accepted: list[Said] = field(default_factory=list)
    unclear: list[Said] = field(default_factory=list)
    refused: list[Said] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)
    _number: int = 0
    _thread: Thread | None = None

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._run, name="people")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self.over.wait(self.rest_seconds):
            seen = self._messages()
            if not seen:
                continue
            channel, message = self.choice.choice(seen)
            self._number += 1
            occurrence = key_of(message).partition("#")[0]
            by = f"{self.name}{self._number}"
            said = Said(by, occurrence, self.choice.choice(KINDS))
            try:
                self._say(said, channel, str(message["ts"]))
            except Exception as error:  # noqa: BLE001 - it is a fault of the run, and told
                self.faults.append(f"answer of {said.by}: {error!r}")

    def _messages(self) -> list[tuple[str, Mapping[str, Any]]]:
        workspace = self.slack.workspace
        channels = list(workspace.messages)
        return [(each, m) for each in channels for m in workspace.posted(each) if key_of(m)]

    def _say(self, said: Said, channel: str, ts: str) -> None:
        luck = self.choice.random()
        if luck < 0.3:
            pressed = replace(said, kind="acknowledged")
            self._note(pressed, self._press(pressed, channel, ts))
            return
        way = self._command if luck < 0.4 else self._page
        for _ in range(MOST_TRIES):
            taken = way(said)
            if taken is not None:
                self._note(said, taken)
                return
            if self.over.wait(TRY_AGAIN_SECONDS):
                break
        self._note(said, None)

    def _note(self, said: Said, taken: bool | None) -> None:
        if taken is None:
            self.unclear.append(said)
        elif taken:
            self.accepted.append(said)
        else:
            self.refused.append(said)

    def _page(self, said: Said) -> bool | None:
        """Send the form; None while nobody knows whether it was taken."""
        serving = self.fleet.ready(serving=True)
        if not serving:
            return None
        address = self.choice.choice(serving).address
        nonce = f"the-answer-that-{said.by}-gives"
        fields = {"occurrence": said.occurrence, "kind": said.kind, "by": said.by, "nonce": nonce}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
            "X-Requested-With": "fetch",
        }
        try:
            status, body = ask(
                address, "/answers", method="POST", body=urlencode(fields), headers=headers
            )
        except (OSError, HTTPException):
            return None
        if status == 200 and json.loads(body)["ok"]:
            return True
        return False if status == 422 else None

    def _command(self, said: Said) -> bool | None:
        """Say it from the shell."""
        command = [sys.executable, "-m", "bot", "answer", said.occurrence]
        command += [COMMAND_KINDS[said.kind], "--by", said.by]
        done = subprocess.run(
            command, cwd=ROOT, env=dict(self.fleet.environment), capture_output=True, check=False,
            text=True, timeout=60,
        )  # fmt: skip
        if "Traceback" in done.stderr:
            self.faults.append(f"answer of {said.by}: {done.stderr[-500:]}")
        if done.returncode == 0:
            return True
        return False if "redan besvarat" in done.stderr else None

    def _press(self, said: Said, channel: str, ts: str) -> bool | None:
        """Press the button; Slack waits for the acknowledgement, and presses once only."""
        workspace = self.slack.workspace
        try:
            self.slack.press(channel, ts, BUTTON, said.by.upper())
        except LookupError:
            return False
        except Exception:  # noqa: BLE001 - whoever was to acknowledge it is gone
            return None
        return not any(each.get("user") == said.by.upper() for each in workspace.ephemerals)


def ask(
    address: str,
    path: str,
    *,
    method: str = "GET",
    body: str = "",
    headers: Mapping[str, str] | None = None,
) -> tuple[int, bytes]:
    """Ask a page, and return its status and its body."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, path, body or None, dict(headers or {}))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def key_of(message: Mapping[str, Any]) -> str:
    """The key that a message in Slack bears; nothing where it bears none."""
    return str((message.get("metadata") or {}).get("event_payload", {}).get("key", ""))
