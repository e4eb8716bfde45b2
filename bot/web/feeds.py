"""Serving calendars: feeds that clients ask for again and again, and single invitations."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.feeds.calendars import Rendered
from bot.web.calendars import Calendars

TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
LONGEST_OCCURRENCE = 200
CALENDAR = "text/calendar; charset=utf-8"
UNKNOWN = "Kalenderlänken finns inte. Be om en ny på sidan Kalender.\n"
GONE = "Kalenderlänken gäller inte längre. Be om en ny på sidan Kalender.\n"


@dataclass(frozen=True, slots=True)
class Feeds:
    """Serves what ``calendars`` holds; a token is never logged and never shown again."""

    calendars: Calendars

    def feed(self, request: Request) -> Response:
        """Answer a calendar client: the feed, or that it has it already, or that there is none."""
        token = request.path_params["token"]
        found = self.calendars.feed(token) if TOKEN.fullmatch(token) else None
        if found is None:
            return PlainTextResponse(UNKNOWN, 404)
        if found.gone:
            return PlainTextResponse(GONE, 410)
        headers = _validators(found)
        if _unmodified(request, found):
            return Response(status_code=304, headers=headers)
        return Response(found.body, headers=headers, media_type=CALENDAR)

    def invitation(self, request: Request) -> Response:
        """Answer with the file that puts one occurrence into a calendar."""
        occurrence = request.path_params["occurrence"]
        known = len(occurrence) <= LONGEST_OCCURRENCE
        body = self.calendars.invitation(occurrence) if known else None
        if body is None:
            raise HTTPException(
                404, "Tillfället har inget datum än, så det finns ingen kalenderfil."
            )
        name = re.sub(r"[^A-Za-z0-9._-]", "-", occurrence)
        headers = {
            "Content-Disposition": f'attachment; filename="{name}.ics"',
            "Cache-Control": "no-store",
        }
        return Response(body, headers=headers, media_type=CALENDAR)


def _etag(found: Rendered) -> str:
    return f'"{found.etag.strip(chr(34))}"'


def _validators(found: Rendered) -> dict[str, str]:
    return {
        "ETag": _etag(found),
        "Last-Modified": format_datetime(found.changed.astimezone(UTC), usegmt=True),
        "Cache-Control": "private, no-cache",
    }


def _unmodified(request: Request, found: Rendered) -> bool:
    """Whether the client holds these bytes; what it says of the tag goes before the time."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        held = [each.strip().removeprefix("W/") for each in tags.split(",")]
        return "*" in held or _etag(found) in held
    since = _instant(request.headers.get("if-modified-since", ""))
    return since is not None and found.changed.replace(microsecond=0) <= since


def _instant(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
