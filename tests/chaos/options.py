"""What a run of chaos is told; every wait in it has a limit here."""

import argparse
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """How many of what, how fast, and how long at most."""

    carrier: str = "inline"
    seed: int = 1
    kills: int = 200
    interval_seconds: float = 0.8
    serves: int = 2
    workers: int = 3
    channels: int = 20
    per_minute: int = 4
    minutes: int = 45
    restarts: int = 6
    pauses: int = 12
    longest_pause_seconds: float = 20.0
    away_seconds: float = 30.0
    ready_limit_seconds: float = 120.0
    storm_limit_seconds: float = 1_200.0
    calm_limit_seconds: float = 600.0
    disk: bool = True
    keep: Path | None = None


def options_of(arguments: list[str] | None = None) -> Options:
    """Return what the command line asks for."""
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--carrier", choices=("inline", "dbos"), default=usual.carrier)
    parser.add_argument("--keep", type=Path, help="a folder in which every log is kept")
    parser.add_argument(
        "--no-disk",
        dest="disk",
        action="store_false",
        help="leave out SQLite on a disk that is full",
    )
    for name, words in NUMBERS.items():
        value = getattr(usual, name)
        flag = f"--{name.removesuffix('_seconds').replace('_', '-')}"
        parser.add_argument(flag, dest=name, type=type(value), default=value, help=words)
    return Options(**vars(parser.parse_args(arguments)))


NUMBERS = {
    "seed": "chooses whom it hits, and when",
    "kills": "processes killed with SIGKILL",
    "interval_seconds": "seconds between two kills",
    "serves": "processes that serve",
    "workers": "processes that only deliver",
    "channels": "conversations in Slack",
    "per_minute": "reminders that fall due in each minute, in each conversation",
    "minutes": "how long the plan asks for anything; cut short when the storm is over",
    "restarts": "restarts of PostgreSQL, in turn fast and immediate",
    "pauses": "processes stopped with SIGSTOP for a while",
    "away_seconds": "how long PostgreSQL is away once",
    "storm_limit_seconds": "the longest that the storm may last",
    "calm_limit_seconds": "the longest that everything may take to arrive afterwards",
}
