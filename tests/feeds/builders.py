"""Calendars over a small plan, with clocks to turn."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from bot.domain.answer import Answer, AnswerKind
from bot.domain.feed import Feed, FeedScope
from bot.feeds.calendars import Calendars
from bot.feeds.rendering import Rendered
from bot.services.answering import give
from bot.services.editions import Editions, editions
from bot.services.membership import Member
from bot.services.planning import Agenda
from bot.services.selecting import Selecting
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database
from bot.storage.feeds import SqlFeeds
from tests.builders import make_answer, utc

SINCE = utc(2018, 1, 1)
ADDRESS = "https://bot.example"
ANNA = Member("Anna Ek", ("kommunpolis",), email="Anna@Example.se", slack="U024BE7LH")
BO = Member("Bo Ek", ("samordnare",), email="bo@example.se")


@dataclass
class Town:
    """One plan with its calendars; ``now`` is the plan's clock, ``seconds`` the steady one."""

    database: Database
    agenda: Agenda
    selecting: Selecting = field(default_factory=lambda: Selecting([ANNA, BO]))
    now: datetime = SINCE
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.answers = SqlAnswers(self.database)
        self.links = SqlFeeds(self.database)
        self.agendas = {self.agenda.plan.id: self.agenda}
        self.editions: dict[str, Editions] = {}
        self.adopted: list[tuple[Agenda, datetime]] = []
        self.adopt(self.agenda, SINCE)
        self.calendars = Calendars(
            self.agendas, self.editions, self.answers, self.links, lambda: self.now,
            lambda: self.seconds, self.selecting, ADDRESS, b"a key",
        )  # fmt: skip

    def adopt(self, agenda: Agenda, at: datetime) -> None:
        """Take in a new text of the plan."""
        self.adopted.append((agenda, at))
        self.agenda = agenda
        self.editions[agenda.plan.id] = editions(self.adopted)
        self.agendas[agenda.plan.id] = agenda

    def link(self, scope: FeedScope = FeedScope.PLAN, of: str = "", **more: bool) -> str:
        return self.calendars.create(Feed(self.agenda.plan.id, scope, of, **more))

    def opened(self, token: str) -> Rendered:
        """What ``token`` opens, a while later than before."""
        self.seconds += 10
        found = self.calendars.feed(token)
        assert found
        return found

    def body(self, scope: FeedScope = FeedScope.PLAN, of: str = "", **more: bool) -> bytes:
        return self.opened(self.link(scope, of, **more)).body

    def say(
        self,
        occurrence: str,
        kind: AnswerKind,
        at: datetime,
        day: date | None = None,
        note: str = "orsaken",
    ) -> Answer:
        said = make_answer(occurrence, kind, at, day=day, note=note)
        self.now = max(self.now, at)
        return give(self.agenda, self.answers, said, now=at, correct=True).answer


def events(body: bytes) -> dict[str, Event]:
    """The entries of a calendar by the ids of their occurrences."""
    calendar = Calendar.from_ical(body)
    assert isinstance(calendar, Calendar)
    return {str(each["UID"]).partition("@")[0]: each for each in calendar.events}


def day_after(moment: datetime, days: int) -> datetime:
    return moment.astimezone(UTC) + timedelta(days=days)
