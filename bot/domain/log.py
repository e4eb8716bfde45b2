"""The log: what was adopted and what was answered, each entry bound to the one before."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum

# What the first entry of a plan is bound to.
BEGINNING = "0" * 64


class EntryKind(StrEnum):
    """What an entry tells of."""

    ADOPTED = "adopted"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to ``plan`` at ``at`` (the plan's clock).

    ``subject`` is the number of the version that was adopted, or of the answer that was given;
    ``digest`` is of all that it says.
    """

    plan: str
    kind: EntryKind
    at: datetime
    subject: int
    digest: str


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry in its place: ``number`` counts from 1 in each plan, ``link`` is 64 hex digits."""

    number: int
    entry: Entry
    link: str


def digest(values: Mapping[str, object]) -> str:
    """Return the SHA-256 of ``values`` as JSON with sorted names, in hex."""
    return hashlib.sha256(_canonical(values)).hexdigest()


def link(number: int, entry: Entry, *, previous: str, key: bytes = b"") -> str:
    """Return what binds ``entry`` to the one whose link is ``previous``.

    HMAC-SHA-256 (RFC 2104). Without a key whoever can write the database can also make a chain
    that holds together; with a key that is kept elsewhere they cannot.
    """
    told = {
        "number": number,
        "plan": entry.plan,
        "kind": entry.kind.value,
        "at": entry.at,
        "subject": entry.subject,
        "digest": entry.digest,
        "previous": previous,
    }
    return hmac.new(key, _canonical(told), hashlib.sha256).hexdigest()


def breaks(entries: Iterable[Logged], *, key: bytes = b"", head: str = "") -> list[str]:
    """Return where the chain of one plan does not hold, in words; nothing when it is whole.

    ``entries`` come in the order of their numbers. A tail that was cut shows only against
    ``head``, a link that was written down elsewhere: it must be among those found.
    """
    previous, expected, found, links = BEGINNING, 1, list[str](), set[str]()
    for each in entries:
        if each.number != expected:
            found.append(f"post {expected} saknas; efter post {expected - 1} kommer {each.number}")
        elif each.link != link(each.number, each.entry, previous=previous, key=key):
            found.append(f"post {each.number} är ändrad eller flyttad, eller nyckeln är en annan")
        previous, expected = each.link, each.number + 1
        links.add(each.link)
    if head and head not in links:
        found.append(f"sigillet {head[:12]}… finns inte i loggen; slutet kan vara avklippt")
    return found


def _canonical(values: Mapping[str, object]) -> bytes:
    text = json.dumps(
        values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain
    )
    return text.encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"cannot be digested: {value!r}")
