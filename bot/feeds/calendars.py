"""Calendars: a plan's team feed, and the invitation to a single occurrence."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from icalendar import Calendar, vText

from bot.domain.answer import Standing
from bot.domain.errors import UnknownOccurrenceError
from bot.domain.occurrence import Occurrence
from bot.feeds.events import Told, clean, event
from bot.feeds.zone import STOCKHOLM, stockholm
from bot.services.planning import NOTHING_SAID, Agenda, applied
from bot.services.ports import AnswerLedger, Clock

PRODUCT = "-//Loftesbot//Loftesbot//SV"
FEED_DOMAIN = "feed.loftesbot"
INVITATION_DOMAIN = "loftesbot"
REFRESH = timedelta(hours=1)
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Rendered:
    """A feed's bytes with their validators; ``gone`` when its link was revoked."""

    body: bytes
    etag: str
    changed: datetime
    gone: bool = False


class LinkStore(Protocol):
    """Where feed links are kept, by the hash of their tokens."""

    def add(self, token: str, *, plan: str, now: datetime) -> int:
        """Keep a new link and return its number."""

    def plan_of(self, token: str) -> tuple[str, bool] | None:
        """Return the plan that ``token`` opens and whether it is revoked; None when unknown."""


@dataclass(frozen=True, slots=True)
class Version:
    """Which text of a plan is in force (1 is the first), and since when."""

    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Calendars:
    """Renders calendars; a feed's bytes are kept until an answer or a new plan changes them."""

    agendas: Mapping[str, Agenda]
    versions: Mapping[str, Version]
    answers: AnswerLedger
    links: LinkStore
    clock: Clock
    kept: dict[str, tuple[int, int, Rendered]] = field(default_factory=dict)

    def create(self, plan: str) -> str:
        """Return the secret token of a new link to ``plan``'s feed; it cannot be shown again."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.links.add(token, plan=plan, now=self.clock())
        return token

    def feed(self, token: str) -> Rendered | None:
        """Return the feed that ``token`` opens; None for a token that was never given out."""
        known = self.links.plan_of(token)
        if known is None:
            return None
        plan, revoked = known
        if revoked:
            return Rendered(b"", "", self.clock(), gone=True)
        return self._feed(self.agendas[plan]) if plan in self.agendas else None

    def invitation(self, occurrence: str) -> bytes | None:
        """Return the .ics of one occurrence; None while it has no day."""
        agenda = self.agendas.get(occurrence.partition("/")[0])
        if agenda is None:
            raise UnknownOccurrenceError(occurrence)
        standing = self.answers.standing(occurrence)
        found = agenda.find(occurrence, standing)
        return self.render(found, standing) if found.day else None

    def render(self, occurrence: Occurrence, standing: Standing) -> bytes:
        """Return the .ics of a dated occurrence; one with a higher SEQUENCE replaces it."""
        told = self._told(self.agendas[occurrence.plan], occurrence, standing)
        calendar = _calendar("CANCEL" if told.cancelled else "PUBLISH")
        _add_zone(calendar, told.plan.zone.key)
        found = event(told, uid_domain=INVITATION_DOMAIN)
        found.add("organizer", "mailto:loftesbot@invalid")
        calendar.add_component(found)
        return bytes(calendar.to_ical())

    def _feed(self, agenda: Agenda) -> Rendered:
        standings = self.answers.standings(agenda.plan.id)
        said = sum(len(each.answers) for each in standings.values())
        version = self.versions[agenda.plan.id].number
        kept = self.kept.get(agenda.plan.id)
        if kept and kept[:2] == (version, said):
            return kept[2]
        told = [
            self._told(
                agenda,
                applied(each, standings.get(name, NOTHING_SAID)),
                standings.get(name, NOTHING_SAID),
            )
            for name, each in agenda.by_id.items()
        ]
        rendered = _rendered(agenda, told)
        self.kept[agenda.plan.id] = (version, said, rendered)
        return rendered

    def _told(self, agenda: Agenda, occurrence: Occurrence, standing: Standing) -> Told:
        version = self.versions[agenda.plan.id]
        return Told(agenda.plan, occurrence, standing, version.since, version.number)


def _rendered(agenda: Agenda, told: list[Told]) -> Rendered:
    calendar = _calendar(None)
    title = vText(clean(agenda.plan.title))
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vText("PT1H"))
    _add_zone(calendar, agenda.plan.zone.key)
    for each in told:
        calendar.add_component(event(each, uid_domain=FEED_DOMAIN))
    body = bytes(calendar.to_ical())
    changed = max(each.changed for each in told)
    return Rendered(body, hashlib.sha256(body).hexdigest()[:32], changed)


def _calendar(method: str | None) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    return calendar


def _add_zone(calendar: Calendar, zone: str) -> None:
    if zone == STOCKHOLM:
        calendar.add_component(stockholm())
