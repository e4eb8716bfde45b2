"""The timetable: when the occurrences of a plan need anything, and what is owed by now."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.answer import Standing
from bot.domain.plan import Commitment
from bot.domain.reminder import Reminder
from bot.services.planning import NOTHING_SAID, Agenda, Standings
from bot.services.reminding import newest_due, scheduled


@dataclass(frozen=True, slots=True)
class _Known:
    """The instants of one occurrence's steps, the earliest first, under one standing."""

    standing: Standing
    instants: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Timetable:
    """Works each occurrence out once, and anew only when an answer has changed it.

    ``since`` says of each occurrence when the plan began to ask for it; what was due before
    that is owed to nobody. What was handed over is not owed again by this timetable; another
    one, after a restart, owes it again, and the ledger's keys make that harmless.
    """

    agenda: Agenda
    since: Mapping[str, datetime]
    _known: dict[str, _Known] = field(default_factory=dict)
    _handed: dict[str, tuple[Standing, datetime]] = field(default_factory=dict)

    def owed(
        self, commitments: Iterable[Commitment], standings: Standings, *, now: datetime
    ) -> list[Reminder]:
        """Return the newest step due at ``now`` of each occurrence, unless it was handed over."""
        names = (o.id for each in commitments for o in self.agenda.by_commitment[each.id])
        found = (self._owed(name, standings, now) for name in names)
        return [each for each in found if each]

    def hand_over(self, reminders: Sequence[Reminder], standings: Standings) -> None:
        """Note that ``reminders``, owed under ``standings``, are in the ledger."""
        for each in reminders:
            name = each.occurrence.id
            self._handed[name] = (standings.get(name, NOTHING_SAID), each.at)

    def next_instant(
        self, commitment: Commitment, standings: Standings, *, after: datetime
    ) -> datetime | None:
        """Return the first instant later than ``after`` at which ``commitment`` needs anything."""
        found: list[datetime] = []
        for occurrence in self.agenda.by_commitment[commitment.id]:
            instants = self._instants(occurrence.id, standings)
            found += instants[bisect_right(instants, after) :][:1]
        return min(found, default=None)

    def _owed(self, name: str, standings: Standings, now: datetime) -> Reminder | None:
        instants = self._instants(name, standings)
        past = bisect_right(instants, now)
        if past == 0 or instants[past - 1] < self.since[name]:
            return None
        handed = self._handed.get(name)
        standing = standings.get(name, NOTHING_SAID)
        if handed and handed[0] is standing and handed[1] == instants[past - 1]:
            return None
        return newest_due(scheduled(self.agenda, name, standings), now=now)

    def _instants(self, name: str, standings: Standings) -> tuple[datetime, ...]:
        standing, known = standings.get(name, NOTHING_SAID), self._known.get(name)
        if known is None or known.standing is not standing:
            steps = scheduled(self.agenda, name, standings)
            known = self._known[name] = _Known(standing, tuple(each.at for each in steps))
        return known.instants
