"""A small plan, and a room that its reminders are really posted to."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.chat.room.room import Room
from bot.chat.room.transport import RoomTransport
from bot.domain.answer import Standing
from bot.domain.counting import CountPerPeriod
from bot.domain.deadlines import Deadline
from bot.domain.delivery import Draft
from bot.domain.feed import EMPTY_FOR, Feed
from bot.domain.occurrence import Occurrence
from bot.domain.periods import PeriodUnit, Window
from bot.domain.plan import Activity, Area, Commitment, Plan, Policy, Promise, Role
from bot.domain.recurrence import Cadence, OnDemand
from bot.domain.rhythms import Interval, IntervalUnit
from bot.domain.signing import Key
from bot.domain.walltime import Hours
from bot.feeds.calendars import Calendars
from bot.services import composing
from bot.services.delivering import NO_REST, Delivering
from bot.services.desk import Desk
from bot.services.editions import editions
from bot.services.links import Links
from bot.services.membership import Member, Membership
from bot.services.planning import Agenda
from bot.services.ports import Claim
from bot.services.selecting import Selecting
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.feeds import SqlFeeds
from bot.storage.receipts import SqlReceipts
from bot.storage.room import SqlRoom
from bot.web.site import Site

ZONE = ZoneInfo("Europe/Stockholm")
MORNING = datetime(2018, 1, 8, 8, 0, tzinfo=UTC)
MEETING = "gavle/lagesbild/2018-W02"
DIALOG = "gavle/medborgardialog/2018/satra/1"
EFFORT = "gavle/insats/2018-01"
TOKEN = "a-token-that-opens-the-feed"
OLD_TOKEN = "a-token-that-was-taken-back"
ANNA = Member("Anna Ek", ("kommunpolis",), email="Anna@Example.se", slack="U024BE7LH")
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
        self.seconds = 0.0
        self.links = SqlFeeds(database)
        self.calendars = self._calendars()
        self.healthy = True
        self.with_links = True
        self.address = ""
        self.inviting = False
        self.members: tuple[Member, ...] = ()
        self.answer_links = Links(Key(b"k" * 32), "http://loftesbot.test", self.clock)
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

    def _calendars(self) -> Calendars:
        """Calendars with one link that serves, and one that ended so long ago that it is gone."""
        self.links.add(TOKEN, Feed("gavle"), now=CHANGED)
        old = self.links.add(OLD_TOKEN, Feed("gavle"), now=CHANGED - EMPTY_FOR)
        self.links.revoke(old, now=self.now - EMPTY_FOR)
        return Calendars(
            {"gavle": self.agenda}, {"gavle": editions([(self.agenda, CHANGED)])}, self.answers,
            self.links, self.clock, self.steady, Selecting([ANNA]), address="https://bot.example",
        )  # fmt: skip

    def steady(self) -> float:
        return self.seconds

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
        desk = Desk(
            {"gavle": self.agenda}, self.answers, receipts, self.clock, self._changed,
            Membership(self.members),
        )  # fmt: skip
        return Site(
            desk=desk,
            room=self.room,
            calendars=self.calendars,
            report=lambda plan, as_of: f"<style>h1{{}}</style><h1>{plan} {as_of}</h1>",
            health=self._health,
            hosts=("127.0.0.1", "loftesbot.test"),
            closing=self.closing,
            demo_note=self.demo_note,
            address=self.address,
            steady=self.steady,
            links=self.answer_links if self.with_links else None,
            inviting=self.inviting,
        )

    def _changed(self, _occurrence: Occurrence) -> None:
        self.delivering.show_answers()

    def _health(self) -> Mapping[str, object]:
        return {"status": "ok" if self.healthy else "the pump stands still"}
