"""What the services need from outside, as ports; adapters implement them, ``app`` wires them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.answer import Answer, Standing
from bot.domain.delivery import Delivery, Draft, Found, Outcome, Sought
from bot.domain.message import Enclosure, Message, Posted

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with an answer: store ``store``, or let ``repeated`` stand as the same one."""

    store: Answer | None = None
    repeated: Answer | None = None
    ends_reminders: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer that stands, and whether it was stored just now."""

    answer: Answer
    fresh: bool


class AnswerLedger(Protocol):
    """Where answers are kept, append-only."""

    def standings(self, plan: str) -> Mapping[str, Standing]:
        """Return what has been said of each occurrence of ``plan`` that anything was said of."""

    def standing(self, occurrence: str) -> Standing:
        """Return what has been said of one occurrence."""

    def decide(
        self, occurrence: str, source: str, choose: Callable[[Standing], Decision]
    ) -> Recorded:
        """Let ``choose`` decide in the transaction that stores its answer; return what stands.

        An answer from the same ``source`` as an earlier one is the earlier one; ``choose`` is
        not asked. Where the decision ends reminders, whatever is pending is withdrawn with it.
        """


class DeliveryLedger(Protocol):
    """Where deliveries are kept; every method is one transaction."""

    def write(self, drafts: Sequence[Draft], *, written: datetime, now: datetime) -> int:
        """Add the drafts whose keys are new, and say how many; older pending steps give way."""

    def claim(
        self, *, now: datetime, lease: timedelta, pace: Mapping[str, timedelta]
    ) -> list[Delivery]:
        """Take the oldest ripe delivery of each target that is free, and hold it for ``lease``.

        ``pace`` is the least time between two posts to one target, by product; the target's
        next turn is reserved here, before anything is sent.
        """

    def settle(
        self, delivery: Delivery, outcome: Outcome, *, now: datetime, then: Sequence[Draft]
    ) -> bool:
        """Record what became of the attempt, and add ``then`` if it was sent.

        False, and nothing is changed, when a newer attempt has taken over.
        """

    def withdraw(self, delivery: Delivery, reason: str, *, now: datetime) -> bool:
        """Take the delivery back before it was sent; false when a newer attempt has taken over."""

    def stale(self, *, now: datetime, pace: Mapping[str, timedelta]) -> list[tuple[Delivery, int]]:
        """Return of each free target the oldest sent message that lacks the newest answer.

        The answer's id comes with it, and the target's next turn is reserved.
        """

    def show(self, delivery: Delivery, answer: int) -> None:
        """Record that the message shows ``answer``."""

    def hold(self, delivery: Delivery, until: datetime, *, target_wide: bool = False) -> None:
        """Let a sent message rest until ``until`` before it is shown anew, or all its target."""


class Transport(Protocol):
    """Posts to one chat product; ``address`` is the place in the product's own terms.

    No method raises for what the product or the network does: that is its outcome.
    """

    @property
    def pace(self) -> timedelta:
        """The least time between two posts to one address."""

    @property
    def encloses(self) -> bool:
        """Whether calendar files are posted under messages; otherwise a link in them serves."""

    def post(self, message: Message, *, address: str) -> Outcome:
        """Post ``message``; its key goes along, so that ``find`` can find it."""

    def enclose(self, enclosure: Enclosure, *, address: str) -> Outcome:
        """Post a file under a message."""

    def find(self, sought: Sought, *, address: str) -> Found:
        """Look up whether a message or file with that key was taken."""

    def update(self, message: Message, *, address: str, receipt: str) -> Outcome:
        """Show ``message`` in the place of the one with that receipt; harmless when repeated."""


class Carrier(Protocol):
    """Takes claimed deliveries to whatever delivers them."""

    def submit(self, deliveries: Sequence[Delivery]) -> None:
        """See to it that each is delivered; returns at once."""


class Receipts(Protocol):
    """Tells whose message a receipt is."""

    def occurrence_at(self, target: str, receipt: str) -> str | None:
        """Return the occurrence whose message ``target`` took under ``receipt``, if any."""


class RoomStore(Protocol):
    """Where the room's messages are kept."""

    def put(self, message: Message, *, address: str, posted: datetime) -> int:
        """Keep a message and return its id; the same key again is the same message."""

    def replace(self, message_id: int, message: Message) -> bool:
        """Show other words under an id; false when there is no such message."""

    def newest(self, *, limit: int, before: int | None = None) -> Sequence[Posted]:
        """Return the newest messages, the oldest of them first; only ids below ``before``."""

    def after(self, version: int, *, limit: int) -> Sequence[Posted]:
        """Return what is new or changed since ``version``, in the order of the versions."""
