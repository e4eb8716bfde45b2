"""What does not work right now: told in one line when it begins, and when it is over."""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar

from bot.domain.errors import BotError

log = logging.getLogger(__name__)

SAID_AGAIN_AFTER_SECONDS = 60.0

Result = TypeVar("Result")


@dataclass(slots=True)
class Troubles:
    """Remembers what each work failed of last, until it goes well.

    The same trouble is said once a minute, however many works meet it and how often.
    """

    elapsed: Callable[[], float] = time.monotonic
    _of: dict[str, str] = field(default_factory=dict)
    _said: dict[str, float] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def now(self) -> list[str]:
        """Return what is wrong, each thing once."""
        with self._lock:
            return sorted(set(self._of.values()))

    def attempt(self, work: str, run: Callable[[], Result], *, once: bool = False) -> Result | None:
        """Run what is a round of ``work``; what it raises is told, and None comes back.

        Of a work that is tried seldom the same trouble is told ``once``, until it changes.
        """
        try:
            found = run()
        except Exception as error:  # noqa: BLE001 - the ledger holds the work; it is tried again
            text = _line(error)
            with self._lock:
                told = self._of.get(work) == text and text in self._begun
                if not (once and told):
                    self._failed(work, text)
            return None
        with self._lock:
            self._went_well(work)
        return found

    def keep(self, kind: str, works: Collection[str]) -> None:
        """Forget the works whose names begin with ``kind`` and that are not among ``works``."""
        with self._lock:
            for work in [each for each in self._of if each.startswith(kind)]:
                if work not in works:
                    self._went_well(work)

    def _failed(self, work: str, text: str) -> None:
        if self._of.get(work) != text:
            self._went_well(work)
        self._of[work] = text
        now = self.elapsed()
        if now - self._said.get(text, -SAID_AGAIN_AFTER_SECONDS) >= SAID_AGAIN_AFTER_SECONDS:
            self._said[text] = now
            self._begun.add(text)
            log.error("%s Nya försök görs.", text)

    def _went_well(self, work: str) -> None:
        over = self._of.pop(work, "")
        if over in self._begun and over not in self._of.values():
            self._begun.discard(over)
            log.warning("Det är över: %s", over)


def _line(error: Exception) -> str:
    if isinstance(error, BotError):
        return str(error)
    text = f"{type(error).__name__}: {error}".partition("\n")[0].rstrip(".")
    return f"{text}."
