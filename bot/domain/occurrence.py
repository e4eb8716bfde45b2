"""An occurrence: one activity on one day, or a slot that waits to be booked."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.invitation import Times, times
from bot.domain.periods import Period, Window
from bot.domain.plan import Area, Commitment
from bot.domain.recurrence import AT_THE_END, Asking, Base, Kind
from bot.domain.walltime import Hours, instant


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One activity on one day, or something to be done inside a window.

    ``day`` is set once there is a day. ``due`` is that day, or else the last sensible date.
    ``counted`` is the period that the promise counts it in. ``revision`` rises by one each
    time that somebody books or postpones it. What is ``optional`` is welcome, and never missed.
    ``follows`` is what its day comes from, as planned. ``asking`` says more of a question.
    It is ``over`` once it was held or its day has passed, as far as whoever made it knew, and
    ``called_off`` when it is sensitive and not to be held; its day then says nothing.
    """

    id: str
    plan: str
    commitment: Commitment
    kind: Kind
    window: Window
    due: date
    counted: Period
    day: date | None = None
    hours: Hours | None = None
    area: Area | None = None
    moved_from: date | None = None
    reason: str = ""
    revision: int = 0
    optional: bool = False
    follows: Base | None = None
    asking: Asking = AT_THE_END
    over: bool = False
    called_off: bool = False

    @property
    def veiled(self) -> bool:
        """Whether no more than its month may be told: it is sensitive, and not over."""
        return self.commitment.sensitive and not self.over

    @property
    def in_full(self) -> "Occurrence":
        """The same occurrence for those who may know all of it."""
        return replace(self, over=True) if self.veiled else self

    @property
    def veiled_until(self) -> date:
        """The last day on which its veil would last; for ever without a day on which it is held."""
        return self.day if self.day and not self.called_off else date.max

    @property
    def times(self) -> Times | None:
        """The day and the hours that people are invited to; None while there is no day."""
        return times(self.day, self.hours) if self.day else None

    @property
    def first_day(self) -> date:
        """The day that reminders beforehand count back from."""
        return self.window.first if self.kind is Kind.DEADLINE else self.due

    @property
    def last_day(self) -> date:
        """The day after which it ought to have happened."""
        return self.day or self.window.last

    @property
    def base(self) -> str:
        """The id of the occurrence that it follows, if any."""
        return self.follows.id if self.follows else ""

    @property
    def dependent(self) -> bool:
        """Whether its day can move with that of what it follows."""
        return self.follows is not None and bool(self.follows.id or self.follows.outside)

    @property
    def answer_by(self) -> date:
        """The last day on which nobody misses the answer to a question."""
        return self.asking.answer_by or self.last_day

    def start(self, zone: ZoneInfo) -> datetime | None:
        """The instant (UTC) at which it begins; nothing for what lasts all day."""
        return instant(self.day, self.hours.start, zone) if self.day and self.hours else None

    def end(self, zone: ZoneInfo) -> datetime | None:
        """The instant (UTC) at which it ends; nothing for what lasts all day."""
        return instant(self.day, self.hours.end, zone) if self.day and self.hours else None

    def seen(self, today: date) -> "Occurrence":
        """The same occurrence as it may be told of on ``today``."""
        return self.in_full if self.veiled_until < today else self

    def on(self, day: date, hours: Hours | None, *, reason: str = "") -> "Occurrence":
        """The same occurrence, booked for ``day`` or postponed to it."""
        return replace(
            self,
            kind=Kind.OCCURRENCE if self.kind is Kind.SLOT else self.kind,
            window=Window(day, day),
            day=day,
            due=day,
            hours=hours,
            moved_from=self.day if self.day and self.day != day else self.moved_from,
            reason=reason or self.reason,
            revision=self.revision + 1,
        )
