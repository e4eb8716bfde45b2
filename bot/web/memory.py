"""What a browser remembers for us: who answers, and the line to show on the next page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from bot.services.answering import LONGEST_NAME

WHO = "by"
SAID = "said"
WHO_SECONDS = 365 * 24 * 3600
SAID_SECONDS = 60
LONGEST_SAID = 600


@dataclass(frozen=True, slots=True)
class Said:
    """A line that tells how an answer was taken; ``message`` is the one that was answered."""

    text: str
    message: str = ""


def who(request: Request) -> str:
    """Return who answers from this browser; nothing when it does not know."""
    return unquote(request.cookies.get(WHO, ""))[:LONGEST_NAME]


def remember_who(response: Response, name: str) -> None:
    """Let the browser remember who answers."""
    response.set_cookie(WHO, quote(name), max_age=WHO_SECONDS, httponly=True, samesite="lax")


def said(request: Request) -> Said | None:
    """Return the line to show, if one was left for this page."""
    try:
        kept = urlsafe_b64decode(request.cookies.get(SAID, "")).decode()
    except ValueError:
        return None
    message, found, text = kept.partition("\n")
    return Said(text, message) if found else None


def remember_said(response: Response, line: Said) -> None:
    """Leave a line for the next page; user text goes here and never into an address."""
    kept = urlsafe_b64encode(f"{line.message}\n{line.text[:LONGEST_SAID]}".encode()).decode()
    response.set_cookie(SAID, kept, max_age=SAID_SECONDS, httponly=True, samesite="strict")


def forget_said(response: Response) -> None:
    """Take the line away once it was shown."""
    response.delete_cookie(SAID, httponly=True, samesite="strict")
