"""The service itself, as operators run it: ``serve`` and ``worker``, as processes."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from benchmarks.processes import PATIENCE_SECONDS, Running, Stuck, running

LOOK_SECONDS = 0.005
ITSELF = ("bot",)


@dataclass(frozen=True, slots=True)
class Serving:
    """A service that is ready; ``ready_seconds`` from its start until /health said so."""

    process: Running
    ready_seconds: float
    port: int


@contextmanager
def serving(
    url: str,
    *arguments: str,
    through: Sequence[str] = ITSELF,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Serving]:
    """Run ``serve`` with its pages on a free port; ``through`` is the module that runs it."""
    command = [*through, "serve", "--port", "0", *arguments]
    with running(*command, settings=_settings(url, settings)) as process:
        base = process.hear("Löftesbot:").split("/  ")[0]
        ready = _well(f"{base}/health") - process.begun
        yield Serving(process, ready, int(base.rpartition(":")[2]))


@contextmanager
def working(
    url: str, *, through: Sequence[str] = ITSELF, settings: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Run ``worker``, from when it delivers."""
    with running(*through, "worker", settings=_settings(url, settings)) as process:
        process.hear("Löftesbot")
        yield process


def _settings(url: str, more: Mapping[str, str] | None) -> dict[str, str]:
    own = {"LOFTESBOT_DATABASE__URL": url, "LOFTESBOT_LOG_LEVEL": "ERROR"}
    return {**own, **(more or {})}


def _well(page: str) -> float:
    """Wait until the service says that all is well, and return when it did."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            with urlopen(page, timeout=30) as answer:
                said = json.load(answer)["status"]
        except (HTTPError, URLError, ConnectionError):
            said = ""
        if said == "ok":
            return time.monotonic()
        time.sleep(LOOK_SECONDS)
    raise Stuck(f"{page} did not say in time that all is well")
