"""The products: what truly arrived at each, whatever the bot believes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.delivery import Absent, Found, Sent, Sought, Unsearchable
from bot.domain.message import Enclosure, Message
from tests.simulation.clock import NO_TIME, SECOND, Machine
from tests.simulation.ledger import WAITING, Row
from tests.simulation.world import Frame

# What the bot waits for an answer, and how long a search may not know what has arrived.
TIME_OUT = 8 * SECOND
LONGEST_CALL = 60 * SECOND
LONGEST_LAG = 4.5 * SECOND
LONGEST_WAIT = TIME_OUT + 3 * SECOND
# Whoever stands still for as long as this in the midst of a post may have lost the lease.
STALL = 25 * SECOND


class Sort(StrEnum):
    """What a product lets one do about a call of which no answer came."""

    SEARCHED = "slack"
    MARKED = "mail"
    KEYED = "room"


@dataclass(slots=True)
class Attempt:
    """One call that posts: by whom, for which attempt of a delivery, and what disturbed it.

    ``searched`` is when the bot last asked the product for the message.
    """

    key: str
    address: str
    process: str
    number: int
    frame: Frame
    machine: Machine
    searched: datetime | None = None
    began: datetime | None = None
    ended: datetime | None = None
    settings: int = 0
    stalled: timedelta = NO_TIME

    def begin(self, now: datetime) -> None:
        """Note that the call begins."""
        self.began, self.settings = now, self.frame.reads[-1].settings

    def end(self, now: datetime) -> None:
        """Note that nobody waits for an answer any more."""
        self.ended, self.stalled = now, self.frame.stalled
        if self.machine.settings != self.settings:
            self.stalled = STALL

    def disturbed(self, now: datetime) -> bool:
        """Whether process or clock stood still or leapt on the way, so that a lease may run out."""
        if self.ended is not None or self.began is None:
            return self.stalled >= STALL
        overdue = now - self.began - LONGEST_WAIT
        leapt = self.machine.settings != self.settings
        return leapt or self.frame.stalled + overdue >= STALL


@dataclass(slots=True)
class Copy:
    """A message, or a file, that arrived; ``late`` when nobody waited for its answer any more.

    ``crossed`` is the work whose change of it came after a change that began later.
    """

    attempt: Attempt
    content: Message | Enclosure
    receipt: str
    arrived: datetime
    visible: datetime
    late: bool = False
    deleted: bool = False
    changes: int = 0
    crossed: Frame | None = None

    @property
    def marked(self) -> bool:
        """Whether it says itself that it may be a repetition."""
        return isinstance(self.content, Message) and bool(self.content.repeat)


@dataclass(slots=True)
class Limit:
    """An address that takes no calls ``until`` then; ``known`` since its answer was recorded."""

    until: datetime
    frame: Frame
    settings: int
    known: datetime | None = None


@dataclass(slots=True)
class Product:
    """A chat product. ``arrived`` is called for each copy, before it is kept."""

    sort: Sort
    pace: timedelta
    encloses: bool
    arrived: Callable[["Product", Copy], None]
    copies: dict[str, list[Copy]] = field(default_factory=dict)
    by_receipt: dict[tuple[str, str], Copy] = field(default_factory=dict)
    flying: list[Attempt] = field(default_factory=list)
    limits: dict[str, Limit] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What targets begin with."""
        return self.sort.value

    def take(
        self, attempt: Attempt, content: Message | Enclosure, *, now: datetime, lag: timedelta
    ) -> Copy:
        """Let a message arrive; return the copy."""
        number = len(self.by_receipt) + 1
        late = attempt.ended is not None
        copy = Copy(attempt, content, f"{self.name}-{number}", now, now + lag, late)
        self.keep(copy)
        return copy

    def keep(self, copy: Copy) -> None:
        """Keep a copy that has arrived."""
        self.arrived(self, copy)
        self.copies.setdefault(copy.attempt.key, []).append(copy)
        self.by_receipt[copy.attempt.address, copy.receipt] = copy

    def find(self, sought: Sought, *, address: str, now: datetime) -> Found:
        """Search: what arrived a moment ago, or before ``since``, is not found."""
        if self.sort is Sort.MARKED:
            return Unsearchable()
        for copy in self.copies.get(sought.key, []):
            known = copy.visible <= now and copy.arrived >= sought.since and not copy.deleted
            if known and copy.attempt.address == address:
                return Sent(copy.receipt)
        return Absent()

    def change(self, message: Message, *, address: str, receipt: str) -> bool:
        """Show other words in a message; false when there is none of that receipt."""
        copy = self.by_receipt.get((address, receipt))
        if copy is None or copy.deleted:
            return False
        copy.content = message
        copy.changes += 1
        return True

    def crossing(self, frame: Frame, *, address: str, receipt: str, before: int) -> None:
        """Note whether others changed a message since ``frame`` knew ``before`` changes of it."""
        copy = self.by_receipt.get((address, receipt))
        if copy and copy.changes > before:
            copy.crossed = frame if copy.changes > before + 1 else None

    def changes(self, *, address: str, receipt: str) -> int:
        """Return how often a message was changed."""
        copy = self.by_receipt.get((address, receipt))
        return copy.changes if copy else 0

    def learn(self, frame: Frame, row: Row | None, now: datetime) -> None:
        """Note that whoever was asked for silence has written that down, if nothing hindered it."""
        recorded = not frame.hurt and (row is None or row.state in WAITING)
        for limit in self.limits.values():
            if limit.frame is frame and limit.known is None and recorded:
                limit.known = now
