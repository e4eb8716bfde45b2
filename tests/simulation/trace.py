"""The trace: all that happened in a run, line by line, and a digest of it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.clock import Time


@dataclass(slots=True)
class Trace:
    """Takes down what happens; ``echo`` gets each line, the digest covers them all."""

    time: Time
    echo: Callable[[str], object] | None = None
    _digest: Any = field(default_factory=lambda: hashlib.blake2b(digest_size=16))

    def note(self, who: str, what: str) -> None:
        """Take down that ``who`` did ``what``."""
        line = f"{self.time.now.isoformat()} {who} {what}"
        self._digest.update(line.encode())
        if self.echo:
            self.echo(line)

    def digest(self) -> str:
        """Return what is the same for two runs that went the same way, and for no others."""
        return str(self._digest.hexdigest())
