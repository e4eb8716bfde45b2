"""Rendering feeds: what has not changed since the last time is kept, down to each VEVENT."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from threading import Lock

from icalendar import Calendar, vText

from bot.domain.answer import Standing
from bot.domain.feed import Feed
from bot.domain.occurrence import Occurrence
from bot.domain.walltime import local_day
from bot.feeds.entries import Entry, entries
from bot.feeds.events import clean, event
from bot.feeds.zone import stockholm
from bot.services.editions import Editions
from bot.services.planning import NOTHING_SAID, Agenda, Standings
from bot.services.selecting import Selecting

PRODUCT = "-//Loftesbot//Loftesbot//SV"
FEED_DOMAIN = "feed.loftesbot"
REFRESH = timedelta(hours=1)
ENDED = "Avslutad kalenderlänk"
TAIL = b"END:VCALENDAR\r\n"
SECOND = timedelta(seconds=1)

Name = tuple[str, bool, int]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Rendered:
    """A feed's bytes with their validators; ``gone`` when its link has long been revoked."""

    body: bytes
    etag: str
    changed: datetime
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """An entry as bytes; they are the same as long as nothing is said, and up to ``holds_until``.

    ``shown`` is its occurrence as the answers left it; calendars have it up to ``shown_until``.
    """

    uid: str
    entry: Entry
    standing: Standing
    shown: Occurrence
    holds_until: date
    shown_until: date
    changed: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A feed as it was rendered last, and what from."""

    agenda: Agenda
    standings: Standings
    today: date
    invited: frozenset[str]
    entries: tuple[Entry, ...]
    rendered: Rendered


@dataclass(frozen=True, slots=True)
class Rendering:
    """Renders feeds. ``address`` is where their readers find the pages.

    ``key`` hides the ids of what is sensitive, since they say where and in which week it is.
    """

    editions: Mapping[str, Editions]
    selecting: Selecting
    address: str = ""
    key: bytes = b""
    pieces: dict[Name, Piece] = field(default_factory=dict)
    kept: dict[Feed, Kept] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def feed(self, feed: Feed, agenda: Agenda, standings: Standings, *, now: datetime) -> Rendered:
        """Return ``feed`` as it is at ``now``; the very same object while nothing has changed."""
        today, invited = local_day(now, agenda.plan.zone), self.selecting.invited_to(feed)
        with self.lock:
            known = self.kept.get(feed)
            if known and known.agenda is not agenda:
                known = None
            same = known and known.standings is standings and known.invited == invited
            if known and same and known.today == today:
                return known.rendered
            every = known.entries if known else self._entries(feed, agenda)
            by_feed = [each for each in every if each.occurrence.id not in invited]
            pieces = self._pieces(feed, by_feed, standings, today)
            since = self.editions[agenda.plan.id].newest.since
            rendered = _whole(self.selecting.title(feed, agenda.plan), pieces, since)
            before = self.kept.get(feed)
            rendered = _after(before.rendered if before else None, rendered, now)
            self.kept[feed] = Kept(agenda, standings, today, invited, every, rendered)
            return rendered

    def _entries(self, feed: Feed, agenda: Agenda) -> tuple[Entry, ...]:
        return entries(feed, agenda, self.editions[agenda.plan.id], self.selecting)

    def _pieces(
        self, feed: Feed, entries: Sequence[Entry], standings: Standings, today: date
    ) -> list[Piece]:
        found = list[Piece]()
        for entry in entries:
            standing = standings.get(entry.occurrence.id, NOTHING_SAID)
            key = _name(entry, discreet=feed.discreet)
            piece = self.pieces.get(key)
            if not piece or not _holds(piece, entry, standing, today):
                piece = self._piece(entry, standing, today, discreet=feed.discreet)
                self.pieces[key] = piece
            elif piece.entry.plan is not entry.plan:
                # From now on it is compared with what is so now, which is the same object.
                self.pieces[key] = replace(piece, entry=entry)
            if today <= piece.shown_until and self.selecting.shows(feed, piece.shown):
                found.append(piece)
        # The plan's order is by area, which nobody may know of what is veiled.
        return sorted(found, key=lambda each: each.uid)

    def _piece(self, entry: Entry, standing: Standing, today: date, *, discreet: bool) -> Piece:
        told = entry.told(standing, today, address=self.address, discreet=discreet)
        shown, uid = told.occurrence, self._uid(told.occurrence)
        holds = shown.veiled_until if shown.veiled else date.max
        shows = entry.left.last_day if entry.left and told.ended else date.max
        body = event(told, uid=uid).to_ical()
        return Piece(uid, entry, standing, shown, holds, shows, told.changed, body)

    def _uid(self, occurrence: Occurrence) -> str:
        """A name that never changes, also when what is sensitive is over."""
        name = occurrence.id
        if occurrence.commitment.sensitive:
            name = hmac.new(self.key, name.encode(), hashlib.sha256).hexdigest()[:32]
        return f"{name}@{FEED_DOMAIN}"


def emptied(since: datetime) -> Rendered:
    """Return what a link opens that has ended: an empty calendar, so that clients empty theirs."""
    return _whole(ENDED, (), since)


def beginning(method: str = "") -> Calendar:
    """Return a calendar that has nothing yet but what every calendar says first."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    return calendar


def _name(entry: Entry, *, discreet: bool) -> Name:
    """What its bytes are kept by; one that was left is another than the one that is in force."""
    return entry.occurrence.id, discreet, entry.left.edition.number if entry.left else 0


def _holds(piece: Piece, entry: Entry, standing: Standing, today: date) -> bool:
    """Whether the bytes are still those of the entry."""
    same = piece.standing is standing and today <= piece.holds_until
    return same and (piece.entry is entry or piece.entry.says_the_same(entry))


def _whole(title: str, pieces: Sequence[Piece], since: datetime) -> Rendered:
    """A calendar of ``pieces``; without any it has its zone, since it must have something."""
    calendar, name = beginning(), vText(clean(title))
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vText("PT1H"))
    calendar.add_component(stockholm())
    head = calendar.to_ical().removesuffix(TAIL)
    body = b"".join((head, *(each.body for each in pieces), TAIL))
    changed = max([each.changed for each in pieces], default=since)
    changed = max(changed, since).astimezone(UTC).replace(microsecond=0)
    return Rendered(body, hashlib.sha256(body).hexdigest()[:32], changed)


def _after(before: Rendered | None, new: Rendered, now: datetime) -> Rendered:
    """The new bytes with a later time than those before, also where only something left.

    What was served before this process began is not known: it may have been something else.
    """
    if before and new.body == before.body:
        return before
    if before and new.changed > before.changed:
        return new
    second = now.astimezone(UTC).replace(microsecond=0)
    return replace(new, changed=max(second, before.changed + SECOND if before else new.changed))
