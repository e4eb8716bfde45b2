"""The ledger as it stands, kept up from the notes of its changes, and what it leaves to do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from sqlite3 import Row as SqliteRow

from tests.simulation.disk import Disk

WAITING = {"pending", "uncertain"}
OPEN = {*WAITING, "claimed"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ledger of deliveries, read without the code under test."""

    id: int
    key: str
    plan: str
    occurrence: str
    step: str
    target: str
    part: str
    thread: str
    due: datetime
    state: str
    not_before: datetime
    attempt: int
    attempted: datetime | None
    lease_until: datetime | None
    uncertain: bool
    receipt: str
    reason: str
    shown: int
    wanted: int
    holder: str

    @property
    def stale(self) -> bool:
        """Whether it is a sent message that lacks an answer."""
        return self.state == "sent" and self.part == "message" and self.wanted > self.shown


@dataclass(frozen=True, slots=True)
class Change:
    """What one transaction did to a row: the states that it went through, first to last."""

    before: Row | None
    row: Row
    states: tuple[str, ...]

    @property
    def waits_anew(self) -> bool:
        """Whether it was written, or waits again after it was taken back."""
        was_over = self.before is None or self.before.state == "withdrawn"
        return was_over and not WAITING.isdisjoint(self.states)


@dataclass(slots=True)
class Ledger:
    """All rows by id, those that are open, those that are stale, and the targets' turns."""

    disk: Disk
    rows: dict[int, Row] = field(default_factory=dict)
    by_key: dict[str, Row] = field(default_factory=dict)
    by_occurrence: dict[str, list[int]] = field(default_factory=dict)
    open: dict[int, Row] = field(default_factory=dict)
    stale: dict[int, Row] = field(default_factory=dict)
    turns: dict[str, datetime] = field(default_factory=dict)
    version: int = 0
    _noted: int = 0

    def catch_up(self) -> list[Change]:
        """Take in what was committed since the last time; return what it changed."""
        self.version += 1
        notes = self.disk.look(
            "SELECT id, row, old, new FROM notes WHERE id > ? ORDER BY id", (self._noted,)
        )
        found = self.disk.look("SELECT target, next_turn FROM turns")
        self.turns = {target: instant(turn) for target, turn in found}
        if not notes:
            return []
        self._noted = notes[-1]["id"]
        states: dict[int, list[str]] = {}
        for note in notes:
            states.setdefault(note["row"], []).append(note["new"])
        marks = ",".join("?" * len(states))
        chosen = f"SELECT * FROM deliveries WHERE id IN ({marks}) ORDER BY id"
        rows = [_row(each) for each in self.disk.look(chosen, list(states))]
        return [Change(self._put(row), row, tuple(states[row.id])) for row in rows]

    def claimable(self, now: datetime) -> dict[str, int]:
        """Return the delivery that is next at each free target, worked out the obvious way."""
        first: dict[str, int] = {}
        held = {row.target for row in self.open.values() if row.state == "claimed"}
        for row in sorted(self.open.values(), key=lambda each: each.id):
            if self.turns[row.target] > now or row.target in first:
                continue
            if row.state == "claimed":
                ripe = row.lease_until is not None and row.lease_until <= now
            else:
                ripe = row.target not in held and row.not_before <= now
            if ripe:
                first[row.target] = row.id
        return first

    def next_claim(self) -> datetime | None:
        """Return the first instant at which anything can be claimed; it may be past."""
        held = {row.target for row in self.open.values() if row.state == "claimed"}
        return min(self._claims(held), default=None)

    def next_showing(self) -> datetime | None:
        """Return the first instant at which an answer can be shown; it may be past."""
        found = (max(each.not_before, self.turns[each.target]) for each in self.stale.values())
        return min(found, default=None)

    def about(self, occurrence: str) -> list[Row]:
        """Return the rows of one occurrence, the oldest first."""
        return [self.rows[each] for each in self.by_occurrence.get(occurrence, [])]

    def _claims(self, held: set[str]) -> Iterator[datetime]:
        for row in self.open.values():
            turn = self.turns[row.target]
            if row.state == "claimed" and row.lease_until:
                yield max(row.lease_until, turn)
            elif row.target not in held:
                yield max(row.not_before, turn)

    def _put(self, row: Row) -> Row | None:
        before = self.rows.get(row.id)
        if before is None:
            self.by_occurrence.setdefault(row.occurrence, []).append(row.id)
        self.rows[row.id] = self.by_key[row.key] = row
        for index, belongs in ((self.open, row.state in OPEN), (self.stale, row.stale)):
            if belongs:
                index[row.id] = row
            else:
                index.pop(row.id, None)
        return before


def instant(text: str) -> datetime:
    """Return the instant that a column of SQLite holds."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def after(clock: datetime, wanted: datetime) -> timedelta:
    """Return how long it is until a clock that shows ``clock`` shows ``wanted``."""
    return max(wanted - clock, timedelta())


def _row(found: SqliteRow) -> Row:
    lease, attempted = found["lease_until"], found["attempted"]
    return Row(
        found["id"], found["key"], found["plan"], found["occurrence"], found["step"],
        found["target"], found["part"], found["thread"], instant(found["due"]), found["state"],
        instant(found["not_before"]), found["attempt"],
        instant(attempted) if attempted else None, instant(lease) if lease else None,
        bool(found["uncertain"]), found["receipt"], found["reason"], found["shown"],
        found["wanted"], found["holder"],
    )  # fmt: skip
