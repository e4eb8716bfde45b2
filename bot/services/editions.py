"""Editions: since which text of a plan each occurrence is as it is, and what it left behind."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.domain.answer import Standing
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Plan
from bot.domain.walltime import local_day
from bot.services.planning import Agenda, applied

CANCELLED_FOR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Edition:
    """A text of a plan: 1 is the first; ``since`` is when it was adopted."""

    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Left:
    """What a newer text no longer asks for, or no longer of the same roles.

    ``plan`` is the last text that did, ``earlier`` the one that had last changed it, and
    ``edition`` the newer text; ``dropped`` says that this does not have it at all. What had its
    day before that belongs to the past, which stays; the rest is cancelled.
    """

    occurrence: Occurrence
    plan: Plan
    earlier: Edition
    edition: Edition
    dropped: bool

    def before(self, standing: Standing) -> Standing:
        """What had been said when the newer text came."""
        return Standing(tuple(a for a in standing.answers if a.at < self.edition.since))

    def cancelled(self, standing: Standing) -> bool:
        """Whether it lay ahead, after all that had been said, and nothing had come of it."""
        known = self.before(standing)
        ahead = applied(self.occurrence, known).last_day >= self._first_day
        return ahead and known.outcome is None

    @property
    def last_day(self) -> date:
        """The last day on which its cancellation is shown."""
        return self._first_day + CANCELLED_FOR

    @property
    def _first_day(self) -> date:
        return local_day(self.edition.since, self.plan.zone)


@dataclass(frozen=True, slots=True)
class Editions:
    """The texts of a plan, as its calendars need them.

    ``of`` each occurrence it is the one that last changed it. ``left`` has first what was left
    first; the same occurrence can be there again.
    """

    newest: Edition
    of: Mapping[str, Edition]
    left: Sequence[Left] = field(default=())

    def dropped(self, occurrence: str) -> Left | None:
        """Return how an occurrence was last asked for that is not in the newest text."""
        every = (each for each in reversed(self.left) if each.occurrence.id == occurrence)
        return None if occurrence in self.of else next(every, None)


def editions(versions: Sequence[tuple[Agenda, datetime]]) -> Editions:
    """Return what the ``versions`` of a plan, the oldest first, have changed one after another."""
    found: dict[str, Edition] = {}
    left: list[Left] = []
    before: Agenda | None = None
    edition = Edition(1, versions[0][1])
    for number, (agenda, since) in enumerate(versions, start=1):
        edition = Edition(number, since)
        left += _left(before, agenda, found, edition) if before else ()
        found = {name: _edition_of(name, before, agenda, found, edition) for name in agenda.by_id}
        before = agenda
    return Editions(edition, found, tuple(left))


def _edition_of(
    name: str, before: Agenda | None, agenda: Agenda, found: Mapping[str, Edition], new: Edition
) -> Edition:
    if before is None or name not in before.by_id:
        return new
    said = _shown(before.plan, before.by_id[name]) == _shown(agenda.plan, agenda.by_id[name])
    return found[name] if said else new


def _left(
    before: Agenda, agenda: Agenda, found: Mapping[str, Edition], edition: Edition
) -> Iterator[Left]:
    for name in sorted(before.by_id):
        earlier, now = before.by_id[name], agenda.by_id.get(name)
        if now is None or _parts(before.plan, earlier) != _parts(agenda.plan, now):
            yield Left(earlier, before.plan, found[name], edition, now is None)


def _parts(plan: Plan, occurrence: Occurrence) -> tuple[object, ...]:
    """Whose it is: what feeds of roles and of parties go by."""
    roles = occurrence.commitment.responsible
    return (roles, *(plan.roles[each].party for each in roles), occurrence.commitment.chain)


def _shown(plan: Plan, occurrence: Occurrence) -> tuple[object, ...]:
    """What a calendar shows of it, as far as the plan's text says that."""
    kept, said = occurrence, occurrence.commitment
    when = (kept.kind, kept.window, kept.due, kept.day, kept.hours, kept.moved_from, kept.reason)
    who = (said.responsible, plan.role_names(said.responsible))
    return (*when, kept.area, said.title, said.wording, *who, said.sensitive)
