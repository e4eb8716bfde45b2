"""What every response says to browsers, and who may send us a form."""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OWN_SITES = frozenset({"same-origin", "none"})
FOREIGN = (
    "Formuläret kom inte från den här webbplatsen, så ingenting har ändrats. "
    "Öppna sidan på nytt och svara därifrån."
)


class SecurityHeaders:
    """Adds ``HEADERS`` to every response; what a response says itself stands."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers as its response starts."""

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_secured)


def refuse_foreign(request: Request) -> None:
    """Raise a 403 unless the browser says that the form stood on a page of ours.

    Without TLS, browsers send no ``Sec-Fetch-Site`` to other names than localhost; then the
    ``Origin`` must be the very host that was asked. A client that says neither is refused.
    """
    site = request.headers.get("sec-fetch-site")
    if site not in OWN_SITES if site is not None else not _own_origin(request):
        raise HTTPException(403, FOREIGN)


def _own_origin(request: Request) -> bool:
    origin = urlsplit(request.headers.get("origin", "")).netloc.lower()
    return bool(origin) and origin == request.headers.get("host", "").lower()
