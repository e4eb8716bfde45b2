"""The room: the newest messages, and taking the answers that people give under them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot.chat.room.room import Room
from bot.domain.errors import AnswerRefusedError, BotError, SensitiveTextError
from bot.domain.message import Posted
from bot.domain.privacy import sensitive
from bot.services.answering import LONGEST_NAME
from bot.web import memory
from bot.web.answers import taken
from bot.web.articles import NOTHING_KEPT, Articles, Kept
from bot.web.forms import Fields
from bot.web.memory import Said
from bot.web.pages import Pages, new_nonce

NEWEST = 50
# The number of the message on a page of its own, which stands in no room.
ALONE = "0"
PAGE_OF_ONE = re.compile(r"/occurrences/[A-Za-z0-9/-]{1,200}")
NOBODY = "Ange vem som svarar, i fältet ”Svara som”."


@dataclass(frozen=True, slots=True)
class RoomPage:
    """Shows the room and takes answers; without a script, every answer is a page of its own."""

    pages: Pages
    room: Room

    def show(self, request: Request) -> Response:
        """Show the newest messages, and once the line that an answer left behind.

        With ``?before=`` it shows those that came before the message of that number.
        """
        line, asked = memory.said(request), request.query_params.get("before", "")
        before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
        response = self._page(memory.who(request), said=line, before=before)
        if line:
            memory.forget_said(response)
        return response

    def alone(self, request: Request) -> Response:
        """Show one occurrence with its forms, also when no message in the room speaks of it."""
        line = memory.said(request)
        response = self._alone(request.path_params["occurrence"], memory.who(request), said=line)
        if line:
            memory.forget_said(response)
        return response

    def answer(self, request: Request, fields: Fields) -> Response:
        """Take an answer; refused, it changes nothing and comes back as it was entered."""
        by = _named(request, fields)
        try:
            text = self._given(fields, by)
        except BotError as error:
            return self._refused(request, fields, by, str(error))
        message = fields.get("message", "")
        if message == ALONE:
            return _told(request, Said(text), by, _page_of(fields.get("occurrence", "")))
        return _told(request, Said(text, message), by, "/")

    def name(self, request: Request, fields: Fields) -> Response:
        """Remember in this browser who answers."""
        by = fields.get("by", "")
        if not by or len(by) > LONGEST_NAME:
            text = f"Skriv vem som svarar, med högst {LONGEST_NAME} tecken."
            return self._refused(request, fields, by[:LONGEST_NAME], text)
        if sensitive(by):
            return self._refused(request, fields, "", str(SensitiveTextError(sensitive(by))))
        asked = fields.get("back", "")
        back = asked if PAGE_OF_ONE.fullmatch(asked) else "/"
        return _told(request, Said(f"Du svarar som {by}."), by, back)

    def _given(self, fields: Fields, by: str) -> str:
        if not by:
            raise AnswerRefusedError(NOBODY)
        return taken(self.pages.desk, fields, by=by)

    def _refused(self, request: Request, fields: Fields, by: str, text: str) -> Response:
        if wants_data(request):
            return JSONResponse({"ok": False, "text": text}, 422)
        kept = Kept(text, {**fields, "by": by})
        if fields.get("message") == ALONE:
            return self._alone(fields.get("occurrence", ""), by, kept=kept, status=422)
        return self._page(by, kept=kept, status=422)

    def _page(
        self,
        by: str,
        *,
        said: Said | None = None,
        kept: Kept = NOTHING_KEPT,
        status: int = 200,
        before: int | None = None,
    ) -> HTMLResponse:
        newest = self.room.store.newest(limit=NEWEST, before=before)
        older = newest[0].id if len(newest) == NEWEST else None
        version = max((each.version for each in newest), default=0)
        context = self._context(by, newest, said, kept)
        context |= {"before": before, "older": older, "version": version, "back": ""}
        return self.pages.page("room.html", context, status=status)

    def _alone(
        self,
        occurrence: str,
        by: str,
        *,
        said: Said | None = None,
        kept: Kept = NOTHING_KEPT,
        status: int = 200,
    ) -> HTMLResponse:
        desk = self.pages.desk
        message = desk.describe(occurrence)
        target = desk.agenda_of(occurrence).by_id[occurrence].commitment.target
        shown = Posted(int(ALONE), 0, target, desk.now(), message)
        context = self._context(by, [shown], said, kept) | {"back": _page_of(occurrence)}
        return self.pages.page("occurrence.html", context, status=status)

    def _context(
        self, by: str, shown: Sequence[Posted], said: Said | None, kept: Kept
    ) -> dict[str, object]:
        articles = Articles(self.pages)
        return {
            "by": by,
            "said": said,
            "kept": kept,
            "articles": [articles.context(each, kept) for each in shown],
            "roles": sorted({r.name for plan in self.pages.plans for r in plan.roles.values()}),
        }


def wants_data(request: Request) -> bool:
    """Whether our own script asked, which shows the line itself."""
    return request.headers.get("x-requested-with") == "fetch"


def _page_of(occurrence: str) -> str:
    return f"/occurrences/{occurrence}"


def _named(request: Request, fields: Fields) -> str:
    return fields.get("by") or memory.who(request)


def _told(request: Request, line: Said, by: str, back: str) -> Response:
    """Tell how it went: to the script at once, otherwise on the room's page."""
    if wants_data(request):
        told = {"ok": True, "text": line.text, "nonce": new_nonce()}
        response: Response = JSONResponse(told)
    else:
        response = RedirectResponse(f"{back}#said", 303)
        memory.remember_said(response, line)
    memory.remember_who(response, by)
    return response
