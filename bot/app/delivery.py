"""Delivering, wired: the chat products, the carrier, and the pump that keeps them going."""

from datetime import timedelta

from bot.app.office import Office
from bot.carriers.inline import InlineCarrier, Pump
from bot.chat.room.room import Room
from bot.chat.room.transport import RoomTransport
from bot.services import composing
from bot.services.delivering import Delivering
from bot.services.ports import Clock, Transport
from bot.settings import Settings, SlackSettings
from bot.storage.room import SqlRoom

LATE_TICKS_SECONDS = 4  # of a fast clock a tick is hours long


class DeliveryService:
    """Takes what is due to the products; ``clock`` is the machine's."""

    def __init__(self, office: Office, settings: Settings, clock: Clock) -> None:
        self.office, self.settings, self.clock = office, settings, clock
        self.room = Room(SqlRoom(office.database))
        self.transports: dict[str, Transport] = {"room": RoomTransport(self.room, office.now)}
        if settings.slack:
            self.transports["slack"] = _slack(settings.slack)
        self.delivering = Delivering(
            office.agendas, office.answers, office.deliveries, self.transports,
            office.calendars.render, clock, office.now, self._late_after(),
        )  # fmt: skip
        self.pump = Pump(self._dispatch, self.delivering.show_answers)
        self.carrier = InlineCarrier(self.delivering.deliver, self.pump.ring)

    def places(self, target: str) -> tuple[str, ...]:
        """Return the places that a target of a plan stands for, each with its product."""
        slack = self.settings.slack
        return (f"room:{target}", *([f"slack:{slack.target}"] if slack else []))

    def ring(self) -> None:
        """Tell that there may be something to deliver or to show."""
        self.pump.ring()

    def start(self) -> int:
        """Take up what an earlier process left, and deliver; return how much was cut short."""
        released = self.office.deliveries.release(now=self.clock())
        self.pump.start()
        return released

    def stop(self) -> None:
        """Finish what has begun; what has not begun stays in the ledger."""
        self.pump.stop()
        self.carrier.stop()

    def _dispatch(self) -> int:
        return self.delivering.dispatch(self.carrier)

    def _late_after(self) -> timedelta:
        ticks = timedelta(seconds=LATE_TICKS_SECONDS * self.office.clock.speed)
        return max(composing.LATE_AFTER, ticks)


def _slack(slack: SlackSettings) -> Transport:
    from bot.chat.slack.client import make_client
    from bot.chat.slack.transport import SlackTransport

    return SlackTransport(make_client(slack.bot_token.get_secret_value(), slack.base_url))
