"""The page that explains calendar feeds and hands out links to them."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.calendars import Calendars
from bot.web.forms import Fields
from bot.web.pages import Pages


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """Hands out links; each is shown once, on the page that answers the form."""

    pages: Pages
    calendars: Calendars

    def show(self, request: Request) -> Response:  # noqa: ARG002
        """Explain what a feed is, with a form for each plan."""
        return self.pages.page("calendar.html", {"plans": self.pages.plans})

    def create(self, request: Request, fields: Fields) -> Response:
        """Make a link and show it, this once."""
        plan = next((each for each in self.pages.plans if each.id == fields.get("plan")), None)
        if plan is None:
            raise HTTPException(404, "Det finns ingen plan med det namnet. Välj en i listan.")
        path = f"{request.url.netloc}/feeds/{self.calendars.create(plan.id)}.ics"
        context = {
            "plan": plan,
            "link": f"{request.url.scheme}://{path}",
            "web": f"webcal://{path}",
        }
        response = self.pages.page("link.html", context)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
