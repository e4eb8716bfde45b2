"""Turning templates into pages, with what every page shows: where we are and what time it is."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.domain.plan import Plan
from bot.domain.swedish import WEEKDAYS, moment_text
from bot.domain.walltime import local_day
from bot.services.desk import Desk

HERE = Path(__file__).parent
STOCKHOLM = ZoneInfo("Europe/Stockholm")
# A page with a form may name itself to us: without TLS, "no-referrer" would turn the Origin of
# the form into "null", and we could not tell it from a form on another site.
PAGE_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}


def make_environment() -> Environment:
    """Return the templates; all text is escaped, and a name that is not given is a fault."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["nonce"] = new_nonce
    return environment


def new_nonce() -> str:
    """Return the secret that makes a form sent twice one answer."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True, slots=True)
class Pages:
    """Renders pages. ``demo_note`` is shown on each when the plan's clock is not the real one."""

    desk: Desk
    environment: Environment
    demo_note: str = ""

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The plans that are served."""
        return tuple(each.plan for each in self.desk.agendas.values())

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the page's own clock: that of the first plan."""
        return next((each.zone for each in self.plans), STOCKHOLM)

    @property
    def today(self) -> date:
        """The day that the plan's clock shows."""
        return local_day(self.desk.now(), self.zone)

    def clock_text(self) -> str:
        """Return ``måndag 1 januari 2018 kl. 9.00`` of the plan's clock."""
        return self.moment_text(self.desk.now())

    def moment_text(self, moment: datetime) -> str:
        """Return an instant on the page's wall clock, with its weekday."""
        weekday = WEEKDAYS[local_day(moment, self.zone).weekday()]
        return f"{weekday} {moment_text(moment, self.zone)}"

    def fragment(self, template: str, context: Mapping[str, object]) -> str:
        """Return a piece of a page."""
        return self.environment.get_template(template).render(context)

    def page(
        self, template: str, context: Mapping[str, object], *, status: int = 200
    ) -> HTMLResponse:
        """Return a whole page; browsers do not keep it."""
        common = {"clock": self.clock_text(), "demo_note": self.demo_note}
        content = self.fragment(template, {**common, **context})
        return HTMLResponse(content, status, PAGE_HEADERS)
