"""The site: every page, what it needs, and the order in which a request meets them."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.chat.room.room import Room
from bot.domain.errors import BotError
from bot.feeds.calendars import Calendars
from bot.services.desk import Desk
from bot.services.links import FILE, PATH, Links
from bot.web.articles import Articles
from bot.web.calendar_page import CalendarPage
from bot.web.faults import Faults
from bot.web.feeds import Feeds, Invitations
from bot.web.forms import posted
from bot.web.guessing import Guesses
from bot.web.letter_page import LetterPage
from bot.web.pages import HERE, Pages, make_environment
from bot.web.report_page import ReportPage
from bot.web.room_page import RoomPage
from bot.web.security import SecurityHeaders
from bot.web.status_page import StatusPage
from bot.web.stream import Streams, enough_threads

GET, POST = ["GET"], ["POST"]


@dataclass(frozen=True)
class Site:
    """What the pages stand on.

    ``hosts`` are the names that the site answers to, without ports. Setting ``closing`` ends
    the streams within about a second. ``health`` may say a ``"status"`` other than ``"ok"``: a 503.
    ``address`` is where others find the pages, where that is known. ``steady`` are seconds of a
    clock that is never set.
    ``demo_note`` is shown on every page when the plan's clock is not the real one. Without
    ``links`` nobody answers from a mail; with ``inviting`` also invitations are answered there.
    """

    desk: Desk
    room: Room
    calendars: Calendars
    report: Callable[[str, date], str]
    health: Callable[[], Mapping[str, object]]
    hosts: tuple[str, ...]
    closing: threading.Event
    demo_note: str = ""
    address: str = ""
    steady: Callable[[], float] = time.monotonic
    links: Links | None = None
    inviting: bool = False


def make_site(site: Site, extra: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the application that serves ``site``; ``extra`` routes stand before its own."""
    pages = Pages(site.desk, make_environment(), site.demo_note)
    faults = Faults(pages)
    return Starlette(
        routes=[
            *extra,
            *_rooms(site, pages),
            *_tables(site, pages),
            *_calendars(site, pages),
            *_letters(site, pages),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(site.hosts), www_redirect=False),
        ],
        exception_handlers={
            HTTPException: faults.refused,
            BotError: faults.ours,
            Exception: faults.failed,
        },
        lifespan=enough_threads,
    )


def _rooms(site: Site, pages: Pages) -> list[BaseRoute]:
    page = RoomPage(pages, site.room)
    streams = Streams(site.room, Articles(pages).render, pages.clock_text, site.closing)
    return [
        Route("/", page.show),
        Route("/stream", streams.open),
        Route("/answers", posted(page.answer), methods=POST),
        Route("/name", posted(page.name), methods=POST),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]


def _tables(site: Site, pages: Pages) -> list[BaseRoute]:
    status = StatusPage(pages)

    def health(request: Request) -> Response:  # noqa: ARG001
        found = dict(site.health())
        well = found.get("status", "ok") == "ok"
        return JSONResponse(found, 200 if well else 503, {"Cache-Control": "no-store"})

    return [
        Route("/status", status.show),
        Route("/status.json", status.data),
        Route("/report", ReportPage(pages, site.report).show),
        Route("/health", health),
    ]


def _calendars(site: Site, pages: Pages) -> list[BaseRoute]:
    page = CalendarPage(pages, site.calendars, site.address)
    feeds = Feeds(site.calendars, Guesses(site.steady))
    return [
        Route("/feeds/{token:path}", feeds, methods=GET),
        Route("/calendar", page.show),
        Route("/calendar/links", posted(page.create), methods=POST),
        Route("/calendar/links/{number:int}/{change}", page.ask, methods=GET),
        Route("/calendar/links/{number:int}/{change}", posted(page.change), methods=POST),
        Route("/occurrences/{occurrence:path}.ics", Invitations(site.calendars).show),
        Route("/occurrences/{occurrence:path}", RoomPage(pages, site.room).alone),
    ]


def _letters(site: Site, pages: Pages) -> list[BaseRoute]:
    if site.links is None:
        return []
    page = LetterPage(pages, site.links, Invitations(site.calendars), site.inviting)
    return [
        Route(f"{PATH}/{{token}}/{FILE}", page.file),
        Route(f"{PATH}/{{token}}", page.show),
        Route(f"{PATH}/{{token}}", posted(page.answer), methods=POST),
    ]
