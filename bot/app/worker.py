"""A worker: a process that only delivers, beside others on the same database."""

from bot.app.delivery import DeliveryService
from bot.app.office import Office
from bot.settings import Settings


class Worker:
    """Delivers what any process has written; needs a database that processes can share."""

    def __init__(self, office: Office, settings: Settings) -> None:
        self.office = office
        self.delivery = DeliveryService(office, settings, "worker")

    def start(self) -> None:
        """Begin to deliver."""
        self.delivery.start()

    def stop(self) -> None:
        """Finish what has begun, and leave the rest to the others."""
        self.delivery.stop()
        self.office.database.close()
