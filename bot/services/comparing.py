"""Comparing two versions of a plan: what is added, moved and removed, and what that touches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.domain.answer import Answer
from bot.domain.occurrence import Occurrence
from bot.domain.periods import Window
from bot.domain.plan import Commitment, Plan
from bot.services.planning import NOTHING_SAID, Agenda, Standings

FIELDS = ("title", "wording", "responsible", "policy", "target", "free_day", "reading")


@dataclass(frozen=True, slots=True)
class Moved:
    """An occurrence that both versions ask for, on other days, at other hours or elsewhere."""

    before: Occurrence
    after: Occurrence


@dataclass(frozen=True, slots=True)
class Reworded:
    """A commitment that both versions have; ``what`` are the fields that differ.

    ``policy`` differs also where it is the same one with other rules in it.
    """

    before: Commitment
    after: Commitment
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the new version differs; ``periods`` are the old one's and the new one's.

    ``answered`` has the newest answer to each occurrence that is moved or removed.
    """

    added: tuple[Occurrence, ...]
    moved: tuple[Moved, ...]
    removed: tuple[Occurrence, ...]
    begun: tuple[Commitment, ...]
    reworded: tuple[Reworded, ...]
    ended: tuple[Commitment, ...]
    periods: tuple[Window, Window]
    answered: Mapping[str, Answer]

    @property
    def same(self) -> bool:
        """Whether nothing that is asked for differs."""
        changes = (self.added, self.moved, self.removed, self.begun, self.reworded, self.ended)
        return not any(changes) and self.periods[0] == self.periods[1]


def compare(old: Agenda, new: Agenda, standings: Standings) -> Comparison:
    """Compare two versions of one plan under what has been answered."""
    removed = tuple(each for name, each in old.by_id.items() if name not in new.by_id)
    moved = tuple(
        Moved(each, new.by_id[name])
        for name, each in old.by_id.items()
        if name in new.by_id and _place(each) != _place(new.by_id[name])
    )
    touched = (*removed, *(each.before for each in moved))
    said = {each.id: standings.get(each.id, NOTHING_SAID).answers for each in touched}
    before, after = ({c.id: c for c in each.plan.commitments} for each in (old, new))
    return Comparison(
        added=tuple(each for name, each in new.by_id.items() if name not in old.by_id),
        moved=moved,
        removed=removed,
        begun=tuple(each for name, each in after.items() if name not in before),
        reworded=tuple(_reworded(old.plan, new.plan)),
        ended=tuple(each for name, each in before.items() if name not in after),
        periods=(old.plan.period, new.plan.period),
        answered={name: answers[-1] for name, answers in said.items() if answers},
    )


def _place(occurrence: Occurrence) -> tuple[object, ...]:
    area = occurrence.area.id if occurrence.area else ""
    return (occurrence.kind, occurrence.window, occurrence.due, occurrence.hours, area)


def _reworded(before: Plan, after: Plan) -> Iterator[Reworded]:
    kept = {each.id: each for each in after.commitments}
    for old in before.commitments:
        new = kept.get(old.id, old)
        what = [each for each in FIELDS if getattr(old, each) != getattr(new, each)]
        rules = before.policies[old.policy], after.policies.get(new.policy)
        if old.id in kept and "policy" not in what and rules[0] != rules[1]:
            what.append("policy")
        if what:
            yield Reworded(old, new, tuple(what))
