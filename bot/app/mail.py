"""E-mail, wired: what goes out, and how its readers can answer."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from bot.app.attendance import MailedAttendance
from bot.app.mail_in import MailWayIn
from bot.app.office import Office
from bot.app.troubles import Troubles
from bot.domain.answer import Standing
from bot.domain.delivery import Draft
from bot.domain.signing import Key
from bot.feeds.invitations import Guest
from bot.mail.addresses import parse_sender, readers
from bot.mail.intake import Intake
from bot.mail.reception import Reception, TakeAttendance, no_attendance
from bot.mail.server import parse_imap_url, parse_smtp_url
from bot.mail.stationery import Stationery
from bot.mail.transport import MailTransport
from bot.services.attending import Attending
from bot.services.desk import Desk
from bot.services.links import Links
from bot.services.membership import Membership
from bot.services.membership import reader as visitor_of
from bot.services.ports import Clock
from bot.services.wording import Invite
from bot.settings import MailSettings, Settings
from bot.storage.database import Database
from bot.storage.inbox import SqlInbox
from bot.storage.invitations import SqlInvitations

ALONE = "mail in"


def mail_transport(mail: MailSettings, address: str, clock: Clock) -> MailTransport:
    """Return what mails; ``address`` is that of the pages, ``clock`` the machine's."""
    server = parse_smtp_url(mail.smtp_url.get_secret_value())
    return MailTransport(server, _stationery(mail, address, clock), clock)


def mail_readers(mail: MailSettings) -> tuple[str, ...]:
    """Return whom reminders are mailed to, each address in its one form."""
    return readers(mail.targets)


def answer_links(settings: Settings, clock: Clock) -> Links | None:
    """Return the links that mails carry; none without a key to sign them."""
    return _links(settings.mail, settings.web.address, clock) if settings.mail else None


def mail_reception(
    mail: MailSettings,
    address: str,
    desk: Desk,
    clock: Clock,
    take_attendance: TakeAttendance = no_attendance,
) -> Reception:
    """Return what takes replies to mails; ``take_attendance`` takes from them who comes."""
    transport = mail_transport(mail, address, clock)
    known, send = mail_readers(mail), transport.hand_over
    return Reception(desk, transport.stationery, known, send, clock, take_attendance)


def invitation_maker(mail: MailSettings, office: Office, clock: Clock) -> Invite:
    """Return what makes the calendar part of an invitation."""
    paper = _stationery(mail, office.address, clock)
    membership = Membership(office.members)

    def invite(draft: Draft, standing: Standing) -> bytes:
        reader = draft.address
        name = membership.name_of(visitor_of(reader))
        organizer = paper.organizer(draft.occurrence, reader)
        guest = Guest(reader, name, organizer, paper.sender.name)
        return office.calendars.invite(draft, standing, guest)

    return invite


def attendance_taker(
    mail: MailSettings, office: Office, desk: Desk, clock: Clock
) -> TakeAttendance:
    """Return what takes who comes from replies, where anybody is invited."""
    if office.guests is None:
        return no_attendance
    name_of = desk.membership.name_of
    attending = Attending(
        desk, SqlInvitations(office.database), office.guests,
        lambda reader: name_of(visitor_of(reader)), clock,
    )  # fmt: skip
    return MailedAttendance(attending, _stationery(mail, office.address, clock)).take


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
