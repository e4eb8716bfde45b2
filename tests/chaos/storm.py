"""The storm: whom it hits, when, and for how long; drawn from one seed."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from random import Random
from subprocess import SubprocessError
from threading import Event
from time import monotonic

from tests.chaos.fleet import Fleet
from tests.chaos.options import Options
from tests.chaos.people import ask
from tests.postgres import Postgres, serving

DURABLE = """
fsync = on
full_page_writes = on
synchronous_commit = on
autovacuum = on
"""
SHORTEST_PAUSE_SECONDS = 2.0
LONGEST_RESTART_SECONDS = 4.0
MOST_STARTS = 5


@contextmanager
def durable_postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL that keeps what it has promised, also when it is cut off."""
    with serving() as postgres:
        configuration = Path(postgres.folder) / "data/postgresql.conf"
        with configuration.open("a", encoding="utf-8") as file:
            file.write(DURABLE)
        postgres.stop()
        postgres.start()
        yield postgres


@dataclass
class Storm:
    """Kills, stops, and takes the database away; ``happened`` counts what it did."""

    options: Options
    fleet: Fleet
    postgres: Postgres
    choice: Random
    happened: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _rest: Event = field(default_factory=Event)

    def rage(self) -> None:
        """Do all of it, one thing after the other, within the limit."""
        began, kills = monotonic(), self.options.kills
        restarts = _spread(kills, self.options.restarts)
        pauses = _spread(kills, self.options.pauses)
        for number in range(1, kills + 1):
            if monotonic() - began > self.options.storm_limit_seconds:
                self.faults.append(f"only {number - 1} of {kills} kills within the limit")
                return
            if number == (kills + 1) // 2:
                self._go_away(self.options.away_seconds)
            if number in restarts:
                self._restart_postgres()
            if number in pauses:
                self._pause()
            self._kill()
            self._rest.wait(self.options.interval_seconds * self.choice.uniform(0.5, 1.5))

    def _kill(self) -> None:
        self._wait_for_somebody()
        killed = self.fleet.kill(self.choice)
        if killed:
            self.happened["kills"] += 1
            self.happened[f"kills of {killed.command[0]}"] += 1

    def _pause(self) -> None:
        longest = self.options.longest_pause_seconds
        seconds = self.choice.uniform(SHORTEST_PAUSE_SECONDS, longest)
        if self.fleet.pause(self.choice, seconds):
            self.happened["pauses"] += 1

    def _restart_postgres(self) -> None:
        mode = ("fast", "immediate")[self.happened["restarts of PostgreSQL"] % 2]
        self.happened["restarts of PostgreSQL"] += 1
        self.happened[f"stops of PostgreSQL, {mode}"] += 1
        self.postgres.stop(mode)
        self._rest.wait(self.choice.uniform(0.0, LONGEST_RESTART_SECONDS))
        self._start_postgres()

    def _go_away(self, seconds: float) -> None:
        """Take the database away for long; the pages must say so, and nobody may die of it."""
        if not seconds:
            return
        self._wait_for_somebody(serving=True)
        self.happened["seconds without PostgreSQL"] += round(seconds)
        self.postgres.stop("immediate")
        back, heard = monotonic() + seconds, False
        while monotonic() < back:
            heard = self._listen() or heard
            self._rest.wait(1.0)
        self._start_postgres()
        if not heard:
            self.faults.append("no page said that the database was away")

    def _listen(self) -> bool:
        """Ask who serves how they are; whether one of them said that the database is away."""
        heard = False
        for each in self.fleet.ready(serving=True):
            try:
                status, body = ask(each.address, "/health")
                page, text = ask(each.address, "/")
            except (OSError, HTTPException):
                continue
            says = json.loads(body) if status == 503 else {}
            if says.get("status") != "trouble" or page != 503 or "Databasen" not in text.decode():
                self.faults.append(f"{each.log.name}: /health {status}, / {page}, database away")
            heard = True
        return heard

    def _start_postgres(self) -> None:
        for _ in range(MOST_STARTS):
            try:
                self.postgres.start()
            except SubprocessError:
                self._rest.wait(1.0)
            else:
                return
        raise RuntimeError("PostgreSQL does not start again")

    def _wait_for_somebody(self, *, serving: bool = False) -> None:
        give_up = monotonic() + self.options.ready_limit_seconds
        while not self.fleet.ready(serving=serving):
            if monotonic() > give_up:
                raise RuntimeError("nobody is ready to work any more")
            self._rest.wait(0.1)


def _spread(kills: int, times: int) -> frozenset[int]:
    """Return at which kills something else happens too, so often, evenly."""
    return frozenset(round((each + 1) * kills / (times + 1)) for each in range(times))
