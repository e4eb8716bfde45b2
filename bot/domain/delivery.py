"""Deliveries: one message of one reminder to one target, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a delivery stands; ``sent``, ``failed`` and ``withdrawn`` are the end."""

    PENDING = "pending"
    CLAIMED = "claimed"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Part(StrEnum):
    """What is delivered: the message, or the calendar file under it."""

    MESSAGE = "message"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Draft:
    """A delivery not yet in the ledger; unique by ``key``.

    ``due`` is an instant of the plan's clock; ``target`` names product and place, such as
    ``room:samverkan``. ``thread`` is the receipt of the message that a calendar file hangs under.
    """

    key: str
    plan: str
    occurrence: str
    step: str
    target: str
    due: datetime
    part: Part = Part.MESSAGE
    thread: str = ""

    @property
    def product(self) -> str:
        """The chat product's name, the first half of ``target``."""
        return self.target.partition(":")[0]

    @property
    def address(self) -> str:
        """The place in the product's own terms, the second half of ``target``."""
        return self.target.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the ledger. ``attempt`` fences: only the holder of the newest may record.

    ``lease_until`` and ``not_before`` are instants of the machine's clock, ``due`` and
    ``written`` of the plan's. ``uncertain`` says that an earlier attempt may have arrived;
    ``attempted`` is when the first one began. ``posted`` is what the plan's clock showed when
    it was sent, and ``shown`` the newest answer that the message shows.
    """

    id: int
    draft: Draft
    state: DeliveryState
    written: datetime
    not_before: datetime
    attempt: int = 0
    lease_until: datetime | None = None
    uncertain: bool = False
    attempted: datetime | None = None
    receipt: str = ""
    reason: str = ""
    posted: datetime | None = None
    shown: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """The product took it; ``receipt`` is the product's own id of the message."""

    receipt: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The product will never take it as it is."""

    reason: str


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The product did not take it, for certain; ``after`` is how long it asks us to wait.

    ``target_wide`` holds back everything for that target, as a rate limit does.
    """

    reason: str
    after: timedelta | None = None
    target_wide: bool = False


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Nobody knows whether the product took it; it must be looked up before it is sent again.

    ``after`` and ``target_wide`` say what the product asked for when it was looked up.
    """

    reason: str
    after: timedelta | None = None
    target_wide: bool = False


@dataclass(frozen=True, slots=True)
class Absent:
    """The product was asked, and it does not have the message."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look up: a key, posted at ``since`` (the machine's clock) or later.

    ``thread`` is the receipt of the message that a file hangs under; empty for a message.
    """

    key: str
    since: datetime
    thread: str = ""


Outcome = Sent | Refused | TryAgain | Uncertain
Found = Sent | Absent | TryAgain

LONGEST_WAIT = timedelta(minutes=10)
SEARCH_LAG = timedelta(seconds=5)


def wait_before_retry(outcome: TryAgain | Uncertain, attempt: int) -> timedelta:
    """Return how long to rest after the ``attempt``-th try, doubling up to ten minutes.

    What the product asked for counts first. An unclear outcome waits at least until the
    product's own search can be expected to know the message.
    """
    doubled = min(timedelta(seconds=2 ** min(attempt, 10)), LONGEST_WAIT)
    if outcome.after:
        return outcome.after
    return max(doubled, SEARCH_LAG) if isinstance(outcome, Uncertain) else doubled
