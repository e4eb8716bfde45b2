"""Guessing: how many unknown links one client may ask for, before it has to wait."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Network

log = logging.getLogger(__name__)

MOST_GUESSES = 30
WINDOW_SECONDS = 60.0
MOST_CLIENTS = 10_000
NETWORK_BITS = 64


@dataclass(slots=True)
class Window:
    """The guesses of one client since ``begun``."""

    begun: float
    count: int = 0


@dataclass(frozen=True, slots=True)
class Guesses:
    """Counts the unknown links that each client asks for, a minute at a time.

    Known links are never counted: everybody may sit behind the same proxy. A client of IPv6 is
    all of its network, since it has the addresses there to choose from (RFC 6177).
    """

    steady: Callable[[], float]
    windows: dict[str, Window] = field(default_factory=dict)

    def wait_seconds(self, client: str) -> int:
        """Count one guess of ``client``; return how long it has to wait, 0 while it need not.

        The log has a line for each client and minute in which it guesses, and one more where it
        guesses too much.
        """
        now, client = self.steady(), _network(client)
        window = self.windows.get(client)
        if window is None or now - window.begun >= WINDOW_SECONDS:
            window = self._begin(client, now)
        window.count += 1
        if window.count == 1:
            log.info("Kalendrar: %s frågar efter en länk som ingen har gett ut.", client)
        if window.count <= MOST_GUESSES:
            return 0
        if window.count == MOST_GUESSES + 1:
            log.warning(
                "Kalendrar: %s frågar efter länkar som ingen har gett ut, och får vänta.", client
            )
        return int(window.begun + WINDOW_SECONDS - now) + 1

    def _begin(self, client: str, now: float) -> Window:
        """Open a window; of too many clients those are forgotten that came first."""
        self.windows.pop(client, None)
        while len(self.windows) >= MOST_CLIENTS:
            self.windows.pop(next(iter(self.windows)))
        self.windows[client] = Window(now)
        return self.windows[client]


def _network(client: str) -> str:
    """The network of an IPv6 address; any other name as it is."""
    try:
        return str(IPv6Network((client, NETWORK_BITS), strict=False))
    except ValueError:
        return client
