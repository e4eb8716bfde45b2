"""Whether a client has already what it asks for, and how it may be sent (RFC 9110)."""

import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from bot.feeds.rendering import Rendered

Headers = list[tuple[bytes, bytes]]
CALENDAR = b"text/calendar; charset=utf-8"
LEVEL = 6


@dataclass(frozen=True, slots=True)
class Form:
    """A body as it is sent, with the headers of a whole answer and of one that says "unchanged"."""

    body: bytes
    tag: str
    changed: datetime
    whole: Headers
    unchanged: Headers

    def held(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether the client holds it; what it says of the tag goes before the time."""
        if tags := headers.get(b"if-none-match"):
            held = [each.strip().removeprefix("W/") for each in tags.decode("latin-1").split(",")]
            return "*" in held or self.tag in held
        since = _instant(headers.get(b"if-modified-since", b"").decode("latin-1"))
        return since is not None and self.changed <= since


@dataclass(slots=True)
class Forms:
    """A feed in both of its forms; it is packed when somebody first asks for that."""

    etag: str
    plain: Form
    packed: Form | None = None

    def chosen(self, headers: Mapping[bytes, bytes]) -> Form:
        """Return the form that the client asks for: packed only where it says so."""
        accepted = headers.get(b"accept-encoding")
        if not accepted or not takes_gzip(accepted.decode("latin-1")):
            return self.plain
        if self.packed is None:
            body = gzip.compress(self.plain.body, LEVEL, mtime=0)
            self.packed = _form(body, f"{self.etag}-gzip", self.plain.changed, "gzip")
        return self.packed


def forms(rendered: Rendered) -> Forms:
    """Return the forms of a feed; they hold on to its bytes, and not to ``rendered`` itself."""
    changed = rendered.changed.astimezone(UTC).replace(microsecond=0)
    return Forms(rendered.etag, _form(rendered.body, rendered.etag, changed))


def takes_gzip(accepted: str) -> bool:
    """Whether ``Accept-Encoding`` names gzip, each time with a weight above nothing."""
    weights = [
        _weight(parameters)
        for name, *parameters in (each.split(";") for each in accepted.lower().split(","))
        if name.strip() in {"gzip", "x-gzip"}
    ]
    return bool(weights) and all(weights)


def _weight(parameters: Sequence[str]) -> float:
    """The weight among ``parameters``, 1 without any (RFC 9110, section 12.4.2)."""
    weights = (
        value for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "q"
    )
    try:
        return float(next(weights, "1"))
    except ValueError:
        return 0.0


def _form(body: bytes, etag: str, changed: datetime, packing: str = "") -> Form:
    tag = f'"{etag}"'
    unchanged = [
        (b"etag", tag.encode()),
        (b"last-modified", format_datetime(changed, usegmt=True).encode()),
        (b"cache-control", b"private, no-cache"),
        (b"vary", b"Accept-Encoding"),
    ]
    whole = [
        (b"content-type", CALENDAR),
        (b"content-length", str(len(body)).encode()),
        *unchanged,
        *([(b"content-encoding", packing.encode())] if packing else []),
    ]
    return Form(body, tag, changed, whole, unchanged)


def named(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return the headers by name; one that comes twice is a list in one."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        found[name] = found[name] + b", " + value if name in found else value
    return found


def _instant(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
