"""The real service over the real ledgers and one product, with a clock that is set by hand."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.domain.answer import Standing
from bot.domain.delivery import Delivery, Found, Outcome, Part, Sought
from bot.domain.message import Enclosure, Message
from bot.domain.occurrence import Occurrence
from bot.services.delivering import Delivering, drafts
from bot.services.ports import Transport
from bot.services.timetable import Timetable
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database
from bot.storage.deliveries import SqlDeliveries
from bot.storage.tables import deliveries
from tests.builders import make_agenda, utc
from tests.carrying import ByHand
from tests.transports.rig import Rig

AGENDA = make_agenda()
MEETING = "gavle/lagesbild/2018-W03"
DUE = utc(2018, 1, 16, 6, 45)
MOST_ROUNDS = 20


class KilledError(BaseException):
    """The process is no more; nothing that it would have recorded is."""


@dataclass(frozen=True, slots=True)
class Dying:
    """A transport whose process is killed as soon as the product has answered."""

    transport: Transport

    @property
    def pace(self) -> timedelta:
        return self.transport.pace

    @property
    def encloses(self) -> bool:
        return self.transport.encloses

    @property
    def retells(self) -> bool:
        return self.transport.retells

    def post(self, message: Message, *, address: str) -> Outcome:
        self.transport.post(message, address=address)
        raise KilledError

    def enclose(self, enclosure: Enclosure, *, address: str) -> Outcome:
        return self.transport.enclose(enclosure, address=address)

    def find(self, sought: Sought, *, address: str) -> Found:
        return self.transport.find(sought, address=address)

    def update(self, message: Message, *, address: str, receipt: str) -> Outcome:
        return self.transport.update(message, address=address, receipt=receipt)


@dataclass
class Office:
    """Reminds of one meeting and delivers it through ``rig``."""

    rig: Rig
    database: Database
    now: datetime = DUE

    @property
    def ledger(self) -> SqlDeliveries:
        return SqlDeliveries(self.database)

    @property
    def states(self) -> list[str]:
        """Where the ledger says that the messages stand, files left out."""
        chosen = select(deliveries.c.state).where(deliveries.c.part == Part.MESSAGE)
        with self.database.read() as connection:
            return [str(each) for each in connection.execute(chosen).scalars()]

    def delivering(self, transport: Transport | None = None) -> Delivering:
        """Return the service; the only place in this suite that makes it."""
        return Delivering(
            agendas={"gavle": AGENDA},
            answers=SqlAnswers(self.database),
            ledger=self.ledger,
            transports={self.rig.product: transport or self.rig.transport},
            render=_render,
            clock=lambda: self.now,
            plan_clock=lambda: self.now,
            chance=lambda: 0.0,
        )

    def remind(self) -> int:
        """Write what is due of the meeting; nothing the second time."""
        standings = SqlAnswers(self.database).standings("gavle")
        since = dict.fromkeys(AGENDA.by_id, utc(2018, 1, 16, 0))
        owed = Timetable(AGENDA, since).owed
        found = owed(AGENDA.plan.commitments, standings, now=self.now)
        ours = [each for each in found if each.occurrence.id == MEETING]
        every = drafts(ours, {"samverkan": [f"{self.rig.product}:{self.rig.address}"]})
        return self.ledger.write(every, written=self.now, now=self.now)

    def run(self, *, after: timedelta = timedelta()) -> None:
        """Deliver, one round after another, until nothing is ripe any more."""
        self.now += after
        for _ in range(MOST_ROUNDS):
            if not self.delivering().dispatch(ByHand(self.submit)):
                return
            # The next file or message to the same place has to wait its turn.
            self.now += self.rig.transport.pace
        raise AssertionError("there is no end to it")

    def be_killed(self) -> None:
        """Deliver what is ripe in a process that is killed between posting and recording."""
        claimed: list[Delivery] = []
        self.delivering().dispatch(ByHand(claimed.extend))
        for delivery in claimed:
            with suppress(KilledError):
                self.delivering(Dying(self.rig.transport)).deliver(delivery)

    def submit(self, found: Sequence[Delivery]) -> None:
        for delivery in found:
            self.delivering().deliver(delivery)


def _render(occurrence: Occurrence, standing: Standing) -> bytes:
    return f"{occurrence.day} {standing.sequence}".encode()
