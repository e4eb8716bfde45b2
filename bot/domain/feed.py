"""A feed: what a calendar shows of a plan, and the secret links that open it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# A calendar that a link has opened is emptied before the link is: clients keep what they have
# when they are told that there is nothing.
EMPTY_FOR = timedelta(days=30)


class FeedScope(StrEnum):
    """Which part of a plan a feed shows."""

    PLAN = "plan"
    PARTY = "party"
    ROLE = "role"
    AREA = "area"
    COMMITMENT = "commitment"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Feed:
    """What a calendar shows of ``plan``: all of it, or only what belongs to ``of``.

    That is a party's name, the id of a role, an area or a commitment, or somebody's e-mail
    address or Slack id; nothing for the whole plan. A ``discreet`` feed says what and when,
    and no more, so that it can be shared widely.
    """

    plan: str
    scope: FeedScope = FeedScope.PLAN
    of: str = ""
    discreet: bool = False


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A link that was handed out; ``ended`` is when it was revoked, or changed for another."""

    number: int
    feed: Feed
    created: datetime
    ended: datetime | None = None

    def gone(self, now: datetime) -> bool:
        """Whether it opens nothing any more at ``now``, not even an empty calendar."""
        return self.ended is not None and now - self.ended >= EMPTY_FOR


def feed_address(base: str, token: str) -> str:
    """Return where a link is, below the address of the pages."""
    return f"{base}/feeds/{token}.ics"


def webcal(address: str) -> str:
    """Return the same address for programs that subscribe to whatever opens as ``webcal``."""
    return f"webcal://{address.partition('://')[2]}"
