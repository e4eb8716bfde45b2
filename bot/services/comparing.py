"""Comparing two versions of a plan: what is added, moved and removed, and what that touches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.domain.answer import THE_PLAN, Answer, Standing
from bot.domain.occurrence import Occurrence
from bot.domain.periods import Window
from bot.domain.plan import Commitment, Event, Plan
from bot.domain.recurrence import Relative
from bot.domain.rhythms import External
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

    ``policy`` differs also where it is the same one with other rules in it. ``cadence`` is told
    of what follows something, whose days may not be known.
    """

    before: Commitment
    after: Commitment
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """An event that is other in the two versions; it may be in one of them alone.

    ``event`` is the newer of the two.
    """

    event: Event
    before: Event | None
    after: Event | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the new version differs; ``periods`` are the old one's and the new one's.

    ``events`` are compared by what the plan says of them, not by the days that are known.

    ``answered`` has the newest answer to each occurrence that is moved or removed.
    """

    added: tuple[Occurrence, ...]
    moved: tuple[Moved, ...]
    removed: tuple[Occurrence, ...]
    begun: tuple[Commitment, ...]
    reworded: tuple[Reworded, ...]
    ended: tuple[Commitment, ...]
    events: tuple[OtherEvent, ...]
    periods: tuple[Window, Window]
    answered: Mapping[str, Answer]

    @property
    def same(self) -> bool:
        """Whether nothing that is asked for differs."""
        changes = (self.added, self.moved, self.removed, self.begun, self.reworded, self.ended)
        return not any((*changes, self.events)) and self.periods[0] == self.periods[1]


def compare(old: Agenda, new: Agenda, standings: Standings) -> Comparison:
    """Compare two versions of one plan under what has been answered."""
    removed = tuple(each for name, each in old.by_id.items() if name not in new.by_id)
    moved = tuple(
        Moved(each, new.by_id[name])
        for name, each in old.by_id.items()
        if name in new.by_id and _place(each) != _place(new.by_id[name])
    )
    touched = (*removed, *(each.before for each in moved))
    said = {each.id: _of_people(standings.get(each.id, NOTHING_SAID)) for each in touched}
    before, after = ({c.id: c for c in each.plan.commitments} for each in (old, new))
    return Comparison(
        added=tuple(each for name, each in new.by_id.items() if name not in old.by_id),
        moved=moved,
        removed=removed,
        begun=tuple(each for name, each in after.items() if name not in before),
        reworded=tuple(_reworded(old.plan, new.plan)),
        ended=tuple(each for name, each in before.items() if name not in after),
        events=tuple(_other_events(old.plan, new.plan)),
        periods=(old.plan.period, new.plan.period),
        answered={name: answers[-1] for name, answers in said.items() if answers},
    )


def _of_people(standing: Standing) -> list[Answer]:
    """What people said; what the plan says of itself follows the new version."""
    return [each for each in standing.answers if each.by != THE_PLAN]


def _other_events(before: Plan, after: Plan) -> Iterator[OtherEvent]:
    old, new = ({each.id: each for each in plan.events} for plan in (before, after))
    for name, event in (old | new).items():
        found = OtherEvent(event, old.get(name), new.get(name))
        if _without_days(found.before) != _without_days(found.after):
            yield found


def _without_days(event: Event | None) -> Event | None:
    if event is None or not isinstance(event.cadence, External):
        return event
    return replace(event, cadence=replace(event.cadence, meetings=()))


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
        if Relative in {type(old.cadence), type(new.cadence)} and old.cadence != new.cadence:
            what.append("cadence")
        if what:
            yield Reworded(old, new, tuple(what))
