"""What people see when something is wrong: a page that says what to do, never a traceback."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.domain.errors import (
    BadTokenError,
    BotError,
    DatabaseTroubleError,
    UnknownOccurrenceError,
)
from bot.web.pages import Pages
from bot.web.room_page import wants_data
from bot.web.security import HEADERS

TITLES = {
    400: "Något i adressen går inte att förstå",
    403: "Svaret togs inte emot",
    404: "Sidan finns inte",
    405: "Så kan sidan inte användas",
    410: "Länken gäller inte",
    500: "Något gick fel hos oss",
    503: "Just nu går det inte",
}
TEXTS = {
    404: "Kontrollera adressen, eller gå till rummet och leta där.",
    405: "Gå till rummet och använd knapparna där. Ingenting har ändrats.",
    500: "Försök igen om en stund. Om felet kommer tillbaka: berätta för den som sköter tjänsten.",
}
OTHER_TITLE = "Det gick inte"
STATUS: dict[type[BotError], int] = {
    BadTokenError: 410,
    DatabaseTroubleError: 503,
    UnknownOccurrenceError: 404,
}
AGAIN_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Faults:
    """Answers for everything that no page answers for."""

    pages: Pages

    def refused(self, request: Request, error: Exception) -> Response:
        """Answer a request that cannot be met; ``HTTPException`` says why."""
        if not isinstance(error, HTTPException):
            return self.failed(request, error)
        usual = HTTPStatus(error.status_code).phrase
        text = error.detail if error.detail != usual else TEXTS.get(error.status_code, "")
        response = self._page(request, error.status_code, text)
        response.headers.update(error.headers or {})
        return response

    def ours(self, request: Request, error: Exception) -> Response:
        """Answer with the text of one of our own errors, which is meant for a person."""
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        response = self._page(request, status, str(error))
        if status == 503:
            response.headers["Retry-After"] = str(AGAIN_SECONDS)
        return response

    def failed(self, request: Request, error: Exception) -> Response:  # noqa: ARG002
        """Answer for a fault of ours; it stands outside of everything that adds headers."""
        response = self._page(request, 500, TEXTS[500])
        response.headers.update(HEADERS)
        return response

    def _page(self, request: Request, status: int, text: str) -> Response:
        if wants_data(request):
            return JSONResponse({"ok": False, "text": text}, status)
        title = TITLES.get(status, OTHER_TITLE)
        context = {"title": title, "text": text, "clock": "", "demo_note": self.pages.demo_note}
        return HTMLResponse(self.pages.fragment("fault.html", context), status)
