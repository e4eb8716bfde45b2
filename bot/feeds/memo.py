"""What links have opened of late: at hand for a moment, and for when something is wrong."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from bot.feeds.rendering import Rendered

log = logging.getLogger(__name__)

FRESH_SECONDS = 1.0
SILENT_SECONDS = 600.0
MOST_LINKS = 2_000


@dataclass(frozen=True, slots=True)
class Opened:
    """What the link of that number opened; at hand before ``until``."""

    number: int
    until: float
    found: Rendered


@dataclass(slots=True)
class Memo:
    """Remembers what each token opened; ``steady`` are seconds of a clock that is never set.

    ``ended`` are the links that this process has ended.
    """

    steady: Callable[[], float]
    opened: dict[str, Opened] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)
    _silent_until: float = float("-inf")
    _lock: Lock = field(default_factory=Lock)

    def fresh(self, token: str) -> Rendered | None:
        """Return what ``token`` opened within the last second."""
        known = self.opened.get(token)
        return known.found if known and self.steady() < known.until else None

    def put(self, token: str, number: int, found: Rendered, *, serves: bool) -> None:
        """Remember what ``token`` opens, and let go of what was opened first if it is too much.

        What was found just before this process ended the link is not remembered.
        """
        with self._lock:
            if not (serves and number in self.ended):
                self._keep(token, number, found)

    def forget(self, number: int) -> None:
        """Let go of what the link of that number opened, since it has ended."""
        with self._lock:
            self.ended.add(number)
            self.opened = {t: each for t, each in self.opened.items() if each.number != number}

    def last(self, token: str, error: Exception) -> Rendered | None:
        """Return what ``token`` opened last, however long ago, since ``error`` hides what it does.

        The log has a line about it at most every ``SILENT_SECONDS``.
        """
        with self._lock:
            known = self.opened.get(token)
            if known is None:
                return None
            if self.steady() >= self._silent_until:
                self._silent_until = self.steady() + SILENT_SECONDS
                why = " ".join(str(error).split()) or type(error).__name__
                log.warning("Kalendrar: de senaste som är kända visas. %s", why)
            self._keep(token, known.number, known.found)
            return known.found

    def _keep(self, token: str, number: int, found: Rendered) -> None:
        self.opened.pop(token, None)
        while len(self.opened) >= MOST_LINKS:
            self.opened.pop(next(iter(self.opened)), None)
        self.opened[token] = Opened(number, self.steady() + FRESH_SECONDS, found)
