"""Fetching a calendar that others keep, from whatever server a plan names.

The name is looked up once, what it leads to is checked, and that very address is asked; so an
answer of the DNS that changes in between changes nothing. No redirection is followed, no
compression asked for, and neither time nor size has any limit but ours.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from bot.domain.errors import SourceError
from bot.sources.deadline import Deadline, TimedSocket
from bot.sources.guarding import safe_addresses
from bot.sources.lines import LIMIT_BYTES

WHOLE_SECONDS = 20.0
CONNECT_SECONDS = 5.0
MOST_ADDRESSES = 3
PIECE_BYTES = 65_536
LONGEST_QUOTE = 120
PORTS = {"http": 80, "https": 443}
SAID = {
    401: "Servern kräver inloggning.",
    403: "Servern släpper inte in oss (403).",
    404: "Kalendern finns inte på adressen (404).",
    410: "Kalendern är borttagen (410).",
}
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
        asked = {"If-None-Match": etag, "If-Modified-Since": modified}
        known = {name: value for name, value in asked.items() if value}
        parts, deadline = urlsplit(url), self._deadline()
        with _in_words(), self._connected(parts, deadline) as connected:
            response = _asked(connected, parts, known)
            if response.status == 304 and known:
                return None
            _refuse(response, url)
            return Fetched(
                _body(response),
                response.getheader("ETag", "")[:LONGEST_QUOTE],
                response.getheader("Last-Modified", "")[:LONGEST_QUOTE],
            )

    def _deadline(self) -> Deadline:
        return Deadline(self.elapsed() + self.whole_seconds, self.elapsed, self.closing)

    @contextmanager
    def _connected(self, parts: SplitResult, deadline: Deadline) -> Iterator[TimedSocket]:
        host, port = _host(parts), parts.port or PORTS[parts.scheme]
        found = deadline.within(partial(self.resolve, host, port))
        allowed = {each.casefold() for each in self.allowed_hosts}
        safe = safe_addresses(host, found, allowed=host.rstrip(".") in allowed)
        with _opened(safe[:MOST_ADDRESSES], port, deadline) as plain:
            if parts.scheme == "http":
                yield TimedSocket(plain, deadline)
                return
            plain.settimeout(deadline.left())
            with self.tls.wrap_socket(plain, server_hostname=host.rstrip(".")) as secure:
                yield TimedSocket(secure, deadline)


def _host(parts: SplitResult) -> str:
    """The host as the DNS writes it."""
    name = (parts.hostname or "").casefold()
    return name if name.isascii() else name.encode("idna").decode("ascii")


def _opened(addresses: Sequence[str], port: int, deadline: Deadline) -> socket.socket:
    """Connect to the first address that answers."""
    *others, last = addresses
    for address in others:
        try:
            return _connection(address, port, deadline)
        except OSError:
            continue
    return _connection(last, port, deadline)


def _connection(address: str, port: int, deadline: Deadline) -> socket.socket:
    return socket.create_connection((address, port), min(deadline.left(), CONNECT_SECONDS))


def _asked(connected: Any, parts: SplitResult, known: dict[str, str]) -> HTTPResponse:
    connection = HTTPConnection(_host(parts))
    connection.sock = connected
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
    host = f"[{_host(parts)}]" if ":" in _host(parts) else _host(parts)
    connection.putheader("Host", f"{host}:{parts.port}" if parts.port else host)
    for name, value in {**HEADERS, **known}.items():
        connection.putheader(name, value)
    connection.endheaders()
    return connection.getresponse()


def _refuse(response: HTTPResponse, url: str) -> None:
    """Refuse whatever is no whole calendar as it is."""
    if response.status in range(300, 400):
        location = urlsplit(urljoin(url, response.getheader("Location", "")))
        place = f"{location.scheme}://{location.hostname or ''}{location.path}"[:LONGEST_QUOTE]
        plain = "".join(each for each in place if each.isprintable())
        raise SourceError(f"Kalendern har flyttat till {plain}. Ändra adressen i planen.")
    if response.status != 200:
        raise SourceError(SAID.get(response.status, f"Servern svarar {response.status}."))
    encoding = response.getheader("Content-Encoding", "identity").strip().casefold()
    if encoding not in {"", "identity"}:
        raise SourceError("Servern skickar kalendern komprimerad, fast vi inte har bett om det.")


def _body(response: HTTPResponse) -> bytes:
    """Read to the end, but no more than a calendar may have, whatever length was promised."""
    if (response.length or 0) > LIMIT_BYTES:
        raise SourceError(f"Kalendern är större än {LIMIT_BYTES // 1_000_000} MB.")
    found = bytearray()
    while piece := response.read(PIECE_BYTES):
        found += piece
        if len(found) > LIMIT_BYTES:
            raise SourceError(f"Kalendern är större än {LIMIT_BYTES // 1_000_000} MB.")
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
