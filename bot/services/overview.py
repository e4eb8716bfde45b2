"""An overview for whoever works by the plan: what lacks an answer, what comes, what to book."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.occurrence import Occurrence
from bot.domain.periods import Window
from bot.domain.recurrence import Kind
from bot.domain.walltime import local_day
from bot.services.pacing import is_extra
from bot.services.planning import NOTHING_SAID, Agenda, Standings, applied

WEEK = timedelta(days=7)
# So long before its last sensible date a slot is worth looking at.
IN_GOOD_TIME = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Overview:
    """What somebody who works by one plan wants to know, each list by its days.

    ``unanswered`` should have been held and have no outcome, ``coming`` have a day from today
    on, ``to_book`` wait for one, and ``needs`` are the questions of the periods that go on.
    """

    unanswered: tuple[Occurrence, ...]
    coming: tuple[Occurrence, ...]
    to_book: tuple[Occurrence, ...]
    needs: tuple[Occurrence, ...]

    def within_a_week(self, today: date) -> tuple[Occurrence, ...]:
        """Return what comes within seven days from ``today``, that day included."""
        week = Window(today, today + WEEK - timedelta(days=1))
        return tuple(each for each in self.coming if each.first_day in week)

    def of_roles(self, roles: Iterable[str]) -> "Overview":
        """Return the part that somebody with ``roles`` is responsible for."""
        mine = set(roles)
        lists = (self.unanswered, self.coming, self.to_book, self.needs)
        return Overview(
            *(tuple(o for o in each if mine & set(o.commitment.responsible)) for each in lists)
        )


def overview(agenda: Agenda, standings: Standings, *, now: datetime) -> Overview:
    """Return the overview of one plan on the day of ``now``."""
    today = local_day(now, agenda.plan.zone)
    found = []
    for name, planned in agenda.by_id.items():
        standing = standings.get(name, NOTHING_SAID)
        occurrence = applied(planned, standing)
        need = occurrence.kind is Kind.NEED
        if (standing.outcome is None or need) and not is_extra(occurrence):
            found.append(occurrence)
    found.sort(key=lambda each: (each.due, each.id))
    dated = [each for each in found if each.kind in {Kind.OCCURRENCE, Kind.DEADLINE}]
    slots = [each for each in found if each.kind is Kind.SLOT]
    return Overview(
        unanswered=tuple(o for o in (*dated, *slots) if o.last_day < today),
        coming=tuple(each for each in dated if each.last_day >= today),
        to_book=tuple(o for o in slots if _is_near(o, today)),
        needs=tuple(o for o in found if o.kind is Kind.NEED and today in o.window),
    )


def _is_near(slot: Occurrence, today: date) -> bool:
    return slot.window.first <= today + IN_GOOD_TIME and slot.last_day >= today
