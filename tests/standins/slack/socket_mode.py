"""Socket Mode from Slack's side: envelopes that wait for an acknowledgement."""

import json
import socket
from io import BufferedIOBase
from queue import Empty, Queue
from threading import Condition, Event, Lock, Thread
from typing import Any

from tests.standins.slack.faults import reset
from tests.standins.slack.websocket import Opcode, frame, read_frame
from tests.standins.slack.workspace import APP, Payload

PING_SECONDS = 0.05
ANSWER_SECONDS = 10.0


class NoAnswerError(Exception):
    """The client did not acknowledge an envelope in time."""


class Session:
    """One connection of a client."""

    def __init__(self, connection: socket.socket, stream: BufferedIOBase) -> None:
        self._connection, self._stream = connection, stream
        self._sending = Lock()
        self._ended = Event()
        self._cut = False
        self._answers: dict[str, Queue[Payload]] = {}

    def serve(self) -> None:
        """Greet the client and read what it sends until one of the two goes away."""
        pinger = Thread(target=self._ping, daemon=True)
        pinger.start()
        hello = {"app_id": APP}
        self._send({"type": "hello", "num_connections": 1, "connection_info": hello})
        try:
            while self._take(*read_frame(self._stream)):
                pass
        except (EOFError, OSError, ValueError):
            pass
        finally:
            self._ended.set()
            pinger.join()
            if self._cut:
                reset(self._connection)

    def ask(self, envelope: str, body: Payload, *, seconds: float = ANSWER_SECONDS) -> Payload:
        """Send an envelope and wait for the client's acknowledgement; return all of it."""
        answer: Queue[Payload] = Queue()
        self._answers[envelope] = answer
        self._send({"envelope_id": envelope, **body})
        try:
            return answer.get(timeout=seconds)
        except Empty:
            raise NoAnswerError(envelope) from None

    def ask_to_leave(self) -> None:
        """Tell the client, as Slack does every few hours, that this connection ends."""
        self._send({"type": "disconnect", "reason": "refresh_requested"})

    def end(self) -> None:
        """Close the connection in good order."""
        self._ended.set()
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def cut(self) -> None:
        """Let the connection break as a network does, with a reset."""
        self._cut = True
        # This only wakes the thread that reads; the reset goes out from there.
        self._connection.shutdown(socket.SHUT_RD)

    def _take(self, opcode: Opcode, payload: bytes) -> bool:
        if opcode is Opcode.CLOSE:
            return False
        if opcode is Opcode.PING:
            self._write(frame(Opcode.PONG, payload))
        if opcode is Opcode.TEXT:
            answer: Any = json.loads(payload)
            waiting = self._answers.pop(answer.get("envelope_id", ""), None)
            if waiting:
                waiting.put(answer)
        return True

    def _ping(self) -> None:
        while not self._ended.wait(PING_SECONDS):
            try:
                self._write(frame(Opcode.PING, b"Ping from applink"))
            except OSError:
                return

    def _send(self, body: Payload) -> None:
        self._write(frame(Opcode.TEXT, json.dumps(body).encode()))

    def _write(self, data: bytes) -> None:
        with self._sending:
            self._connection.sendall(data)


class Hub:
    """The connections of the app; an envelope goes to the newest."""

    def __init__(self) -> None:
        self._sessions: list[Session] = []
        self._changed = Condition()
        self.opened = 0

    def serve(self, connection: socket.socket, stream: BufferedIOBase) -> None:
        """Serve one connection until it ends."""
        session = Session(connection, stream)
        with self._changed:
            self._sessions.append(session)
            self.opened += 1
            self._changed.notify_all()
        session.serve()
        with self._changed:
            self._sessions.remove(session)
            self._changed.notify_all()

    def wait_opened(self, count: int, *, seconds: float = ANSWER_SECONDS) -> None:
        """Wait until ``count`` connections have been opened since the start, and one stands."""
        with self._changed:
            reached = self._changed.wait_for(
                lambda: self.opened >= count and bool(self._sessions), timeout=seconds
            )
        if not reached:
            raise NoAnswerError(f"{self.opened} connections, not {count}")

    def newest(self) -> Session:
        """Return the connection that was opened last, waiting for one."""
        self.wait_opened(1)
        with self._changed:
            return self._sessions[-1]

    def close(self) -> None:
        """End every connection."""
        with self._changed:
            sessions = list(self._sessions)
        for each in sessions:
            each.end()
