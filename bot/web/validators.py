"""Whether a client has already what it asks for, and how it may be sent (RFC 9110)."""

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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

    rendered: Rendered
    plain: Form = field(init=False)
    packed: Form | None = None

    def __post_init__(self) -> None:
        self.plain = _form(self.rendered, self.rendered.body, "")

    def chosen(self, headers: Mapping[bytes, bytes]) -> Form:
        """Return the form that the client asks for: packed only where it says so."""
        accepted = headers.get(b"accept-encoding")
        if not accepted or not takes_gzip(accepted.decode("latin-1")):
            return self.plain
        if self.packed is None:
            body = gzip.compress(self.rendered.body, LEVEL, mtime=0)
            self.packed = _form(self.rendered, body, "gzip")
        return self.packed


def takes_gzip(accepted: str) -> bool:
    """Whether ``Accept-Encoding`` names gzip, with a quality above nothing."""
    for each in accepted.lower().split(","):
        name, _, quality = each.partition(";")
        if name.strip() in {"gzip", "x-gzip"}:
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _form(rendered: Rendered, body: bytes, packing: str) -> Form:
    tag = f'"{rendered.etag}{"-" * bool(packing)}{packing}"'
    changed = rendered.changed.astimezone(UTC).replace(microsecond=0)
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
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
