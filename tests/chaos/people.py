"""People who answer while it storms, and what became of each of their answers."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException
from random import Random
from threading import Event, Thread
from time import monotonic
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from bot.domain.answer import AnswerKind
from tests.chaos.answers import Heard, Reply, Said
from tests.chaos.fleet import ROOT, Fleet
from tests.standins.slack.server import SlackStandIn

# As long as a person goes on trying to give one answer.
MOST_TRIES = 40
TRY_AGAIN_SECONDS = 1.0
PATIENCE_SECONDS = 20.0
KINDS = (AnswerKind.ACKNOWLEDGED, AnswerKind.ACKNOWLEDGED, AnswerKind.DONE)
COMMAND_KINDS = {AnswerKind.ACKNOWLEDGED: "kvittera", AnswerKind.DONE: "genomförd"}
SETTLED = "redan besvarat"
BUTTON = "loftesbot.acknowledge"


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
    heard: list[Heard] = field(default_factory=list)
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
            said = Said(by, occurrence, self.choice.choice(KINDS), monotonic())
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
            pressed = replace(said, kind=AnswerKind.ACKNOWLEDGED)
            self._note(pressed, self._press(pressed, channel, ts))
            return
        way = self._command if luck < 0.4 else self._page
        reply = way(said)
        for _ in range(MOST_TRIES - 1):
            if reply is not Reply.UNCLEAR or self.over.wait(TRY_AGAIN_SECONDS):
                break
            reply = way(said)
        self._note(said, reply)

    def _note(self, said: Said, reply: Reply) -> None:
        self.heard.append(Heard(said, reply, monotonic()))

    def _page(self, said: Said) -> Reply:
        """Send the form; unclear while nobody knows whether it was taken."""
        serving = self.fleet.ready(serving=True)
        if not serving:
            return Reply.UNCLEAR
        address = self.choice.choice(serving).address
        nonce = f"the-answer-that-{said.by}-gives"
        fields = {"occurrence": said.occurrence, "kind": said.kind, "by": said.by, "nonce": nonce}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
            "X-Requested-With": "fetch",
        }
        try:
            _status, body = ask(
                address, "/answers", method="POST", body=urlencode(fields), headers=headers
            )
        except (OSError, HTTPException):
            return Reply.UNCLEAR
        told = json.loads(body)
        if not told["ok"]:
            # Whoever hears of trouble with the database sends the form again.
            return Reply.REFUSED if SETTLED in told["text"] else Reply.UNCLEAR
        return reply_of(told["text"])

    def _command(self, said: Said) -> Reply:
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
            return reply_of(done.stdout)
        return Reply.REFUSED if SETTLED in done.stderr else Reply.UNCLEAR

    def _press(self, said: Said, channel: str, ts: str) -> Reply:
        """Press the button; Slack waits for the acknowledgement, and presses once only."""
        workspace = self.slack.workspace
        try:
            self.slack.press(channel, ts, BUTTON, said.by.upper())
        except LookupError:
            return Reply.REFUSED
        except Exception:  # noqa: BLE001 - whoever was to acknowledge it is gone
            return Reply.UNCLEAR
        told = any(each.get("user") == said.by.upper() for each in workspace.ephemerals)
        return Reply.REFUSED if told else Reply.NOTED


def reply_of(text: str) -> Reply:
    """Return what a confirmation says."""
    return Reply.KNOWN if text.startswith("Redan noterat") else Reply.NOTED


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
