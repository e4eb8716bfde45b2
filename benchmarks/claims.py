"""Claims: when what was due was claimed, and how late that is."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

Instants = dict[str, float]

# Between two reminders that are due one after another.
INTERVAL = timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True)
class Watch:
    """The words that run a command watched, and the file in which its claims are noted."""

    file: Path
    api: str = ""
    first: datetime | None = None
    count: int = 0

    @property
    def through(self) -> Sequence[str]:
        """What stands before the command."""
        first = str(self.first.timestamp()) if self.first else "0"
        module = "benchmarks.contenders.watched"
        return (module, str(self.file), self.api, first, str(self.count))


def note(file: IO[str], what: str, found: Mapping[str, float]) -> None:
    """Note instants by key: ``what`` is ``due`` or ``claimed``."""
    file.write(json.dumps({what: found}) + "\n")


def noted(files: Iterable[Path], what: str) -> Instants:
    """Return what the files tell of ``what``; the first time counts."""
    found: Instants = {}
    for each in files:
        for line in each.read_text(encoding="utf-8").splitlines():
            for key, at in json.loads(line).get(what, {}).items():
                found[key] = min(at, found.get(key, at))
    return found


@dataclass(frozen=True, slots=True)
class Lateness:
    """How many seconds after its time each was claimed; ``never`` those that were not."""

    seconds: list[float] = field(default_factory=list)
    never: int = 0

    def within(self, seconds: float) -> float:
        """Return the share, in per cent, of all that were claimed within ``seconds``."""
        claimed = sum(1 for each in self.seconds if each <= seconds)
        return 100 * claimed / max(1, len(self.seconds) + self.never)


def lateness(due: Mapping[str, float], claimed: Mapping[str, float]) -> Lateness:
    """Return how late each of ``due`` was claimed; what else was claimed is no part of it."""
    late = [claimed[key] - at for key, at in due.items() if key in claimed]
    return Lateness(late, len(due) - len(late))
