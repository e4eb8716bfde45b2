"""Delivering, wired: the chat products, the carrier, and the pump that keeps them going."""

import logging
import random
import secrets
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial

from bot.app.addressing import Addressing
from bot.app.clocks import SteadyClock, shared_clock
from bot.app.office import Office
from bot.app.troubles import Troubles
from bot.carriers.dbos import DbosCarrier, Parcel
from bot.carriers.inline import InlineCarrier, tell
from bot.carriers.pump import REST_AFTER_FAULT, Pump, Work
from bot.chat.room.room import Room
from bot.chat.room.transport import RoomTransport
from bot.domain.delivery import Delivery, Node, Outcome
from bot.domain.errors import DatabaseTroubleError, SettingsError
from bot.services import composing
from bot.services.delivering import NEEDED_TO_POST, Delivering, nobody
from bot.services.ports import Clock, Transport
from bot.services.wording import Invite
from bot.settings import MailSettings, Settings, SlackSettings
from bot.storage.database import Database
from bot.storage.invitations import SqlInvitations
from bot.storage.room import SqlRoom

log = logging.getLogger(__name__)

NO_REST = timedelta()
SHORTEST_REST = timedelta(milliseconds=5)
# Other processes may write as well, and they cannot ring.
LONGEST_REST = timedelta(seconds=1)
HEARTBEAT = timedelta(seconds=5)
REAPS_EVERY = timedelta(minutes=1)
CLOCKS_DIFFER = timedelta(seconds=1)
SILENT_FOR = timedelta(seconds=15)
LATE_TICKS_SECONDS = 4  # of a fast clock a tick is hours long


