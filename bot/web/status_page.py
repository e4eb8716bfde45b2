"""The status: where every promise stands on the plan's clock, for eyes and for programs."""

from collections import Counter
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.domain.pace import Pace
from bot.domain.swedish import PACE_SYMBOLS, PACES, day_text, period_text
from bot.reports.structure import row_data
from bot.services import composing
from bot.services.following_up import StatusRow
from bot.web.pages import Pages

WORDS = {pace: word.capitalize() for pace, word in PACES.items()}


@dataclass(frozen=True, slots=True)
class StatusPage:
    """Shows the status of every plan."""

    pages: Pages

    def show(self, request: Request) -> Response:
        """Show a table for each plan; ``?show=attention`` leaves out what is on track."""
        attention = request.query_params.get("show") == "attention"
        found = self.pages.desk.status()
        context = {
            "plans": {title: _shown(rows, attention=attention) for title, rows in found.items()},
            "counts": {title: Counter(row.pace for row in rows) for title, rows in found.items()},
            "attention": attention,
            "symbols": PACE_SYMBOLS,
            "words": WORDS,
            "day": day_text,
            "period": period_text,
            "when": composing.when,
        }
        return self.pages.page("status.html", context)

    def data(self, request: Request) -> Response:  # noqa: ARG002
        """Answer with the same rows for programs; days are ISO 8601."""
        rows = [
            {"plan": title, "title": row.commitment.title} | row_data(row)
            for title, rows in self.pages.desk.status().items()
            for row in rows
        ]
        as_of = self.pages.desk.now().astimezone(self.pages.zone).isoformat()
        return JSONResponse({"as_of": as_of, "rows": rows}, headers={"Cache-Control": "no-store"})


def _shown(rows: list[StatusRow], *, attention: bool) -> list[StatusRow]:
    return [row for row in rows if not attention or row.pace is not Pace.ON_TRACK]
