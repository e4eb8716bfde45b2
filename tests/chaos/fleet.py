"""The processes: started, killed, stopped and started again, with every word that they said."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event, RLock, Thread
from time import monotonic
from typing import Self

ROOT = Path(__file__).parents[2]
SERVE_READY = re.compile(r"^Löftesbot: (http://\S+)/ ", re.MULTILINE)
WORKER_READY = re.compile(r"^(Löftesbot levererar)\.", re.MULTILINE)
LOOK_SECONDS = 0.1
# A process that ended by itself is started again after this long, as a supervisor would.
RESTART_SECONDS = 1.0
ENDING_SECONDS = 60.0
# What a process may say that cannot open its database, and ends.
EXCUSES = ("Databasen", "DBOS kan inte använda databasen")


@dataclass
class Member:
    """One place in the fleet; its process changes."""

    name: str
    command: tuple[str, ...]
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    address: str = ""
    resumes: float | None = None
    starts_again: float | None = None

    @property
    def log(self) -> Path:
        """What the process of today says."""
        return self.folder / f"{self.name}.{self.starts:03}.log"

    @property
    def alive(self) -> bool:
        """Whether its process runs, or is stopped for a while."""
        return self.process is not None and self.process.poll() is None

    @property
    def ready(self) -> bool:
        """Whether its process has said that it works."""
        return self.alive and bool(self.address)

    def start(self, environment: Mapping[str, str]) -> None:
        """Begin with a new process."""
        self.starts += 1
        self.address, self.resumes, self.starts_again = "", None, None
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", *self.command],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def send(self, number: signal.Signals) -> None:
        """Send a signal to its process, if it is still there."""
        if self.process is not None and self.alive:
            self.process.send_signal(number)

    def said(self) -> str:
        """All that its process has said."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def look(self) -> None:
        """Find out whether it has become ready."""
        if not self.address:
            pattern = SERVE_READY if self.command[0] == "serve" else WORKER_READY
            found = pattern.search(self.said())
            self.address = found.group(1) if found else ""


@dataclass
class Fleet:
    """All processes, and a watch that starts again whoever ended."""

    members: Sequence[Member]
    environment: Mapping[str, str]
    excused: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)
    _over: Event = field(default_factory=Event)
    _watch: Thread | None = None

    def __enter__(self) -> Self:
        self._watch = Thread(target=self._look_after, name="watch")
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._watch:
            self._watch.join()
        for each in self.members:
            each.send(signal.SIGKILL)
            if each.process:
                each.process.wait()

    def launch(self, *members: Member) -> None:
        """Start the first process of each of ``members``."""
        with self._lock:
            for each in members:
                each.start(self.environment)

    def ready(self, *, serving: bool = False) -> list[Member]:
        """Return who is ready, and not stopped for a while; only who has pages if ``serving``."""
        with self._lock:
            return [
                each
                for each in self.members
                if each.ready
                and each.resumes is None
                and (each.command[0] == "serve" or not serving)
            ]

    def kill(self, choice: Random) -> Member | None:
        """Kill one, mostly one that works, sometimes one that is about to; start it again."""
        with self._lock:
            alive = [each for each in self.members if each.alive]
            works = [each for each in alive if each.ready]
            among = works if works and choice.random() < 0.9 else alive
            if not among:
                return None
            found = choice.choice(among)
            self.kill_one(found)
            return found

    def kill_one(self, member: Member) -> None:
        """Kill ``member``, and start it again."""
        with self._lock:
            member.send(signal.SIGKILL)
            assert member.process
            member.process.wait()
            member.start(self.environment)

    def pause(self, choice: Random, seconds: float) -> Member | None:
        """Stop one for some seconds."""
        with self._lock:
            among = self.ready()
            if not among:
                return None
            found = choice.choice(among)
            found.send(signal.SIGSTOP)
            found.resumes = monotonic() + seconds
            return found

    def relaunch(self, member: Member) -> list[str]:
        """Let one end in good order and begin anew; return what is wrong with how it ended."""
        with self._lock:
            member.send(signal.SIGTERM)
            fault = _ending(member)
            member.start(self.environment)
        return [fault] if fault else []

    def retire(self, member: Member) -> list[str]:
        """Let one end in good order, and start it no more; return what is wrong with its end."""
        with self._lock:
            member.send(signal.SIGTERM)
            fault = _ending(member)
            member.process = None
        return [fault] if fault else []

    def resume_all(self) -> None:
        """Let everybody who is stopped go on."""
        with self._lock:
            for each in self.members:
                self._resume(each)

    def end(self) -> list[str]:
        """Tell all to end, and return what is wrong with how they did."""
        self._over.set()
        self.resume_all()
        for each in self.members:
            each.send(signal.SIGTERM)
        return [fault for each in self.members if (fault := _ending(each))]

    def _look_after(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            with self._lock:
                for each in self.members:
                    self._look_at(each)

    def _look_at(self, member: Member) -> None:
        now = monotonic()
        if member.process is None:
            return
        if member.resumes is not None and now >= member.resumes:
            self._resume(member)
        if member.alive:
            member.look()
        elif member.starts_again is None:
            self._note_exit(member)
            member.starts_again = now + RESTART_SECONDS
        elif now >= member.starts_again:
            member.start(self.environment)

    def _resume(self, member: Member) -> None:
        if member.resumes is not None:
            member.resumes = None
            member.send(signal.SIGCONT)

    def _note_exit(self, member: Member) -> None:
        assert member.process
        code, said = member.process.returncode, member.said()
        last = said.strip().splitlines()[-1:]
        text = f"{member.log.name}: ended by itself with {code}: {''.join(last)}"
        excused = code == 1 and not member.address and any(each in said for each in EXCUSES)
        (self.excused if excused else self.unexpected).append(text)


def _ending(member: Member) -> str:
    if member.process is None:
        return ""
    try:
        code = member.process.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        return f"{member.log.name}: did not end when it was told to"
    return f"{member.log.name}: ended with {code} when it was told to" if code else ""


def bare_environment(**settings: str) -> dict[str, str]:
    """Return this environment with ``settings`` of ours, and no others of ours."""
    others = {k: v for k, v in os.environ.items() if not k.startswith("LOFTESBOT_")}
    return others | {f"LOFTESBOT_{name}": value for name, value in settings.items()}


def tracebacks(folder: Path) -> list[str]:
    """Return the logs in which there is a traceback."""
    return sorted(
        each.name
        for each in folder.glob("*.log")
        if "Traceback" in each.read_text(encoding="utf-8", errors="replace")
    )
