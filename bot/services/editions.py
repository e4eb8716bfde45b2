"""Editions: since which text of a plan each occurrence is as it is, and what was dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.domain.occurrence import Occurrence
from bot.domain.plan import Plan
from bot.domain.walltime import local_day
from bot.services.planning import Agenda

CANCELLED_FOR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Edition:
    """A text of a plan: 1 is the first; ``since`` is when it was adopted."""

    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a newer text no longer asks for; ``plan`` is the last text that did.

    What had its day before ``edition`` belongs to the past, which stays; the rest is
    ``cancelled``.
    """

    occurrence: Occurrence
    plan: Plan
    edition: Edition
    cancelled: bool

    def shown(self, today: date) -> bool:
        """Whether calendars still show it: a cancellation only for ``CANCELLED_FOR``."""
        return not self.cancelled or today <= self.last_day

    @property
    def last_day(self) -> date:
        """The last day on which its cancellation is shown."""
        return local_day(self.edition.since, self.plan.zone) + CANCELLED_FOR


@dataclass(frozen=True, slots=True)
class Editions:
    """The texts of a plan, as its calendars need them.

    ``of`` each occurrence it is the one that last changed it.
    """

    newest: Edition
    of: Mapping[str, Edition]
    dropped: Sequence[Dropped] = field(default=())


def editions(versions: Sequence[tuple[Agenda, datetime]]) -> Editions:
    """Return what the ``versions`` of a plan, the oldest first, have changed one after another."""
    found: dict[str, Edition] = {}
    dropped: dict[str, Dropped] = {}
    before: Mapping[str, Occurrence] = {}
    edition = Edition(1, versions[0][1])
    for number, (agenda, since) in enumerate(versions, start=1):
        edition = Edition(number, since)
        for name in before.keys() - agenda.by_id.keys():
            plan = versions[number - 2][0].plan
            dropped[name] = _dropped(before[name], plan, found.pop(name), edition)
        for name, occurrence in agenda.by_id.items():
            dropped.pop(name, None)
            if name not in before or _shown(before[name]) != _shown(occurrence):
                found[name] = edition
        before = agenda.by_id
    return Editions(edition, found, tuple(dropped[name] for name in sorted(dropped)))


def _dropped(occurrence: Occurrence, plan: Plan, earlier: Edition, edition: Edition) -> Dropped:
    ahead = occurrence.last_day >= local_day(edition.since, plan.zone)
    return Dropped(occurrence, plan, edition if ahead else earlier, ahead)


def _shown(occurrence: Occurrence) -> tuple[object, ...]:
    """What a calendar shows of it, as far as the plan's text says that."""
    kept, said = occurrence, occurrence.commitment
    when = (kept.kind, kept.window, kept.due, kept.day, kept.hours, kept.moved_from, kept.reason)
    return (*when, kept.area, said.title, said.wording, said.responsible, said.sensitive)
