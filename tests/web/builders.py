"""A small plan, and a room that its reminders are really posted to."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.chat.room.room import Room
from bot.chat.room.transport import RoomTransport
from bot.domain.answer import Standing
from bot.domain.counting import CountPerPeriod
from bot.domain.deadlines import Deadline
from bot.domain.delivery import Draft
from bot.domain.errors import UnknownOccurrenceError
from bot.domain.occurrence import Occurrence
from bot.domain.periods import PeriodUnit, Window
from bot.domain.plan import Activity, Area, Commitment, Plan, Policy, Promise, Role
from bot.domain.recurrence import Cadence, OnDemand
from bot.domain.rhythms import Interval, IntervalUnit
from bot.domain.walltime import Hours
from bot.services import composing
from bot.services.delivering import NO_REST, Delivering
from bot.services.desk import Desk
from bot.services.planning import Agenda
from bot.services.ports import Claim
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.receipts import SqlReceipts
from bot.storage.room import SqlRoom
from bot.web.site import Rendered, Site

ZONE = ZoneInfo("Europe/Stockholm")
MORNING = datetime(2018, 1, 8, 8, 0, tzinfo=UTC)
MEETING = "gavle/lagesbild/2018-W02"
DIALOG = "gavle/medborgardialog/2018/satra/1"
EFFORT = "gavle/insats/2018-01"
TOKEN = "a-token-that-opens-the-feed"
OLD_TOKEN = "a-token-that-was-taken-back"
FEED = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
CHANGED = datetime(2018, 1, 5, 12, 0, 30, 500, tzinfo=UTC)


def a_commitment(name: str, title: str, cadence: Cadence, **more: object) -> Commitment:
    values: dict[str, object] = {
        "id": name,
        "title": title,
        "wording": f"{title} enligt planen",
        "cadence": cadence,
        "responsible": ("kommunpolis",),
        "policy": "usual",
        "target": "samverkan",
        "row": 1,
    }
    return Commitment(**values | more)  # type: ignore[arg-type]  # one builder for all columns


def a_plan() -> Plan:
    monday = Interval(1, IntervalUnit.WEEK, date(2018, 1, 8))
    dialogs = CountPerPeriod(2, PeriodUnit.YEAR, area_type="stadsdel")
    commitments = (
        a_commitment("lagesbild", "Lägesbild", monday, hours=Hours(time(9), time(10, 30))),
        a_commitment("medborgardialog", "Medborgardialog", dialogs, area_type="stadsdel"),
        a_commitment("insats", "Insats mot droger", OnDemand(PeriodUnit.MONTH)),
    )
    row = Activity(1, "trygghet", "Samverkan", "varje vecka", "2018", "Polisen", "", commitments)
    return Plan(
        id="gavle",
        title="Gävle 2018",
        municipality="Gävle",
        parties=("Gävle kommun", "Polisen"),
        zone=ZONE,
        period=Window(date(2018, 1, 1), date(2018, 12, 31)),
        promises=(Promise("trygghet", "Vi ska göra Gävle tryggare.", ("Samverkan",)),),
        activities=(row,),
        follow_up=a_commitment("uppfoljning", "Uppföljning", Deadline(2018, 11), row=0),
        areas=(Area("satra", "Sätra", "stadsdel"), Area("bomhus", "Bomhus", "stadsdel")),
        roles={
            "kommunpolis": Role("kommunpolis", "Kommunpolis", "Polisen"),
            "samordnare": Role("samordnare", "Trygghetssamordnare", "Gävle kommun"),
        },
        policies={"usual": Policy("usual", time(8), time(7, 30))},
        targets={"samverkan": "Samverkansgruppen"},
        escalation=("samordnare",),
        sending_hours=Hours(time(7), time(18)),
    )


@dataclass
class FakeCalendars:
    """Feed links by token; the invitation of every dated occurrence is the same."""

    agenda: Agenda
    feeds: dict[str, Rendered] = field(default_factory=dict)

    def create(self, plan: str) -> str:
        token = f"new-token-{len(self.feeds):020}"
        self.feeds[token] = Rendered(FEED, "first", CHANGED)
        return token

    def feed(self, token: str) -> Rendered | None:
        return self.feeds.get(token)

    def invitation(self, occurrence: str) -> bytes | None:
        found = self.agenda.by_id.get(occurrence)
        if found is None:
            raise UnknownOccurrenceError(occurrence)
        return FEED if found.day else None


class World:
    """Everything behind the pages: the real storage, room and services, and a clock to turn."""

    def __init__(self, database: Database) -> None:
        self.now = MORNING
        self.agenda = Agenda(a_plan())
        self.answers = SqlAnswers(database)
        self.deliveries = SqlDeliveries(database)
        self.room = Room(SqlRoom(database))
        self.closing = threading.Event()
        self.demo_note = "Demo: en dag i sekunden."
        known = {TOKEN: Rendered(FEED, "first", CHANGED)}
        known[OLD_TOKEN] = Rendered(b"", "", CHANGED, gone=True)
        self.calendars = FakeCalendars(self.agenda, known)
        self.healthy = True
        self.delivering = Delivering(
            agendas={"gavle": self.agenda},
            answers=self.answers,
            ledger=self.deliveries,
            transports={"room": RoomTransport(self.room, self.clock)},
            render=lambda _occurrence, _standing: b"",
            clock=self.clock,
            plan_clock=self.clock,
            chance=lambda: 0.0,
        )

    def clock(self) -> datetime:
        return self.now

    def post(self, occurrence: str, step: str = "ahead-3", *, due: datetime | None = None) -> None:
        """Send any step as a reminder, from a draft in the ledger to the room."""
        target = "room:samverkan"
        key = f"{occurrence}#{step}@{target}"
        draft = Draft(key, "gavle", occurrence, step, target, due or self.now)
        self.deliveries.write([draft], written=self.now, now=self.now)
        wish = Claim(self.now, timedelta(minutes=2), {}, limit=10, holder="n1")
        for claimed in self.deliveries.claim(wish, lambda _connection, _found: None):
            standing = self.standing(occurrence)
            sending = composing.Sending(key, step, draft.due, self.now)
            found = self.agenda.find(occurrence, standing)
            message = composing.message(self.agenda.plan, found, standing, sending, None)
            outcome = RoomTransport(self.room, self.clock).post(message, address="samverkan")
            posted = replace(claimed, posted=self.now, shown=standing.newest)
            self.deliveries.settle(posted, outcome, now=self.now, rest=NO_REST, then=[])

    def standing(self, occurrence: str) -> Standing:
        return self.answers.standing(occurrence)

    def site(self) -> Site:
        receipts = SqlReceipts(self.deliveries.database)
        desk = Desk({"gavle": self.agenda}, self.answers, receipts, self.clock, self._changed)
        return Site(
            desk=desk,
            room=self.room,
            calendars=self.calendars,
            report=lambda plan, as_of: f"<style>h1{{}}</style><h1>{plan} {as_of}</h1>",
            health=self._health,
            hosts=("127.0.0.1", "loftesbot.test"),
            closing=self.closing,
            demo_note=self.demo_note,
        )

    def _changed(self, _occurrence: Occurrence) -> None:
        self.delivering.show_answers()

    def _health(self) -> Mapping[str, object]:
        return {"status": "ok" if self.healthy else "the pump stands still"}
