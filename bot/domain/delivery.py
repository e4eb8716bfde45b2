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


# It is not over: it waits, or somebody is at it.
WAITING = frozenset({DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.UNCERTAIN})


class Withdrawal(StrEnum):
    """Why a delivery is taken back without anybody asking for it, in words for an operator."""

    UNPLANNED = "tillfället finns inte längre i planen"
    UNDATED = "tillfället har inget datum längre"
    OVER = "tillfället har redan varit"
    ANSWERED = "besvarad"
    TAKEN_BACK = "besvarad, men svaret är återtaget"
    GATHERED = "står i ett samlat meddelande"
    OVERTAKEN = "gäller inte längre; något nyare har hänt"
    REPLACED = "ersatt av en nyare"
    UNTOLD = "ingen inbjudan har gått ut"


class Part(StrEnum):
    """What is delivered.

    A message, the calendar file under it, an answer told in its thread, word that it did not
    arrive; an invitation to a calendar; or one message with a list in the place of many, whose
    own rows are its items and not delivered by themselves.
    """

    MESSAGE = "message"
    LIST = "list"
    ITEM = "item"
    CALENDAR = "calendar"
    RETELLING = "retelling"
    INVITATION = "invitation"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Draft:
    """A delivery not yet in the ledger; unique by ``key``.

    ``due`` is an instant of the plan's clock; ``target`` names product and place, such as
    ``room:samverkan``. ``thread`` is the receipt of the message that a calendar file or an answer
    hangs under; of a notice it is the id of the delivery that did not arrive, of an item the key
    of its list, of an invitation what it says.
    A list speaks of no one occurrence: its own is empty.
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
class Node:
    """A process that delivers; ``name`` is unique to its run, ``kind`` its command."""

    name: str
    kind: str
    started: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the ledger. ``attempt`` fences: only the holder of the newest may record.

    ``lease_until`` and ``not_before`` are instants of the machine's clock, ``due`` and
    ``written`` of the plan's. ``holder`` names the node that claimed it last. ``uncertain``
    says that an earlier attempt may have arrived; ``attempted`` is when the first one began.
    ``posted`` is what the plan's clock showed when it was sent, ``shown`` the newest answer that
    the message shows, and ``wanted`` the newest that it should show. ``failures`` is how many
    attempts in a row had come to nothing at its target when it was claimed.
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
    holder: str = ""
    wanted: int = 0
    failures: int = 0


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

    ``target_wide`` holds back everything for that target, as a rate limit does. What is
    ``broken`` is so until somebody mends it.
    """

    reason: str
    after: timedelta | None = None
    target_wide: bool = False
    broken: bool = False


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

    ``thread`` is the receipt of the message that it hangs under; empty for what hangs under none.
    """

    key: str
    since: datetime
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Unsearchable:
    """The product cannot be asked; what is sent again is marked as a possible repeat."""


Outcome = Sent | Refused | TryAgain | Uncertain
Found = Sent | Absent | TryAgain | Unsearchable

SHORTEST_REST = timedelta(seconds=2)
LONGEST_REST = timedelta(minutes=10)
SEARCH_LAG = timedelta(seconds=5)
LAST_TRY = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Rest:
    """How long to wait after an attempt that came to nothing: with it, and with its target."""

    delivery: timedelta
    target: timedelta


def rest_after(outcome: TryAgain | Uncertain, delivery: Delivery, *, chance: float) -> Rest:
    """Return how long to rest; ``chance``, from 0 to 1, spreads those who wait for the same.

    A delivery rests by its own attempts, its target by what has failed there in a row, so that
    a target which is down is left in peace, and one bad message holds up no other. What the
    product asked for counts first. An unclear outcome waits at least until the product's own
    search can be expected to know the message.
    """
    if outcome.after:
        return Rest(outcome.after, outcome.after if outcome.target_wide else timedelta())
    target = back_off(delivery.failures + 1, chance=chance)
    own = max(target, back_off(delivery.attempt, chance=chance))
    lag = SEARCH_LAG if isinstance(outcome, Uncertain) else timedelta()
    return Rest(max(own, lag), target)


def back_off(number: int, *, chance: float) -> timedelta:
    """Return a rest that doubles with ``number``, from two seconds (1) up to ten minutes.

    ``chance``, from 0 to 1, shortens it by up to a half.
    """
    doubled = min(SHORTEST_REST * (1 << min(number - 1, 10)), LONGEST_REST)
    return doubled * (1 - chance / 2)
