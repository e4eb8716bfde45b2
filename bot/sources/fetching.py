"""Fetching a calendar that others keep, from whatever server a plan names.

The name is looked up once, what it leads to is checked, and that very address is asked; so an
answer of the DNS that changes in between changes nothing. No redirection is followed, no
compression asked for, and neither time nor size has any limit but ours.
"""

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from bot.domain.errors import SourceError
from bot.domain.hosts import dns_name
from bot.sources.connecting import opened, shake_hands
from bot.sources.deadline import Deadline, TimedSocket
from bot.sources.faults import MovedError, StatusError, TooLargeError
from bot.sources.guarding import safe_addresses
from bot.sources.lines import LIMIT_BYTES

WHOLE_SECONDS = 20.0
MOST_ADDRESSES = 3
PIECE_BYTES = 65_536
LONGEST_DATE = 60
ETAG = re.compile(r'(W/)?"[\x21\x23-\x7e]{0,110}"')
PORTS = {"http": 80, "https": 443}
REDIRECTS = {301, 302, 303, 307, 308}
# All that says that a request is wrong, but not that there have been too many.
REFUSED = set(range(400, 500)) - {429}
HEADERS = {
    "Accept": "text/calendar",
    "Accept-Encoding": "identity",
    "User-Agent": "Loftesbot",
    "Connection": "close",
}

Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A calendar's bytes with what the server knows them by."""

    body: bytes
    etag: str
    modified: str


def resolved(host: str, port: int) -> list[str]:
    """Return every address that the machine's own resolver knows of ``host``, the best first."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Asks for calendars; ``allowed_hosts`` are names that may lead to private addresses."""

    allowed_hosts: Sequence[str] = ()
    closing: Callable[[], bool] = field(default=lambda: False)
    resolve: Resolve = resolved
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    whole_seconds: float = WHOLE_SECONDS
    elapsed: Callable[[], float] = time.monotonic

    def fetch(self, url: str, *, etag: str = "", modified: str = "") -> Fetched | None:
        """Return what is at ``url``; None where it is what ``etag`` or ``modified`` names.

        Whatever stands in the way is a ``SourceError``.
        """
        asked = {"If-None-Match": _etag(etag), "If-Modified-Since": _date(modified)}
        known = {name: value for name, value in asked.items() if value}
        parts, deadline = urlsplit(url), self._deadline()
        with _in_words():
            try:
                return self._once(parts, known, deadline)
            except StatusError as error:
                # A server may dislike what it once called the calendar itself.
                if not known or error.status not in REFUSED:
                    raise
            return self._once(parts, {}, deadline)

    def _once(
        self, parts: SplitResult, known: dict[str, str], deadline: Deadline
    ) -> Fetched | None:
        with self._connected(parts, deadline) as connected:
            response = _asked(connected, parts, known)
            if response.status == 304 and known:
                return None
            _refuse(response, parts)
            return Fetched(
                _body(response),
                _etag(response.getheader("ETag", "")),
                _date(response.getheader("Last-Modified", "")),
            )

    def _deadline(self) -> Deadline:
        return Deadline(self.elapsed() + self.whole_seconds, self.elapsed, self.closing)

    @contextmanager
    def _connected(self, parts: SplitResult, deadline: Deadline) -> Iterator[TimedSocket]:
        host, port = dns_name(parts.hostname or ""), parts.port or PORTS[parts.scheme]
        found = deadline.within(partial(self.resolve, host, port))
        allowed = {dns_name(each) for each in self.allowed_hosts}
        safe = safe_addresses(host, found, allowed=host in allowed)
        with opened(safe[:MOST_ADDRESSES], port, deadline) as plain:
            if parts.scheme == "http":
                yield TimedSocket(plain, deadline)
                return
            with self.tls.wrap_socket(
                plain, server_hostname=host, do_handshake_on_connect=False
            ) as secure:
                shake_hands(secure, deadline)
                yield TimedSocket(secure, deadline)


def _asked(connected: Any, parts: SplitResult, known: dict[str, str]) -> HTTPResponse:
    name = dns_name(parts.hostname or "")
    connection = HTTPConnection(name)
    connection.sock = connected
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
    host = f"[{name}]" if ":" in name else name
    connection.putheader("Host", f"{host}:{parts.port}" if parts.port else host)
    for name, value in {**HEADERS, **known}.items():
        connection.putheader(name, value)
    connection.endheaders()
    return connection.getresponse()


def _refuse(response: HTTPResponse, asked: SplitResult) -> None:
    """Refuse whatever is no whole calendar as it is."""
    location = response.getheader("Location", "")
    if response.status in REDIRECTS and location:
        raise MovedError(urljoin(asked.geturl(), location))
    if response.status != 200:
        raise StatusError(response.status)
    encoding = response.getheader("Content-Encoding", "identity").strip().casefold()
    if encoding not in {"", "identity"}:
        raise SourceError("Servern skickar kalendern komprimerad, fast vi inte har bett om det.")


def _etag(text: str) -> str:
    """The name of a version of a calendar; nothing where it is not written as one is."""
    return text if ETAG.fullmatch(text) else ""


def _date(text: str) -> str:
    """When a calendar was changed, as its server writes it; nothing where that is no date."""
    try:
        parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
    return text if len(text) <= LONGEST_DATE and text.isascii() and text.isprintable() else ""


def _body(response: HTTPResponse) -> bytes:
    """Read to the end, but no more than a calendar may have, whatever length was promised."""
    if (response.length or 0) > LIMIT_BYTES:
        raise TooLargeError(LIMIT_BYTES)
    found = bytearray()
    while piece := response.read(PIECE_BYTES):
        found += piece
        if len(found) > LIMIT_BYTES:
            raise TooLargeError(LIMIT_BYTES)
    if response.length:
        raise SourceError("Servern slutade mitt i kalendern.")
    return bytes(found)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise SourceError(f"Serverns certifikat gäller inte: {error.verify_message}.") from error
    except ssl.SSLError as error:
        raise SourceError("Servern talar inte TLS som den ska.") from error
    except (HTTPException, ValueError) as error:
        raise SourceError(f"Servern svarar inte som den ska ({type(error).__name__}).") from error
    except TimeoutError as error:
        raise SourceError("Servern svarar för långsamt.") from error
    except OSError as error:
        raise SourceError(f"Servern går inte att nå ({error.strerror or error}).") from error
