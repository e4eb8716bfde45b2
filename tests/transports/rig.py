"""What a contract test needs to know of a product, whichever it is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Self

from bot.domain.message import Message
from bot.services.ports import Transport
from bot.storage.database import Database


class Trouble(StrEnum):
    """What a product can do to a message instead of taking it."""

    REFUSES = "refuses it for good"
    BUSY = "is busy"
    LOSES_THE_ANSWER = "takes it, and the answer is lost"
    LOSES_THE_MESSAGE = "loses it on the way"
    HANGS = "says nothing"
    DOWN = "is not there"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as the product's people have it before them; ``mark`` is what bears its key."""

    title: str
    text: str
    mark: str
    receipt: str


class Rig(ABC):
    """One transport and the product behind it.

    ``never`` says which troubles the product cannot make, and why. ``searchable`` is whether it
    can be asked for a message. ``changes`` is whether a message can be changed once it is there.
    ``asks_for`` is how long it lets us wait when it is busy, where it says so.
    """

    product: ClassVar[str]
    address: ClassVar[str]
    never: ClassVar[Mapping[Trouble, str]] = {}
    searchable: ClassVar[bool] = True
    changes: ClassVar[bool] = True
    asks_for: ClassVar[timedelta | None] = None

    transport: Transport

    @classmethod
    @abstractmethod
    def opened(cls, database: Database) -> AbstractContextManager[Self]:
        """Start the product; it ends with the context."""

    @abstractmethod
    def meet(self, trouble: Trouble) -> None:
        """Let the next message meet with ``trouble``; a product that is down stays down."""

    @property
    @abstractmethod
    def arrived(self) -> list[Arrived]:
        """The messages that the product has, oldest first, files left out."""

    @abstractmethod
    def mark(self, key: str) -> str:
        """Return what bears ``key`` at the product."""

    @abstractmethod
    def liberties(self, message: Message) -> list[str]:
        """Return what the product took the texts of the only message for, beside plain text."""
