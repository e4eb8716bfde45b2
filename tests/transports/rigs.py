"""The table of transports: whoever adds a product adds a line, and passes the contract."""

from tests.transports.fake import FakeRig
from tests.transports.mail import MailRig
from tests.transports.rig import Rig, Trouble
from tests.transports.room import RoomRig
from tests.transports.slack import SlackRig

RIGS: dict[str, type[Rig]] = {
    "fake": FakeRig,
    "room": RoomRig,
    "slack": SlackRig,
    "mail": MailRig,
}


def that_can(*troubles: Trouble) -> list[str]:
    """The products that can make each of ``troubles``."""
    return [name for name, each in RIGS.items() if each.never.keys().isdisjoint(troubles)]


def that_cannot() -> list[tuple[str, Trouble]]:
    """Each product with each trouble that it never makes."""
    return [(name, trouble) for name, each in RIGS.items() for trouble in each.never]
