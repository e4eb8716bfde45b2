"""Serving calendars: feeds that clients ask for again and again, and single invitations."""

import logging
import re
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from bot.domain.errors import PlanAwayError
from bot.feeds.calendars import Calendars
from bot.feeds.rendering import Rendered
from bot.web.guessing import Guesses
from bot.web.validators import CALENDAR, Forms, forms, named

log = logging.getLogger(__name__)

TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
SUFFIX = ".ics"
CONDITIONS = {b"if-none-match", b"if-modified-since"}
LONGEST_OCCURRENCE = 200
UNKNOWN = "Kalenderlänken finns inte. Be om en ny på sidan Kalender.\n"
GONE = "Kalenderlänken gäller inte längre. Be om en ny på sidan Kalender.\n"
NO_FILE = "Tillfället har inget datum som får visas än, så det finns ingen kalenderfil."
TOO_MANY = "För många okända kalenderlänkar på kort tid. Vänta en stund och försök igen.\n"


@dataclass(frozen=True, slots=True)
class Feeds:
    """Answers calendar clients; a token is never logged and never shown again.

    What is at hand is sent at once; only what has to be looked up waits for a thread.
    """

    calendars: Calendars
    guesses: Guesses
    forms: WeakKeyDictionary[Rendered, Forms] = field(default_factory=WeakKeyDictionary)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the feed, or that the client has it already, or that there is none."""
        token = _token(scope["path_params"]["token"])
        try:
            found = self.calendars.at_hand(token)
            if found is None and token:
                found = await run_in_threadpool(self.calendars.feed, token)
        except PlanAwayError as error:
            await PlainTextResponse(f"{error}\n", 404)(scope, receive, send)
        except Exception as error:  # a client that hears of a fault switches the calendar off
            if not CONDITIONS & named(scope["headers"]).keys():
                raise
            log.warning("Kalendrar: en klient får behålla vad den har. %s", error)
            await Response(status_code=304)(scope, receive, send)
        else:
            await self._answer(found, scope, receive, send)

    async def _answer(
        self, found: Rendered | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if found is None:
            await self._refusal(scope)(scope, receive, send)
        elif found.gone:
            await PlainTextResponse(GONE, 410)(scope, receive, send)
        else:
            await self._send(found, scope, send)

    async def _send(self, found: Rendered, scope: Scope, send: Send) -> None:
        asked = named(scope["headers"])
        form = self._forms(found).chosen(asked)
        unchanged = form.held(asked)
        headers = form.unchanged if unchanged else form.whole
        body = b"" if unchanged or scope["method"] == "HEAD" else form.body
        status = 304 if unchanged else 200
        await send({"type": "http.response.start", "status": status, "headers": [*headers]})
        await send({"type": "http.response.body", "body": body})

    def _forms(self, found: Rendered) -> Forms:
        """Both forms of what was found; they last as long as that does."""
        if (known := self.forms.get(found)) is None:
            known = self.forms[found] = forms(found)
        return known

    def _refusal(self, scope: Scope) -> Response:
        """Say that there is no such link, in the same words whatever is wrong with it."""
        client = scope.get("client")
        if wait := self.guesses.wait_seconds(client[0] if client else ""):
            return PlainTextResponse(TOO_MANY, 429, {"Retry-After": str(wait)})
        return PlainTextResponse(UNKNOWN, 404)


@dataclass(frozen=True, slots=True)
class Invitations:
    """Hands out single occurrences as files."""

    calendars: Calendars

    def show(self, request: Request) -> Response:
        """Answer with the file that puts one occurrence into a calendar."""
        return self.file(request.path_params["occurrence"])

    def file(self, occurrence: str) -> Response:
        """Return the file of an occurrence; it is a 404 while there is no day that may be told."""
        known = len(occurrence) <= LONGEST_OCCURRENCE
        body = self.calendars.invitation(occurrence) if known else None
        if body is None:
            raise HTTPException(404, NO_FILE)
        name = re.sub(r"[^A-Za-z0-9._-]", "-", occurrence)
        headers = {
            "Content-Disposition": f'attachment; filename="{name}.ics"',
            "Cache-Control": "no-store",
        }
        return Response(body, headers=headers, media_type=CALENDAR.decode())


def _token(path: str) -> str:
    """The token in a link, nothing where it cannot be one of ours."""
    token = path.removesuffix(SUFFIX)
    return token if path.endswith(SUFFIX) and TOKEN.fullmatch(token) else ""
