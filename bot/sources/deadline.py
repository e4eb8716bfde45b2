"""A deadline for all of an errand, however slowly its bytes come."""

import io
import socket
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from bot.domain.errors import SourceError

# So often it is looked whether the service is closing.
LOOK_SECONDS = 0.5

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Deadline:
    """The errand ends when ``elapsed`` reaches ``ends``, or when the service is ``closing``."""

    ends: float
    elapsed: Callable[[], float]
    closing: Callable[[], bool]

    def left(self) -> float:
        """Return how many seconds are left; a ``SourceError`` where none is."""
        if self.closing():
            raise SourceError("Tjänsten stängs.")
        left = self.ends - self.elapsed()
        if left <= 0:
            raise SourceError("Servern svarar för långsamt.")
        return left

    def left_of(self, seconds: float, since: float) -> float:
        """Return how much is left of ``seconds`` that began ``since``, or of all, if that is less.

        A ``TimeoutError`` where nothing is left of those, since then something else can be tried.
        """
        left = min(self.left(), since + seconds - self.elapsed())
        if left <= 0:
            raise TimeoutError
        return left

    def within(self, run: Callable[[], Found]) -> Found:
        """Return what ``run`` gives; it has a thread of its own, and is left there if it is slow.

        For what cannot be told how long to wait.
        """
        answers: SimpleQueue[Found | Exception] = SimpleQueue()
        Thread(target=_answer, args=(run, answers), daemon=True).start()
        while True:
            try:
                found = answers.get(timeout=min(self.left(), LOOK_SECONDS))
            except Empty:
                continue
            if isinstance(found, Exception):
                raise found
            return found


def _answer(run: Callable[[], Found], answers: "SimpleQueue[Found | Exception]") -> None:
    try:
        answers.put(run())
    except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
        answers.put(error)


class TimedSocket:
    """A socket as ``http.client`` uses it, every read and write of which ends with a deadline."""

    def __init__(self, plain: socket.socket, deadline: Deadline) -> None:
        self._plain, self._deadline = plain, deadline

    def sendall(self, data: bytes) -> None:
        """Send all of ``data``."""
        self._plain.settimeout(self._deadline.left())
        self._plain.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what the other side sends."""
        return io.BufferedReader(_Incoming(self._plain, self._deadline))

    def close(self) -> None:
        """Leave it to whoever opened it."""


class _Incoming(io.RawIOBase):
    def __init__(self, plain: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._plain, self._deadline = plain, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # Buffer is newer than 3.11
        while True:
            self._plain.settimeout(min(self._deadline.left(), LOOK_SECONDS))
            try:
                return self._plain.recv_into(buffer)
            except TimeoutError:
                continue
