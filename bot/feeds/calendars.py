"""Calendars: feeds behind secret links, and the invitation to a single occurrence."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.answer import Standing
from bot.domain.delivery import Draft
from bot.domain.errors import (
    PlanAwayError,
    UnknownFeedError,
    UnknownLinkError,
    UnknownOccurrenceError,
)
from bot.domain.feed import Feed, FeedLink, FeedScope
from bot.domain.invitation import parse_mark
from bot.domain.occurrence import Occurrence
from bot.domain.walltime import local_day
from bot.feeds.entries import Entry, ended
from bot.feeds.events import Told, event
from bot.feeds.invitations import Guest, Turn, invitation
from bot.feeds.memo import Memo
from bot.feeds.rendering import Rendered, Rendering, beginning, emptied
from bot.feeds.zone import STOCKHOLM, stockholm
from bot.services.editions import Edition, Editions
from bot.services.inviting import sequence_of
from bot.services.planning import Agenda
from bot.services.ports import AnswerLedger, Clock
from bot.services.selecting import Selecting

INVITATION_DOMAIN = "loftesbot"
TOKEN_BYTES = 24


class LinkStore(Protocol):
    """Where feed links are kept, by the hash of their tokens."""

    def add(self, token: str, feed: Feed, *, now: datetime) -> int:
        """Keep a new link to ``feed`` and return its number."""

    def find(self, token: str) -> FeedLink | None:
        """Return the link that ``token`` is the key of, also one that has ended."""

    def every(self) -> list[FeedLink]:
        """Return all links, the oldest first."""

    def rotate(self, number: int, token: str, *, now: datetime) -> FeedLink | None:
        """End a link and keep ``token`` for a new one to the same feed; return the one that ended.

        None, and nothing is changed, when none of that number serves.
        """

    def revoke(self, number: int, *, now: datetime) -> bool:
        """End a link; false when there is none of that number that still serves."""


@dataclass(frozen=True, slots=True)
class Calendars:
    """Hands out links and renders what they open; bytes are kept until something changes them.

    ``clock`` is the plan's. ``steady`` are seconds of a clock that is never set. Links that
    another process ends are heard of within a second.
    """

    agendas: Mapping[str, Agenda]
    editions: Mapping[str, Editions]
    answers: AnswerLedger
    links: LinkStore
    clock: Clock
    steady: Callable[[], float]
    selecting: Selecting = field(default_factory=Selecting)
    address: str = ""
    key: bytes = b""
    memo: Memo = field(init=False)
    rendering: Rendering = field(init=False)

    def __post_init__(self) -> None:
        rendering = Rendering(self.editions, self.selecting, self.address, self.key)
        object.__setattr__(self, "memo", Memo(self.steady))
        object.__setattr__(self, "rendering", rendering)

    def create(self, feed: Feed) -> str:
        """Return the secret token of a new link to ``feed``; it cannot be shown again.

        Raises ``UnknownFeedError`` for a feed of something that the plan has not.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.links.add(token, self.known(feed), now=self.clock())
        return token

    def known(self, feed: Feed) -> Feed:
        """Return ``feed`` with what it is of as links keep it, named by its id or its name.

        Raises ``UnknownFeedError`` for something that the plan has not.
        """
        return self.selecting.known(feed, self._agenda(feed.plan).plan)

    def in_force(self) -> list[FeedLink]:
        """Return the links that serve, the oldest first."""
        return [each for each in self.links.every() if each.ended is None]

    def described(self, feed: Feed) -> str:
        """Return in words what ``feed`` shows of its plan: ``Roll: Kommunpolis``."""
        agenda = self.agendas.get(feed.plan)
        return self.selecting.described(feed, agenda.plan if agenda else None)

    def choices(self, plan: str) -> dict[FeedScope, dict[str, str]]:
        """Return what a feed of ``plan`` can be of, in each scope: its name by its id."""
        return self.selecting.choices(self._agenda(plan).plan)

    def rotate(self, number: int) -> str:
        """Return the token of a new link in the place of an old one, which opens no more.

        Raises ``UnknownLinkError`` for a number of which no link serves.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        if self.links.rotate(number, token, now=self.clock()) is None:
            raise UnknownLinkError(number)
        self.memo.forget(number)
        return token

    def revoke(self, number: int) -> None:
        """End a link; raises ``UnknownLinkError`` for a number of which none serves."""
        if not self.links.revoke(number, now=self.clock()):
            raise UnknownLinkError(number)
        self.memo.forget(number)

    def at_hand(self, token: str) -> Rendered | None:
        """Return what ``token`` opened a moment ago; never waits for anything."""
        return self.memo.fresh(token)

    def feed(self, token: str) -> Rendered | None:
        """Return the feed that ``token`` opens; None for a token that was never given out.

        Where that cannot be found out, it is what it opened last, as long as that is known.
        Raises ``PlanAwayError`` for a link to a plan that this service has not.
        """
        try:
            link = self.links.find(token)
            found = self._opened(link) if link else None
        except Exception as error:  # a client that hears of a fault switches the calendar off
            if last := self.memo.last(token, error):
                return last
            raise
        if link and found and not found.gone:
            self.memo.put(token, link.number, found, serves=link.ended is None)
        return found

    def invitation(self, occurrence: str) -> bytes | None:
        """Return the .ics of one occurrence; None while it has no day that may be told."""
        agenda = self.agendas.get(occurrence.partition("/")[0])
        if agenda is None:
            raise UnknownOccurrenceError(occurrence)
        standing = self.answers.standing(occurrence)
        today = local_day(self.clock(), agenda.plan.zone)
        found = agenda.find(occurrence, standing).seen(today)
        return self.render(found, standing) if found.day and not found.veiled else None

    def render(self, occurrence: Occurrence, standing: Standing) -> bytes:
        """Return the .ics of a dated occurrence; one with a higher SEQUENCE replaces it."""
        plan = self.agendas[occurrence.plan].plan
        told = Told(plan, occurrence, standing, self._edition(occurrence))
        calendar = beginning("CANCEL" if told.cancelled else "PUBLISH")
        if plan.zone.key == STOCKHOLM:
            calendar.add_component(stockholm())
        found = event(told, uid=f"{occurrence.id}@{INVITATION_DOMAIN}")
        found.add("organizer", "mailto:loftesbot@invalid")
        calendar.add_component(found)
        return bytes(calendar.to_ical())

    def invite(self, draft: Draft, standing: Standing, guest: Guest) -> bytes:
        """Return the invitation that ``draft`` is; also the end of one that the plan dropped."""
        turn = Turn(sequence_of(draft.step), draft.due, parse_mark(draft.thread).ended)
        if gone := self.editions[draft.plan].dropped(draft.occurrence):
            return invitation(ended(gone, standing), guest, turn)
        agenda = self.agendas[draft.plan]
        planned = agenda.find(draft.occurrence)
        entry = Entry(planned, agenda.plan, self._edition(planned))
        today = local_day(self.clock(), agenda.plan.zone)
        return invitation(entry.told(standing, today, address=self.address), guest, turn)

    def _edition(self, occurrence: Occurrence) -> Edition:
        """Since which text it is so; for a moment there is a newer one that nobody has yet."""
        known = self.editions[occurrence.plan]
        return known.of.get(occurrence.id, known.newest)

    def _opened(self, link: FeedLink) -> Rendered:
        now = self.clock()
        if link.ended:
            return Rendered(b"", "", now, gone=True) if link.gone(now) else emptied(link.ended)
        agenda = self.agendas.get(link.feed.plan)
        if agenda is None:
            raise PlanAwayError(link.feed.plan)
        standings = self.answers.standings(link.feed.plan)
        return self.rendering.feed(link.feed, agenda, standings, now=now)

    def _agenda(self, plan: str) -> Agenda:
        if plan not in self.agendas:
            raise UnknownFeedError("Löftesbot", "planerna", plan, list(self.agendas))
        return self.agendas[plan]
