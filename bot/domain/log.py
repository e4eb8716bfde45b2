"""The log: what was adopted, sent, answered and given up, each entry bound to the one before."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

# What the first entry of a plan is bound to.
BEGINNING = "0" * 64

Fact = str | int | None


class EntryKind(StrEnum):
    """What an entry tells of."""

    ADOPTED = "adopted"
    ANSWERED = "answered"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to ``plan`` at ``at`` (the plan's clock).

    ``subject`` is what it happened to: a plan's version, an occurrence, a delivery's key.
    """

    plan: str
    kind: EntryKind
    at: datetime
    subject: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry in its place: ``number`` counts from 1 in each plan, ``link`` is 64 hex digits."""

    number: int
    entry: Entry
    link: str


def link(number: int, entry: Entry, *, previous: str, key: bytes = b"") -> str:
    """Return what binds ``entry`` to the one whose link is ``previous``.

    HMAC-SHA-256 (RFC 2104) over the entry as JSON with sorted names; without a key whoever can
    write the database can also make a chain that holds together, with one they cannot.
    """
    told = {
        "number": number,
        "plan": entry.plan,
        "kind": entry.kind.value,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "subject": entry.subject,
        "facts": dict(entry.facts),
        "previous": previous,
    }
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def breaks(entries: Iterable[Logged], *, key: bytes = b"", head: str = "") -> list[str]:
    """Return where the chain of one plan does not hold, in words; nothing when it is whole.

    ``entries`` come in the order of their numbers. A tail that was cut shows only against
    ``head``, a link that was written down elsewhere: it must be among those found.
    """
    previous, expected, found = BEGINNING, 1, []
    links = set()
    for each in entries:
        if each.number != expected:
            found.append(f"post {expected} saknas; efter {expected - 1} kommer {each.number}")
        elif each.link != link(each.number, each.entry, previous=previous, key=key):
            found.append(f"post {each.number} är ändrad eller flyttad: {each.entry.subject}")
        previous, expected = each.link, each.number + 1
        links.add(each.link)
    if head and head not in links:
        found.append(f"sigillet {head[:12]}… finns inte i loggen; slutet kan vara avklippt")
    return found
