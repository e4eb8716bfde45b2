"""The stream: new and changed messages, and the clock, pushed to open pages."""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Event

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from bot.chat.room.room import Room
from bot.domain.errors import DatabaseTroubleError
from bot.domain.message import Posted

MOST_STREAMS = 40
THREADS_FOR_PAGES = 40
SLICE_SECONDS = 1.0
LONGEST_SLICES = 300
HEARTBEAT_SLICES = 10
HEARTBEAT = ": \n\n"
MESSAGES_AT_ONCE = 20
RETRY_MILLISECONDS = 2_000
BUSY_SECONDS = 15
LARGEST_VERSION_DIGITS = 15
LINE_END = re.compile(r"\r\n|\r|\n")


@asynccontextmanager
async def enough_threads(_app: Starlette) -> AsyncIterator[None]:
    """Give the server threads for every stream and, beside them, for pages."""
    limiter = anyio.to_thread.current_default_thread_limiter()
    limiter.total_tokens = MOST_STREAMS + THREADS_FOR_PAGES
    yield


@dataclass(frozen=True, slots=True)
class Streams:
    """Serves at most ``MOST_STREAMS`` at a time; each ends soon after ``closing`` is set."""

    room: Room
    render: Callable[[Posted], str]
    clock_text: Callable[[], str]
    closing: Event
    free: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_STREAMS))

    def open(self, request: Request) -> Response:
        """Stream what came after ``Last-Event-ID``, or else ``?after=``, or else from now on."""
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if request.method == "HEAD":
            return Response(headers=headers, media_type="text/event-stream")
        version = self._first_version(request)
        if self.closing.is_set() or not self.free.acquire(blocking=False):
            raise HTTPException(
                503,
                "Just nu följer så många rummet att sidan inte kan uppdateras av sig själv. "
                "Ladda om den för att se nya meddelanden.",
                {"Retry-After": str(BUSY_SECONDS)},
            )
        return _Stream(self._events(version), headers, self.free.release)

    def _first_version(self, request: Request) -> int:
        for asked in (request.headers.get("last-event-id"), request.query_params.get("after")):
            if asked and asked.isascii() and asked.isdigit():
                return int(asked[:LARGEST_VERSION_DIGITS])
        return newest_version(self.room)

    def _events(self, version: int) -> Iterator[str]:
        """Yield in slices, if only nothing, so that a reader who left is noticed within one."""
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        clock, quiet = "", 0
        for _ in range(LONGEST_SLICES):
            if self.closing.is_set():
                return
            news = self._news(version)
            events = [event(self.render(each), number=each.version) for each in news]
            version = news[-1].version if news else version
            if (shown := self.clock_text()) != clock:
                clock = shown
                events.append(event(clock, name="clock"))
            quiet = 0 if events else quiet + 1
            beat = quiet and quiet % HEARTBEAT_SLICES == 0
            yield HEARTBEAT if beat else "".join(events)

    def _news(self, version: int) -> Sequence[Posted]:
        """What is new; nothing while the database does not work, so that the reader stays."""
        try:
            return self.room.news(version, limit=MESSAGES_AT_ONCE, seconds=SLICE_SECONDS)
        except DatabaseTroubleError:
            self.closing.wait(SLICE_SECONDS)
            return ()


class _Stream(StreamingResponse):
    """Gives its place back however it ends."""

    media_type = "text/event-stream"

    def __init__(
        self, events: Iterator[str], headers: dict[str, str], release: Callable[[], None]
    ) -> None:
        super().__init__(events, headers=headers)
        self.release = release

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.release()


def newest_version(room: Room) -> int:
    """Return the version of the newest change that a page of the room can show."""
    return max((each.version for each in room.store.newest(limit=MESSAGES_AT_ONCE)), default=0)


def event(data: str, *, name: str = "", number: int | None = None) -> str:
    """Return one server-sent event; without ``number`` a reader keeps the one it knows."""
    lines = [f"event: {name}"] if name else []
    lines += [f"id: {number}"] if number is not None else []
    lines += [f"data: {line}" for line in LINE_END.split(data)]
    return "\n".join(lines) + "\n\n"