class DeliveryService:
    """Takes what is due to the products; alone on SQLite, beside others on PostgreSQL."""

    def __init__(self, office: Office, settings: Settings, kind: str = "serve") -> None:
        self.office, self.settings = office, settings
        self.troubles = Troubles()
        self.clock: SteadyClock = shared_clock(office.database)
        self.node = Node(f"{socket.gethostname()}-{secrets.token_hex(3)}", kind, self.clock())
        self.room = Room(SqlRoom(office.database))
        self.transports: dict[str, Transport] = {"room": RoomTransport(self.room, self.now)}
        if settings.slack:
            self.transports["slack"] = _slack(settings.slack, office.database)
        readers: tuple[str, ...] = ()
        if settings.mail:
            readers = _readers(settings.mail)
            self.transports["mail"] = _mail(settings.mail, settings.web.address, self.clock)
        self.addressing = Addressing(settings, office.members, readers)
        self.delivering = Delivering(
            office.agendas, office.answers, office.deliveries, self.transports,
            office.calendars.render, self.clock, self.now, random.random,
            operator=settings.delivery.operator, holder=self.node.name,
            late_after=self._late_after(), invite=_invite(settings, office, self.clock),
            invited=SqlInvitations(office.database), editions=office.editions,
        )  # fmt: skip
        self.pump = Pump(self._dispatch, self._show_answers, self._beat, attempt=self._attempt)
        self._reaped = self._reread = self.clock()
        self._written = office.now()
        self.carrier = self._carrier()

    def now(self) -> datetime:
        """Return what the plan's clock shows.

        A virtual one may run faster in the process that writes. What was written has been due.
        """
        now = self.office.now()
        return max(now, self._written) if self.office.clock.virtual else now

    def ring(self) -> None:
        """Tell that there may be something to deliver or to show."""
        self.pump.ring(self._dispatch, self._show_answers)

    def start(self) -> None:
        """Take up what earlier processes left, and deliver."""
        self._beat()
        if not self.office.database.shared:
            self._tell_of(self.office.deliveries.release(now=self.clock()))
        self.carrier.start()
        self.pump.start()

    def stop(self) -> None:
        """Finish what has begun; what has not begun is left to the others."""
        self.pump.stop()
        self.carrier.stop()
        if self.office.database.shared:
            # Where the database is away, the others will know this process by its silence.
            with suppress(DatabaseTroubleError):
                self.office.deliveries.leave(self.node.name)

    def _carrier(self) -> InlineCarrier | DbosCarrier:
        if self.settings.delivery.carrier == "inline":
            ring = partial(self.pump.ring, self._dispatch)
            return InlineCarrier(self._deliver, ring, self._give_back)
        if not self.office.database.shared:
            raise SettingsError(
                "LOFTESBOT_DELIVERY__CARRIER=dbos bär leveranser mellan datorer och behöver "
                "PostgreSQL. Ange en sådan databas, eller inline."
            )
        engine, name = self.office.database.engine, self.node.name
        return DbosCarrier(engine, name, self._deliver_by_id, around=self._held)

    def _give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Leave to others what this process had not begun."""
        # Where the database is away, the lease tells them.
        with suppress(DatabaseTroubleError):
            self.office.deliveries.give_back(deliveries, now=self.clock())

    @contextmanager
    def _held(self, parcel: Parcel) -> Iterator[None]:
        """Hold a parcel that another process may have claimed; its targets are free after it."""
        self.office.deliveries.take_up(parcel, holder=self.node.name)
        try:
            yield
        finally:
            self.pump.ring(self._dispatch)

    def _deliver(self, delivery: Delivery) -> Outcome | None:
        """Deliver by the plan in force, which another process may have put there.

        A plan is adopted before anything is written by it, so whatever was written before the
        plans were read last is known to them. For what waits long they are read with each beat.
        """
        if self.office.database.shared and delivery.not_before >= self._reread - CLOCKS_DIFFER:
            self._read_plans()
        self._written = max(self._written, delivery.written)
        return self.delivering.deliver(delivery)

    def _read_plans(self) -> None:
        now = self.clock()
        self.office.reread()
        self._reread = now

    def _deliver_by_id(self, delivery_id: int, attempt: int) -> None:
        """Deliver what a queue knows by its id only, unless a newer attempt has taken over."""
        delivery = self.office.deliveries.claimed(delivery_id, attempt)
        if delivery is not None:
            tell(delivery, self._deliver(delivery))

    def _attempt(self, work: Work) -> timedelta:
        """Do a round of the pump, and rest a little after one that failed."""
        rest = self.troubles.attempt(work.__qualname__, work)
        return REST_AFTER_FAULT if rest is None else rest

    def _dispatch(self) -> timedelta:
        """Dispatch, and rest until something can become ripe, or somebody else may have written."""
        if self.delivering.dispatch(self.carrier):
            return NO_REST
        if not self.carrier.free:
            # It rings when there is room again.
            return LONGEST_REST
        now = self.clock()
        soonest = self.office.deliveries.soonest(now=now, within=LONGEST_REST)
        return max(soonest - now, SHORTEST_REST) if soonest else LONGEST_REST

    def _show_answers(self) -> timedelta:
        return NO_REST if self.delivering.show_answers() else LONGEST_REST

    def _beat(self) -> timedelta:
        """Say that this process is alive, and take over from those that are not."""
        if self.office.database.shared:
            now = self.clock()
            self.office.deliveries.beat(self.node, now=now)
            # One that is only cut off may be posting still; then its message can be found.
            freed = self.office.deliveries.free_dead(
                now=now, silent_for=SILENT_FOR, rest=NEEDED_TO_POST
            )
            self._tell_of(freed)
            self._read_plans()
            self._reap()
        return HEARTBEAT

    def _reap(self) -> None:
        """Clear away now and then what a queue keeps of deliveries long done."""
        now = self.clock()
        if isinstance(self.carrier, DbosCarrier) and now > self._reaped + REAPS_EVERY:
            self._reaped = now
            self.carrier.reap(now=now)

    def _tell_of(self, freed: int) -> None:
        if freed:
            log.warning("%s deliveries were cut short; each is looked up before it is sent", freed)

    def _late_after(self) -> timedelta:
        ticks = timedelta(seconds=LATE_TICKS_SECONDS * self.office.clock.speed)
        return max(composing.LATE_AFTER, ticks)


def _readers(mail: MailSettings) -> tuple[str, ...]:
    """Whom reminders are mailed to, each address in its one form."""
    from bot.app.mail import mail_readers

    return mail_readers(mail)


def _invite(settings: Settings, office: Office, clock: Clock) -> Invite:
    if settings.mail is None:
        return nobody
    from bot.app.mail import invitation_maker

    return invitation_maker(settings.mail, office, clock)


def _mail(mail: MailSettings, address: str, clock: Clock) -> Transport:
    from bot.app.mail import mail_transport

    return mail_transport(mail, address, clock)


def _slack(slack: SlackSettings, database: Database) -> Transport:
    from bot.app.slack import slack_transport

    return slack_transport(slack, database)
