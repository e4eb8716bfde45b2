"""A transport that does as it is told; it passes the contract that the real ones pass."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from bot.domain.delivery import (
    Absent,
    Found,
    Outcome,
    Refused,
    Sent,
    Sought,
    TryAgain,
    Uncertain,
    Unsearchable,
)
from bot.domain.message import Enclosure, Message
from bot.storage.database import Database
from tests.transports.rig import Arrived, Rig, Trouble


@dataclass
class FakeTransport:
    """A product that takes every message, unless it was told otherwise; it forgets nothing.

    ``shown`` are the messages that it has, by their receipts; ``posted`` also those that it
    lost on the way: while it ``loses``, whatever is unclear. While ``silent`` it takes but
    cannot be asked; while ``down`` it does neither.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    posted: list[Message] = field(default_factory=list)
    shown: dict[str, Message] = field(default_factory=dict)
    enclosed: list[Enclosure] = field(default_factory=list)
    updated: list[Message] = field(default_factory=list)
    loses: bool = False
    silent: bool = False
    down: bool = False
    searchable: bool = True
    limit: TryAgain | None = None
    during_find: Callable[[], object] = lambda: None
    pace: timedelta = timedelta()
    encloses: bool = True
    retells: bool = False

    def post(self, message: Message, *, address: str) -> Outcome:
        receipt = f"ts{len(self.posted)}"
        outcome = self._outcome(receipt)
        if isinstance(outcome, Sent | Uncertain):
            self.posted.append(message)
            if not self.loses or isinstance(outcome, Sent):
                self.shown[receipt] = message
        return outcome

    def enclose(self, enclosure: Enclosure, *, address: str) -> Outcome:
        outcome = self._outcome(f"F{len(self.enclosed)}")
        if isinstance(outcome, Sent | Uncertain):
            self.enclosed.append(enclosure)
        return outcome

    def find(self, sought: Sought, *, address: str) -> Found:
        self.during_find()
        if self.limit:
            return self.limit
        if self.silent or self.down:
            return TryAgain("nobody answers")
        if not self.searchable:
            return Unsearchable()
        messages = ((key, each.key) for key, each in self.shown.items())
        files = ((f"F{n}", each.key) for n, each in enumerate(self.enclosed))
        known = messages if not sought.thread else (*messages, *files)
        return next((Sent(key) for key, has in known if has == sought.key), Absent())

    def update(self, message: Message, *, address: str, receipt: str) -> Outcome:
        self.updated.append(message)
        outcome = self._outcome(receipt)
        if isinstance(outcome, Sent):
            self.shown[receipt] = message
        return outcome

    def _outcome(self, receipt: str) -> Outcome:
        if self.outcomes:
            return self.outcomes.pop(0)
        return TryAgain("nobody answers") if self.down else Sent(receipt)


class FakeRig(Rig):
    """The fake that other tests use."""

    product = "fake"
    address = "C1"
    asks_for = timedelta(seconds=30)

    def __init__(self) -> None:
        self.transport = self.fake = FakeTransport()

    @classmethod
    @contextmanager
    def opened(cls, database: Database) -> Iterator[Self]:
        yield cls()

    def meet(self, trouble: Trouble) -> None:
        self.fake.loses = trouble is Trouble.LOSES_THE_MESSAGE
        self.fake.down = trouble is Trouble.DOWN
        outcomes: dict[Trouble, Outcome] = {
            Trouble.REFUSES: Refused("kanalen är stängd"),
            Trouble.BUSY: TryAgain("429", self.asks_for, target_wide=True),
            Trouble.LOSES_THE_ANSWER: Uncertain("reset"),
            Trouble.LOSES_THE_MESSAGE: Uncertain("reset"),
            Trouble.HANGS: Uncertain("timed out"),
        }
        self.fake.outcomes = [outcomes[trouble]] if trouble in outcomes else []

    @property
    def arrived(self) -> list[Arrived]:
        return [
            Arrived(each.title, each.text, each.key, receipt)
            for receipt, each in self.fake.shown.items()
        ]

    def mark(self, key: str) -> str:
        return key

    def liberties(self, message: Message) -> list[str]:
        return [f"{each}" for each in self.fake.shown.values() if each != message]
