"""What a Slack workspace remembers: conversations, files, people and what was asked of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import RLock
from typing import Any

from tests.standins.slack.faults import Fault

Payload = dict[str, Any]

TEAM, APP, BOT, BOT_USER = "T0000001", "A0000001", "B0000001", "U0BOT001"
# Real Slack stamps messages with its own clock; this one begins here and counts.
FIRST_SECOND = 1_800_000_000


def counted_seconds(first: float = FIRST_SECOND) -> Callable[[], float]:
    """Return a clock that shows one second more each time it is read."""
    seconds = count()
    return lambda: first + next(seconds)


@dataclass
class Workspace:
    """One workspace; every method may be called from any thread."""

    clock: Callable[[], float] = field(default_factory=counted_seconds)
    bot_token: str = "xoxb-stand-in"
    app_token: str = "xapp-stand-in"
    team: str = TEAM
    grants: dict[str, Payload] = field(default_factory=dict)
    limits_rate: bool = False
    dump: Path | None = None
    messages: dict[str, list[Payload]] = field(default_factory=dict)
    users: dict[str, Payload] = field(default_factory=dict)
    files: dict[str, Payload] = field(default_factory=dict)
    ephemerals: list[Payload] = field(default_factory=list)
    views: list[Payload] = field(default_factory=list)
    homes: dict[str, Payload] = field(default_factory=dict)
    calls: list[tuple[str, Payload]] = field(default_factory=list)
    edits: dict[str, list[Payload]] = field(default_factory=dict)
    tickets: set[str] = field(default_factory=set)
    lock: RLock = field(default_factory=RLock)
    _faults: dict[str, list[Fault]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def fail_next(self, method: str, *faults: Fault) -> None:
        """Let the next calls of ``method`` fail, one fault each."""
        with self.lock:
            self._faults.setdefault(method, []).extend(faults)

    def next_fault(self, method: str) -> Fault | None:
        """Take the fault that was planned for this call, if any."""
        with self.lock:
            planned = self._faults.get(method)
            return planned.pop(0) if planned else None

    def number(self) -> int:
        """Return a number that nothing else bears."""
        with self.lock:
            return next(self._numbers)

    def stamp(self) -> str:
        """Return a new ``ts``; unique in the workspace, as it is in one conversation of Slack's."""
        return f"{int(self.clock())}.{self.number():06}"

    def record(self, method: str, args: Payload) -> None:
        """Remember that ``method`` was called."""
        with self.lock:
            self.calls.append((method, args))

    def called(self, method: str) -> list[Payload]:
        """Return the arguments of each call of ``method``."""
        with self.lock:
            return [args for name, args in self.calls if name == method]

    def add(self, channel: str, message: Payload) -> None:
        """Add a message to a conversation, and to the dump."""
        with self.lock:
            self.messages.setdefault(channel, []).append(message)
            if self.dump:
                line = json.dumps({"channel": channel, **message}, ensure_ascii=False)
                with self.dump.open("a", encoding="utf-8") as out:
                    out.write(line + "\n")

    def posted(self, channel: str) -> list[Payload]:
        """Return the messages of a conversation, oldest first, threads included."""
        with self.lock:
            return list(self.messages.get(channel, []))

    def message(self, channel: str, ts: str) -> Payload | None:
        """Return one message."""
        return next((each for each in self.posted(channel) if each["ts"] == ts), None)

    def add_user(self, user: str, display_name: str, name: str = "") -> None:
        """Let a person exist; anybody else is unknown to ``users.info``."""
        profile = {"display_name": display_name, "real_name": display_name or name}
        self.users[user] = {"id": user, "name": name or user.lower(), "profile": profile}
