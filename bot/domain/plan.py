"""An activity plan: promises, activities with their five columns, and what can be counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.periods import Term, Window
from bot.domain.recurrence import Base, Cadence, Scope
from bot.domain.walltime import Hours
from bot.domain.workdays import FreeDayRule, WorkCalendar


@dataclass(frozen=True, slots=True)
class Area:
    """A place that promises are counted in; unconfirmed ones are a guess to be checked.

    It follows the terms of ``municipality``, where one is named.
    """

    id: str
    name: str
    type: str
    confirmed: bool = True
    municipality: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """Who owns activities: a role, never a person. ``deputy`` is the role that stands in.

    With a ``digest`` its reminders come together, on the first working day of each week.
    """

    id: str
    name: str
    party: str
    deputy: str | None = None
    digest: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """When people are reminded of one occurrence; all counts are in days.

    ``ahead_days`` and ``book_ahead_days`` are calendar days before a dated occurrence, or
    before the last sensible date of an unbooked slot. The rest counts working days:
    ``ask_after_days`` after it, the question "genomförd?"; then ``nags`` repeats and the
    ladder upwards, each ``nag_every_days`` apart. ``kvittera`` is silence for ``hush_days``.
    """

    id: str
    at: time
    day_at: time
    ahead_days: tuple[int, ...] = ()
    book_ahead_days: tuple[int, ...] = ()
    on_the_day: bool = True
    ask_after_days: int | None = 1
    nag_every_days: int = 3
    nags: int = 2
    escalate: bool = True
    hush_days: int = 5


@dataclass(frozen=True, slots=True)
class Commitment:
    """One countable thing that a row promises; ``wording`` is the row's own (*ordalydelse*).

    It is counted in each area of ``area_type`` and each of ``places``. A total over several
    places that they share has them in ``shared``. ``chain`` is the id of the commitment that
    this one is a step of. Of what is ``sensitive`` only the month is told until it is over.
    """

    id: str
    title: str
    wording: str
    cadence: Cadence
    responsible: tuple[str, ...]
    policy: str
    target: str
    row: int = 0
    hours: Hours | None = None
    free_day: FreeDayRule = FreeDayRule.NEXT
    area_type: str | None = None
    reading: str = ""
    places: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    chain: str = ""
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something outside the plan that promises in it follow: the meetings of another body."""

    id: str
    title: str
    cadence: Cadence


@dataclass(frozen=True, slots=True)
class Activity:
    """A row of the activity plan; the columns hold the source's words, letter for letter."""

    row: int
    promise: str
    aktivitet: str
    omfattning: str
    nar: str
    ansvarig: str
    uppfoljning: str
    commitments: tuple[Commitment, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to the citizens (*medborgarlöfte*) and the activities named with it."""

    id: str
    wording: str
    activities: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Plan:
    """What two parties promised for a period; every reference inside it resolves.

    A plan with an ``open_end``, in its own words, lasts until that happens; ``period`` is then
    what it is worked out for. ``renewal`` is the decision whether it goes on.
    With ``anyone_answers`` whoever is in the channel may answer, whatever role they hold.
    ``direct`` names the role of each target that stands for its holders and no channel.
    Two plans are equal only when they are the same one.
    """

    id: str
    title: str
    municipality: str
    parties: tuple[str, ...]
    zone: ZoneInfo
    period: Window
    promises: tuple[Promise, ...]
    activities: tuple[Activity, ...]
    follow_up: Commitment
    areas: tuple[Area, ...]
    roles: Mapping[str, Role]
    policies: Mapping[str, Policy]
    targets: Mapping[str, str]
    escalation: tuple[str, ...]
    sending_hours: Hours
    work: WorkCalendar = field(default_factory=WorkCalendar)
    terms: tuple[Term, ...] = ()
    events: tuple[Event, ...] = ()
    open_end: str = ""
    renewal: Commitment | None = None
    anyone_answers: bool = False
    direct: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def commitments(self) -> tuple[Commitment, ...]:
        """Everything that can be counted, row by row; the plan's own affairs come last."""
        rows = [each for activity in self.activities for each in activity.commitments]
        return (*rows, self.follow_up, *([self.renewal] if self.renewal else []))

    def commitment_id(self, commitment: Commitment) -> str:
        """The id that is unique among all plans, also the id of its job."""
        return f"{self.id}/{commitment.id}"

    def areas_of(self, commitment: Commitment) -> tuple[Area, ...]:
        """The areas that ``commitment`` is counted in, in the order of the plan; often none."""
        kind, places = commitment.area_type, commitment.places
        return tuple(each for each in self.areas if each.type == kind or each.id in places)

    def terms_of(self, municipality: str) -> tuple[Term, ...]:
        """The terms in ``municipality``, those of all where it has none of its own."""
        own = tuple(each for each in self.terms if each.municipality == municipality)
        return own or tuple(each for each in self.terms if not each.municipality)

    def scope(self, commitment: Commitment, bases: Sequence[Base] = ()) -> Scope:
        """What the cadence of ``commitment`` is worked out within."""
        areas = self.areas_of(commitment)
        terms = {each.id: self.terms_of(each.municipality) for each in areas}
        terms[""] = self.terms_of(self.municipality)
        return Scope(self.period, self.work, [each.id for each in areas], terms, bases)

    def area(self, area_id: str) -> Area | None:
        """The area of that id or name, if there is one."""
        wanted = area_id.casefold()
        found = (a for a in self.areas if wanted in {a.id.casefold(), a.name.casefold()})
        return next(found, None)

    def deputies(self, commitment: Commitment) -> tuple[str, ...]:
        """The roles that stand in for those responsible, each once."""
        named = (self.roles[role].deputy for role in commitment.responsible)
        return tuple(dict.fromkeys(role for role in named if role))

    def sends_at(self, moment: datetime) -> bool:
        """Whether reminders may go out at ``moment``: on a working day, in the sending hours."""
        local = moment.astimezone(self.zone)
        return self.work.is_working(local.date()) and local.time() in self.sending_hours

    def in_digest(self, commitment: Commitment) -> bool:
        """Whether all who are responsible want to be reminded together, once a week."""
        return all(self.roles[each].digest for each in commitment.responsible)

    def role_names(self, roles: tuple[str, ...]) -> str:
        """The roles' names within a sentence: ``kommunpolis och trygghetssamordnare``."""
        names = [_within_a_sentence(self.roles[role].name) for role in roles]
        return " och ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _within_a_sentence(name: str) -> str:
    """``Styrgruppen`` becomes ``styrgruppen``; an abbreviation such as ``BRÅ`` stays."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
