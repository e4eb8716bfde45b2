"""The follow-up report of a plan, as of a day that the reader chooses."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.web.pages import PAGE_HEADERS, Pages

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Asks for a plan and a day, and shows what ``report`` makes of them."""

    pages: Pages
    report: Callable[[str, date], str]

    def show(self, request: Request) -> Response:
        """Show the report of ``?plan=`` on ``?as_of=`` (today), or ask which plan is meant."""
        plan, as_of = request.query_params.get("plan"), self._as_of(request)
        if plan is None:
            context = {"plans": self.pages.plans, "today": as_of.isoformat()}
            return self.pages.page("report.html", context)
        if plan not in {each.id for each in self.pages.plans}:
            raise HTTPException(404, "Det finns ingen plan med det namnet. Välj en i listan.")
        content = self.report(plan, as_of)
        policy = {"Content-Security-Policy": style_policy(content)}
        return HTMLResponse(content, headers=PAGE_HEADERS | policy)

    def _as_of(self, request: Request) -> date:
        asked = request.query_params.get("as_of")
        try:
            day = date.fromisoformat(asked) if asked else self.pages.today
        except ValueError as error:
            text = "Dagen går inte att läsa. Skriv den som ÅÅÅÅ-MM-DD, till exempel 2020-11-30."
            raise HTTPException(400, text) from error
        if day > self.pages.today:
            raise HTTPException(400, "Den dagen har inte varit än. Välj i dag eller tidigare.")
        return day


def style_policy(content: str) -> str:
    """Return a policy that lets a report bring exactly the styles it was written with.

    A report is also saved and printed by itself, so its styles stand in it; no text of a
    person can become one, since none is let through unescaped.
    """
    digests = (sha256(found.encode()).digest() for found in STYLE.findall(content))
    hashes = " ".join(f"'sha256-{b64encode(each).decode()}'" for each in digests)
    allowed = f"style-src {hashes}; " if hashes else ""
    return (
        f"default-src 'none'; {allowed}base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
