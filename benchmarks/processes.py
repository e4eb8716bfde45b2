"""Processes: started, listened to line by line, killed, and what they cost."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 240.0
TICKS = os.sysconf("SC_CLK_TCK")


class Stuck(Exception):  # noqa: N818 - it says what the process is
    """A process did not say in time what it should."""


class Running:
    """A process that tells in lines what it does: a word, and then whatever goes with it.

    ``begun`` is when it was started, on the monotonic clock; ``errors`` what it says of faults.
    """

    def __init__(self, process: subprocess.Popen[str], errors: IO[str], begun: float) -> None:
        self.process, self.begun = process, begun
        self._errors = errors
        self._lines: Queue[str] = Queue()
        Thread(target=self._listen, daemon=True).start()

    def hear(self, word: str, *, seconds: float = PATIENCE_SECONDS) -> str:
        """Wait for the line that begins with ``word``, and return the rest of it."""
        while True:
            try:
                line = self._lines.get(timeout=seconds)
            except Empty:
                raise Stuck(f"no {word!r} within {seconds} s\n{self._complaint()}") from None
            if not line:
                code = self.process.wait()
                said = self._complaint()
                raise Stuck(f"it ended with {code} before it said {word!r}\n{said}")
            first, _, rest = line.rstrip("\n").partition(" ")
            if first == word:
                return rest

    def kill(self) -> None:
        """Let it end as in a power cut."""
        self.process.kill()
        self.process.wait()

    def facts(self) -> dict[str, Any]:
        """Wait until it has done its work, and return what it tells at the end."""
        found: dict[str, Any] = json.loads(self.hear("done"))
        return found

    def end(self) -> dict[str, Any]:
        """Ask it to end in good order, and return what it tells at the end."""
        self.process.send_signal(signal.SIGTERM)
        found = self.facts()
        self.process.wait(PATIENCE_SECONDS)
        return found

    def cpu_seconds(self) -> float:
        """The processor time that it has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_megabytes(self) -> float:
        """The memory that it holds now."""
        return held_megabytes(Path(f"/proc/{self.process.pid}/status").read_text())

    def _complaint(self) -> str:
        self._errors.seek(0)
        return "".join(self._errors.readlines()[-8:])

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self._lines.put(line)
        self._lines.put("")


@contextmanager
def running(*command: str, settings: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Run ``python -m`` with those words until the block ends; ``settings`` are variables.

    It hears of no Ctrl-C: that ends the block, and with it the process.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        begun = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=os.environ | (settings or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        with process:
            try:
                yield Running(process, errors, begun)
            finally:
                process.kill()


def held_megabytes(status: str) -> float:
    """Return the memory that a process holds, from what /proc tells of it."""
    held = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(held.split()[1]) / 1024


def say(word: str, told: object = "") -> None:
    """Tell whoever started this process."""
    print(word, told if isinstance(told, str) else json.dumps(told), flush=True)
