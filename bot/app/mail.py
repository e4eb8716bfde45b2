"""E-mail, wired: what goes out, and how its readers can answer."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from bot.app.mail_in import MailWayIn
from bot.app.troubles import Troubles
from bot.domain.signing import Key
from bot.mail.addresses import parse_sender, wire_address
from bot.mail.intake import Intake
from bot.mail.reception import Reception, TakeCalendars, no_calendars
from bot.mail.server import parse_imap_url, parse_smtp_url
from bot.mail.stationery import Stationery
from bot.mail.transport import MailTransport
from bot.services.desk import Desk
from bot.services.links import Links
from bot.services.ports import Clock
from bot.settings import MailSettings, Settings
from bot.storage.database import Database
from bot.storage.inbox import SqlInbox

ALONE = "mail in"


def mail_transport(mail: MailSettings, address: str, clock: Clock) -> MailTransport:
    """Return what mails; ``address`` is that of the pages, ``clock`` the machine's."""
    server = parse_smtp_url(mail.smtp_url.get_secret_value())
    return MailTransport(server, _stationery(mail, address, clock), clock)


def mail_readers(mail: MailSettings) -> tuple[str, ...]:
    """Return whom reminders are mailed to, each address in its one form."""
    return tuple(wire_address(each) for each in mail.targets)


def answer_links(settings: Settings, clock: Clock) -> Links | None:
    """Return the links that mails carry; none without a key to sign them."""
    return _links(settings.mail, settings.web.address, clock) if settings.mail else None


def mail_reception(
    mail: MailSettings,
    address: str,
    desk: Desk,
    clock: Clock,
    take_calendars: TakeCalendars = no_calendars,
) -> Reception:
    """Return what takes replies to mails; ``take_calendars`` takes the calendars in them."""
    transport = mail_transport(mail, address, clock)
    readers, send = mail_readers(mail), transport.hand_over
    return Reception(desk, transport.stationery, readers, send, clock, take_calendars)


def mail_way_in(
    mail: MailSettings, reception: Reception, database: Database, troubles: Troubles
) -> list[MailWayIn]:
    """Return the way in of replies; none where no mailbox is read."""
    if mail.imap_url is None:
        return []
    folder, clock = parse_imap_url(mail.imap_url.get_secret_value()), reception.clock
    intake = Intake(SqlInbox(database, "mail"), reception, clock, _alone(database))
    return [MailWayIn(folder, intake, clock, troubles)]


def _alone(database: Database) -> Callable[[], AbstractContextManager[object]]:
    """What keeps two processes that read the same mailbox from answering the same mail."""
    return partial(database.lent, alone=ALONE) if database.shared else nullcontext


def _stationery(mail: MailSettings, address: str, clock: Clock) -> Stationery:
    links = _links(mail, address, clock)
    replies = bool(links and mail.imap_url)
    return Stationery(parse_sender(mail.sender), address, links, replies, mail.plus)


def _links(mail: MailSettings, address: str, clock: Clock) -> Links | None:
    if mail.key is None:
        return None
    return Links(Key(mail.key.get_secret_value().encode()), address, clock)
