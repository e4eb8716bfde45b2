"""The product from the outside: what it has taken so far."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

from benchmarks.processes import PATIENCE_SECONDS, Stuck, running

LATENCY_SECONDS = 0.05
LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Taken:
    """How many messages came, how many different ones; ``first`` and ``last`` are monotonic.

    ``refused`` came sooner than the product's limit allows.
    """

    posted: int
    different: int
    first: float
    last: float
    refused: int = 0

    @property
    def doubled(self) -> int:
        """How many came once more than they should."""
        return self.posted - self.different


@dataclass(frozen=True, slots=True)
class Product:
    """A stand-in that runs."""

    base: str

    @property
    def api(self) -> str:
        """What a client of Slack is given."""
        return f"{self.base}/api/"

    def taken(self) -> Taken:
        """Return what came so far."""
        return Taken(**self._ask("counts"))

    def forget(self) -> None:
        """Begin anew."""
        self._ask("reset")

    def until(self, posted: int, *, seconds: float = PATIENCE_SECONDS) -> Taken:
        """Wait until that many messages have come."""
        end = time.monotonic() + seconds
        while (found := self.taken()).posted < posted:
            if time.monotonic() > end:
                raise Stuck(f"{found.posted} of {posted} messages came within {seconds} s")
            time.sleep(LOOK_SECONDS)
        return found

    def _ask(self, what: str) -> dict[str, Any]:
        with urlopen(f"{self.base}/{what}", timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def product(seconds: float = LATENCY_SECONDS, *, limit: float = 0.0) -> Iterator[Product]:
    """Run a stand-in that answers after ``seconds``, and takes one post a ``limit`` and channel."""
    with running("benchmarks.standin", str(seconds), str(limit)) as process:
        yield Product(process.hear("serving"))
