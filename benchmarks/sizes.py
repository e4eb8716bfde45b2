"""Sizes: how much of everything is measured; the defaults are those that count."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured; each is an option of the command line, with its name."""

    count: int = 2_000
    rounds: int = 3
    rows: int = 1_000_000
    few_rows: int = 10_000
    plans: int = 290
    starts: int = 10
    quiet_seconds: int = 60
    spread: int = 400
    events: int = 500
    asking_seconds: int = 5


FULL = Sizes()
# Shows that everything runs; no figure of it says anything.
QUICK = Sizes(
    count=400,
    rounds=1,
    rows=20_000,
    few_rows=2_000,
    plans=10,
    starts=2,
    quiet_seconds=3,
    spread=200,
    events=100,
    asking_seconds=1,
)
WORDS = {
    "count": "reminders that are due at once, a multiple of 200",
    "rounds": "how often everything is repeated",
    "rows": "deliveries that rest in the large ledger",
    "few_rows": "deliveries that rest in the small one",
    "plans": "plans served at once",
    "starts": "how often the service is started",
    "quiet_seconds": "how long an idle process is watched",
    "spread": "reminders due one after another, ten a second, a multiple of 200",
    "events": "occurrences in the feed that is served",
    "asking_seconds": "how long everybody is asked in each round",
}
