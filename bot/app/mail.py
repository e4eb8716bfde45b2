"""E-mail, wired: what goes out, and how its readers can answer."""

from bot.domain.signing import Key
from bot.mail.addresses import parse_sender
from bot.mail.server import parse_smtp_url
from bot.mail.stationery import Stationery
from bot.mail.transport import MailTransport
from bot.services.links import Links
from bot.services.ports import Clock
from bot.settings import MailSettings, Settings


def mail_transport(mail: MailSettings, address: str, clock: Clock) -> MailTransport:
    """Return what mails; ``address`` is that of the pages, ``clock`` the machine's."""
    server = parse_smtp_url(mail.smtp_url.get_secret_value())
    return MailTransport(server, _stationery(mail, address, clock), clock)


def answer_links(settings: Settings, clock: Clock) -> Links | None:
    """Return the links that mails carry; none without a key to sign them."""
    return _links(settings.mail, settings.web.address, clock) if settings.mail else None


def _stationery(mail: MailSettings, address: str, clock: Clock) -> Stationery:
    return Stationery(parse_sender(mail.sender), address, _links(mail, address, clock))


def _links(mail: MailSettings, address: str, clock: Clock) -> Links | None:
    if mail.key is None:
        return None
    return Links(Key(mail.key.get_secret_value().encode()), address, clock)
