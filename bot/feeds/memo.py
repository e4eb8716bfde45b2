"""What links have opened of late: at hand for a moment, and for when something is wrong."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.feeds.rendering import Rendered

log = logging.getLogger(__name__)

FRESH_SECONDS = 1.0
MOST_LINKS = 2_000


@dataclass(frozen=True, slots=True)
class Opened:
    """What the link of that number opened; at hand before ``until``."""

    number: int
    until: float
    found: Rendered


@dataclass(frozen=True, slots=True)
class Memo:
    """Remembers what each token opened; ``steady`` are seconds of a clock that is never set.

    ``ended`` are the links that this process has ended, ``troubled`` the tokens of which it is
    not known what they open now.
    """

    steady: Callable[[], float]
    opened: dict[str, Opened] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)
    troubled: set[str] = field(default_factory=set)

    def fresh(self, token: str) -> Rendered | None:
        """Return what ``token`` opened within the last second."""
        known = self.opened.get(token)
        return known.found if known and self.steady() < known.until else None

    def put(self, token: str, number: int, found: Rendered, *, serves: bool) -> None:
        """Remember what ``token`` opens, and let go of what was opened first if it is too much.

        What was found just before this process ended the link is not remembered.
        """
        self.troubled.discard(token)
        if serves and number in self.ended:
            return
        self._keep(token, number, found)

    def forget(self, number: int) -> None:
        """Let go of what the link of that number opened, since it has ended."""
        self.ended.add(number)
        for token in [token for token, each in self.opened.items() if each.number == number]:
            self.opened.pop(token, None)

    def last(self, token: str, error: Exception) -> Rendered | None:
        """Return what ``token`` opened last, however long ago, since ``error`` hides what it does.

        The log says so once, and again only after all has been well.
        """
        known = self.opened.get(token)
        if known is None:
            return None
        if not self.troubled:
            why = " ".join(str(error).split())
            log.warning("feeds: serving the last good bytes: %s: %s", type(error).__name__, why)
        self.troubled.add(token)
        self._keep(token, known.number, known.found)
        return known.found

    def _keep(self, token: str, number: int, found: Rendered) -> None:
        self.opened.pop(token, None)
        while len(self.opened) >= MOST_LINKS:
            self.opened.pop(next(iter(self.opened)), None)
        self.opened[token] = Opened(number, self.steady() + FRESH_SECONDS, found)
