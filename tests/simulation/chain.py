"""The log's chain: whole at every start and at the end, and what was in it stays in it."""

from dataclasses import dataclass, field

from bot.storage.database import Database
from bot.storage.log import SqlLog
from tests.simulation.faults import Breach
from tests.simulation.world import World

KEY = b"kept elsewhere"
MADE = {
    "answered": "SELECT id AS subject FROM answers WHERE plan = ?",
    "adopted": "SELECT version AS subject FROM plans WHERE id = ?",
}


@dataclass(slots=True)
class Chain:
    """Verifies the log, by its own means and by those of the code under test."""

    world: World
    _seen: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)

    def verify(self, database: Database) -> None:
        """Raise a ``Breach`` where the log is not whole, or is not what it was."""
        look = self.world.disk.look
        plain = SqlLog(Database(database.engine, database.turn), KEY)
        for (plan,) in look("SELECT DISTINCT id FROM plans ORDER BY id"):
            found = [
                tuple(r) for r in look("SELECT * FROM log WHERE plan = ? ORDER BY number", (plan,))
            ]
            earlier = self._seen.get(plan, [])
            if found[: len(earlier)] != earlier:
                raise Breach("the log's past was rewritten", plan)
            if [each[1] for each in found] != list(range(1, len(found) + 1)):
                raise Breach("the log's numbers have a gap", plan)
            for kind, made in MADE.items():
                logged = sorted(each[4] for each in found if each[2] == kind)
                if logged != sorted(each["subject"] for each in look(made, (plan,))):
                    raise Breach("the log lacks something, or has it twice", f"{plan}: {kind}")
            if broken := plain.breaks(plan):
                raise Breach("the log's chain is broken", f"{plan}: {broken}")
            self._seen[plan] = found
        self.world.counts["verified"] += 1
