"""Reading forms: the one place where a page waits for the body of a request."""

import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.security import refuse_foreign

LARGEST_FORM_BYTES = 64_000
MOST_FIELDS = 30
KIND = "application/x-www-form-urlencoded"

Fields = Mapping[str, str]
Handler = Callable[[Request, Fields], Response]


def posted(handle: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that reads a form of ours and lets ``handle`` answer it in a thread.

    A form from another site, too large, with too many fields or not a form at all is refused
    before ``handle`` hears of it. Of a field that comes twice the last one counts.
    """

    async def endpoint(request: Request) -> Response:
        refuse_foreign(request)
        if request.headers.get("content-type", "").partition(";")[0].strip() != KIND:
            raise HTTPException(415, "Skicka svaret med formuläret på sidan.")
        fields = _fields(await _body(request))
        return await run_in_threadpool(handle, request, fields)

    return endpoint


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM_BYTES:
            raise HTTPException(413, "Formuläret är för stort. Korta texten och försök igen.")
    return bytes(body)


def _fields(body: bytes) -> Fields:
    try:
        pairs = parse_qsl(
            body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise HTTPException(400, "Formuläret har för många fält.") from error
    return {name: _clean(value) for name, value in pairs}


def _clean(text: str) -> str:
    """Trim, with bare line feeds, and without invisible characters that steer how text is shown."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "".join(c for c in lines if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf"})
