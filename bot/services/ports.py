"""What the services need from outside, as ports; adapters implement them, ``app`` wires them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.domain.answer import Answer, Standing
from bot.domain.delivery import Delivery, DeliveryState, Draft, Found, Node, Outcome, Rest, Sought
from bot.domain.message import Enclosure, Message
from bot.services.gathering import Gathered

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


@dataclass(frozen=True, slots=True)
class Claim:
    """A wish for work: at most ``limit`` deliveries, held for ``lease`` by the node ``holder``.

    ``pace`` is the least time between two posts to one target, by product.
    """

    now: datetime
    lease: timedelta
    pace: Mapping[str, timedelta]
    limit: int
    holder: str


Gather = Callable[[Sequence[Draft]], Sequence[Gathered]]
Enlist = Callable[[object, Sequence[Delivery]], None]


class DeliveryLedger(Protocol):
    """Where deliveries are kept; every method is one transaction.

    Of each target at most one delivery is claimed at a time, the oldest first. Only the
    attempt that is the row's newest may record, so a method that takes a ``Delivery`` and
    returns False has changed nothing: another attempt has taken over.
    """

    def write(
        self,
        drafts: Sequence[Draft],
        *,
        written: datetime,
        now: datetime,
        gather: Gather | None = None,
    ) -> int:
        """Add the drafts whose keys are new, and say how many; older pending steps give way.

        What ``gather`` makes of those that are new is added in the place of its items.
        """

    def items(self, key: str) -> list[Draft]:
        """Return the items of the list with that key, in the order in which they were written."""

    def claim(self, request: Claim, enlist: Enlist) -> list[Delivery]:
        """Take the oldest ripe delivery of each free target; who rested longest comes first.

        The target's next turn is reserved here, before anything is sent. ``enlist`` is called
        within the transaction, with its connection, where anything was claimed; when it
        raises, nothing was claimed.
        """

    def take_up(self, attempts: Sequence[tuple[int, int]], *, holder: str) -> None:
        """Let the node ``holder`` hold what ``attempts``, each an id and its attempt, still hold.

        Whoever claimed them may die from now on, and whoever delivers them is waited for.
        """

    def give_back(self, deliveries: Sequence[Delivery], *, now: datetime) -> None:
        """Let claimed deliveries that were not begun wait again, for whoever comes first."""

    def claimed(self, delivery_id: int, attempt: int) -> Delivery | None:
        """Return the delivery while that attempt holds it; None when it no longer does."""

    def holds(self, delivery: Delivery) -> bool:
        """Whether that attempt still holds the delivery; asked right before posting."""

    def settle(
        self,
        delivery: Delivery,
        outcome: Outcome,
        *,
        now: datetime,
        rest: Rest,
        then: Sequence[Draft],
    ) -> bool:
        """Record what became of the attempt, and add ``then`` if it was sent.

        What is to be tried again, or is unclear, rests, and so does its target.
        """

    def give_up(
        self, delivery: Delivery, reason: str, *, now: datetime, then: Sequence[Draft]
    ) -> bool:
        """Record that the last try has failed, and add ``then``.

        Where ``delivery.uncertain`` it may have arrived all the same, and that is kept.
        """

    def withdraw(self, delivery: Delivery, reason: str, *, now: datetime) -> bool:
        """Take the delivery back before it was sent."""

    def stale(self, *, now: datetime, pace: Mapping[str, timedelta]) -> list[tuple[Delivery, int]]:
        """Return of each free target the oldest sent message that lacks the newest answer.

        The answer's id comes with it, and the target's next turn is reserved.
        """

    def show(
        self, delivery: Delivery, answer: int, *, now: datetime, then: Sequence[Draft] = ()
    ) -> None:
        """Record that the message shows ``answer``, and add ``then``."""

    def is_newest(self, delivery: Delivery) -> bool:
        """Whether no later message about the same occurrence was taken by its target."""

    def hold(self, delivery: Delivery, until: datetime, *, target_wide: bool = False) -> None:
        """Let a sent message rest until ``until`` before it is shown anew, or all its target."""

    def soonest(self, *, now: datetime, within: timedelta) -> datetime | None:
        """Return the first instant after ``now`` at which a claim may find anything.

        None when there is none up to ``now + within``. A claim may find less than was hoped
        for then, but never does anything become ripe before.
        """

    def release(self, *, now: datetime) -> int:
        """Free what a process that is no more had claimed; only where one process runs at all.

        Rests that lie far ahead are cut short, since the clock may have been set back.
        """

    def beat(self, node: Node, *, now: datetime) -> None:
        """Tell that ``node`` is alive."""

    def free_dead(self, *, now: datetime, silent_for: timedelta, rest: timedelta) -> int:
        """Free what is held by nodes that have been silent for ``silent_for``, or are unknown.

        Each rests for ``rest``, so that a node which was merely cut off can finish its post
        before anybody looks it up.
        """

    def leave(self, name: str) -> None:
        """Forget the node of that name, which ends in good order."""

    def find(self, delivery_id: int) -> Delivery | None:
        """Return the delivery of that id."""

    def listed(self, states: Sequence[DeliveryState], *, limit: int) -> list[Delivery]:
        """Return the newest deliveries in any of ``states``, the oldest of them first."""

    def retry(self, delivery_id: int, *, now: datetime) -> bool:
        """Let a delivery that failed, is unclear or rests go out at once, and its target too.

        False when it is claimed, sent, withdrawn or unknown.
        """

    def take_back(self, delivery_id: int, reason: str, *, now: datetime) -> bool:
        """Withdraw a delivery that waits, is unclear or failed; false for any other."""


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

    @property
    def retells(self) -> bool:
        """Whether answers are told in threads; elsewhere the message itself has room for them."""

    def post(self, message: Message, *, address: str) -> Outcome:
        """Post ``message``; its key goes along, so that ``find`` can find it.

        Only one that ``retells`` is given any with a ``thread``.
        """

    def enclose(self, enclosure: Enclosure, *, address: str) -> Outcome:
        """Post a file under a message."""

    def find(self, sought: Sought, *, address: str) -> Found:
        """Look up whether a message or file with that key was taken."""

    def update(self, message: Message, *, address: str, receipt: str) -> Outcome:
        """Show ``message`` in the place of the one with that receipt; harmless when repeated."""


class Carrier(Protocol):
    """Takes claimed deliveries to whatever delivers them."""

    @property
    def free(self) -> int:
        """How many more it can take now."""

    def enlist(self, connection: object, deliveries: Sequence[Delivery]) -> None:
        """Take note of them in the transaction that claims them, and that ``connection`` is in.

        What is raised here undoes the claim.
        """

    def submit(self, deliveries: Sequence[Delivery]) -> None:
        """See to it that each is delivered, now that the claim is kept; returns at once."""

    def start(self) -> None:
        """Begin to deliver."""

    def stop(self) -> None:
        """Finish what has begun; what has not begun stays in the ledger."""


class Receipts(Protocol):
    """Tells whose message a receipt is."""

    def occurrence_at(self, target: str, receipt: str) -> str | None:
        """Return the occurrence whose message ``target`` took under ``receipt``, if any."""

    def sent_since(
        self, product: str, since: datetime, *, limit: int
    ) -> Sequence[tuple[str, str, str]]:
        """Return the newest messages that ``product`` took after ``since``, the newest first.

        Each is the address, its receipt there and the occurrence that it speaks of.
        """


class Inbox(Protocol):
    """Where what a chat product delivers is kept until it has been taken."""

    def keep(self, source: str, body: Mapping[str, Any], *, now: datetime) -> bool:
        """Keep what came from ``source``; false when that has been taken before."""

    def take(self, source: str, *, now: datetime) -> None:
        """Note that it was taken; what it said is kept no longer."""

    def waiting(self, *, before: datetime, limit: int) -> list[Mapping[str, Any]]:
        """Return what came before ``before`` and was not taken, the oldest first."""

    def forget(self, *, before: datetime) -> int:
        """Let go of all that came before ``before``; return how much of it was never taken."""
