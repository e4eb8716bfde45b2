"""The page of calendar feeds: what there is, the links that serve, and new ones for old."""

from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from urllib.parse import urlsplit

import segno
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain.errors import UnknownFeedError, UnknownLinkError
from bot.domain.feed import Feed, FeedLink, FeedScope, feed_address, webcal
from bot.domain.plan import Plan
from bot.domain.swedish import day_text
from bot.domain.walltime import local_day
from bot.feeds.calendars import Calendars
from bot.services.selecting import SCOPES
from bot.web import memory
from bot.web.forms import Fields
from bot.web.memory import Said
from bot.web.pages import Pages

ENDED_ALREADY = "Länken gäller inte längre, så ingenting har ändrats. Gå till sidan Kalender."
NO_PLAN = "Det finns ingen plan med det namnet. Välj en i listan."
# A picture that is scanned from a screen may lose some of it to reflections.
CORRECTION = "m"
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Change(StrEnum):
    """What can be done with a link."""

    ROTATE = "rotate"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """Hands out links; each is shown once, on the page that answers the form.

    ``address`` is where others find the pages; without it they find them where the asker does.
    """

    pages: Pages
    calendars: Calendars
    address: str = ""

    def show(self, request: Request) -> Response:
        """Explain what a feed is, with a form for a new link and the links that serve."""
        line, plan = memory.said(request), self._plan(request.query_params.get("plan", ""))
        context = {
            "plans": self.pages.plans,
            "plan": plan,
            "choices": self._choices(plan) if plan else [],
            "links": [self._row(each) for each in self.calendars.in_force()],
            "said": line,
        }
        response = self.pages.page("calendar.html", context)
        if line:
            memory.forget_said(response)
        return response

    def create(self, request: Request, fields: Fields) -> Response:
        """Make a link and show it, this once."""
        scope, _, of = fields.get("feed", FeedScope.PLAN).partition(":")
        kind = next((each for each in FeedScope if each == scope), None)
        if kind is None or fields.get("plan") not in {each.id for each in self.pages.plans}:
            raise HTTPException(404, NO_PLAN)
        feed = Feed(fields["plan"], kind, of, discreet="discreet" in fields)
        try:
            token = self.calendars.create(feed)
        except UnknownFeedError as error:
            raise HTTPException(404, str(error)) from error
        return self._link(request, token, self._what(feed), "Länken är klar.")

    def ask(self, request: Request) -> Response:
        """Ask whether a link is to be changed or revoked; nothing has happened yet."""
        link, change = self._chosen(request)
        context = {"link": self._row(link), "change": change}
        return self.pages.page("change_link.html", context)

    def change(self, request: Request, fields: Fields) -> Response:  # noqa: ARG002
        """Do what was asked about, and show a new link this once."""
        link, change = self._chosen(request)
        try:
            if change is Change.ROTATE:
                token = self.calendars.rotate(link.number)
                return self._link(request, token, self._what(link.feed), "Länken är bytt.")
            self.calendars.revoke(link.number)
        except UnknownLinkError as error:
            raise HTTPException(404, ENDED_ALREADY) from error
        response = RedirectResponse("/calendar#said", 303)
        memory.remember_said(response, Said(f"Länk {link.number} är indragen."))
        return response

    def _plan(self, name: str) -> Plan | None:
        """The plan of that id; where there is only one, or none is named, the first."""
        plans = self.pages.plans
        if name and name not in {each.id for each in plans}:
            raise HTTPException(404, NO_PLAN)
        return next((each for each in plans if not name or each.id == name), None)

    def _choices(self, plan: Plan) -> list[tuple[str, list[tuple[str, str]]]]:
        """What the list offers, under headings: the value of each choice, and its name."""
        return [
            (SCOPES[scope].capitalize(), [(f"{scope}:{of}", name) for of, name in every.items()])
            for scope, every in self.calendars.choices(plan.id).items()
        ]

    def _chosen(self, request: Request) -> tuple[FeedLink, Change]:
        number, change = request.path_params["number"], request.path_params["change"]
        if change not in set(Change):
            raise HTTPException(404)
        for link in self.calendars.in_force():
            if link.number == number:
                return link, Change(change)
        raise HTTPException(404, ENDED_ALREADY)

    def _row(self, link: FeedLink) -> dict[str, object]:
        created = day_text(local_day(link.created, self.pages.zone))
        return {"number": link.number, "what": self._what(link.feed), "created": created}

    def _what(self, feed: Feed) -> str:
        plan = next((each for each in self.pages.plans if each.id == feed.plan), None)
        title = plan.title if plan else feed.plan
        return f"{title}. {self.calendars.described(feed)}"

    def _link(self, request: Request, token: str, what: str, how: str) -> Response:
        base = self.address or f"{request.url.scheme}://{request.url.netloc}"
        link = feed_address(base, token)
        web = webcal(link)
        context: dict[str, object] = {
            "what": what,
            "how": how,
            "link": link,
            "web": web,
            "picture": _picture(web),
            "only_here": urlsplit(base).hostname in LOOPBACK,
        }
        response = self.pages.page("link.html", context)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


def _picture(text: str) -> str:
    """Return ``text`` as a QR code: an SVG without styles, dark on light in any colour scheme."""
    drawn = BytesIO()
    segno.make(text, error=CORRECTION).save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, light="#fff", nl=False
    )
    return drawn.getvalue().decode()
