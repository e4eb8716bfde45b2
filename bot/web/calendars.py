"""What the pages need of the calendars; the feeds room stands behind it."""

from typing import Protocol

from bot.feeds.calendars import Rendered


class Calendars(Protocol):
    """Hands out feed links, and serves feeds and invitations."""

    def create(self, plan: str) -> str:
        """Make a new link for the feed of ``plan`` and return its secret token, this once."""

    def feed(self, token: str) -> Rendered | None:
        """Return the feed that ``token`` opens; nothing when no such link was ever made."""

    def invitation(self, occurrence: str) -> bytes | None:
        """Return the calendar file of ``occurrence``; nothing while it has no day.

        Raises ``UnknownOccurrenceError`` for an id that no occurrence bears.
        """
