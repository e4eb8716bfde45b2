"""Entries: what a calendar can show of a plan and its earlier texts, and what it tells of each."""

from dataclasses import dataclass, replace
from datetime import date

from bot.domain.answer import Standing
from bot.domain.feed import Feed
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Plan
from bot.feeds.events import DROPPED, HANDED_OVER, Told
from bot.services.editions import Edition, Editions, Left
from bot.services.planning import Agenda, applied
from bot.services.selecting import Selecting


@dataclass(frozen=True, slots=True)
class Entry:
    """An occurrence as planned, in whose words, and since which text.

    ``left`` says that it is not in the newest text, or not theirs any more.
    """

    occurrence: Occurrence
    plan: Plan
    edition: Edition
    left: Left | None = None

    def says_the_same(self, other: "Entry") -> bool:
        """Whether both are told alike; a text that is read anew makes other objects of the same."""
        mine, theirs = self.occurrence, other.occurrence
        if (mine is not theirs and mine != theirs) or self.edition != other.edition:
            return False
        if self.left is not other.left and _ending(self.left) != _ending(other.left):
            return False
        return self.plan is other.plan or _words(self) == _words(other)

    def told(
        self, standing: Standing, today: date, *, address: str = "", discreet: bool = False
    ) -> Told:
        """Return what is told of it on ``today``, with the page at ``address`` to answer it on."""
        if self.left and self.left.cancelled(standing):
            return ended(self.left, standing, discreet=discreet)
        shown = applied(self.occurrence, standing).seen(today)
        # Its id says more than one may know of what is veiled.
        known = address and not shown.veiled and not (self.left and self.left.dropped)
        link = f"{address}/occurrences/{shown.id}" if known else ""
        return Told(self.plan, shown, standing, self.edition, link=link, discreet=discreet)


def _words(entry: Entry) -> tuple[object, ...]:
    """What it is told with of the rest of its plan."""
    plan, said = entry.plan, entry.occurrence.commitment
    return plan.role_names(said.responsible), plan.areas, plan.zone


def _ending(left: Left | None) -> tuple[object, ...]:
    return (left.earlier, left.edition, left.dropped) if left else ()


def ended(left: Left, standing: Standing, *, discreet: bool = False) -> Told:
    """Return the cancellation of what lay ahead when a newer text left it out."""
    known = left.before(standing)
    shown = applied(left.occurrence, known)
    if shown.veiled:
        shown = replace(shown, called_off=True)
    why = DROPPED if left.dropped else HANDED_OVER
    return Told(left.plan, shown, known, left.edition, ended=why, discreet=discreet)


def entries(feed: Feed, agenda: Agenda, known: Editions, selecting: Selecting) -> tuple[Entry, ...]:
    """Return everything that ``feed`` may show, whatever the answers say."""
    found: dict[str, Entry] = {}
    for left in known.left:
        if selecting.belongs(feed, left.plan, left.occurrence.commitment):
            entry = Entry(left.occurrence, left.plan, left.earlier, left)
            found[left.occurrence.id] = entry
    for name, each in agenda.by_id.items():
        if selecting.belongs(feed, agenda.plan, each.commitment):
            found[name] = Entry(each, agenda.plan, known.of.get(name, known.newest))
    return tuple(found.values())
