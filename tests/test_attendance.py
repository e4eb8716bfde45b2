"""Answers to invitations by mail: whose they are, and what becomes of what is said beside them."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from bot.app.attendance import MailedAttendance
from bot.domain.answer import AnswerKind
from bot.domain.delivery import Draft, Part
from bot.domain.message import Enclosure
from bot.domain.message import Message as Words
from bot.services.attending import Attending, uid_of
from bot.services.membership import Member
from bot.storage.database import Database, open_database
from bot.storage.invitations import SqlInvitations
from tests.mail.correspondence import ANNA, BO, MEETING, Correspondence, reply_to
from tests.standins.mail.mailbox import Arrived
from tests.standins.mail.server import MailStandIn

MEMBERS = (
    Member("Anna Alm", ("kommunpolis",), email=ANNA),
    Member("Bo Berg", ("kommunpolis",), email=BO),
)


class Invited(Correspondence):
    """Anna and Bo, both invited to the meeting as its responsible."""

    def __init__(self, database: Database, server: MailStandIn) -> None:
        super().__init__(database, server)
        self.members = MEMBERS
        attending = Attending(
            self.reception.desk, SqlInvitations(database),
            lambda _plan, _commitment: (f"mail:{ANNA}", f"mail:{BO}"), self.name_of, self.clock,
        )  # fmt: skip
        taking = MailedAttendance(attending, self.stationery)
        self.take_calendars = taking.take_calendar
        for reader in (ANNA, BO):
            self.invite(reader)

    def name_of(self, reader: str) -> str:
        return next(each.name for each in MEMBERS if each.email == reader)

    def invite(self, reader: str = ANNA, number: int = 0, *, withdrawn: bool = False) -> None:
        """Write the invitation with that number, and mail it unless it was withdrawn."""
        target, step = f"mail:{reader}", f"invite-{number}"
        key = f"{MEETING}#{step}@{target}"
        draft = Draft(
            key, "gavle", MEETING, step, target, self.now, part=Part.INVITATION, thread="2018-01-16"
        )
        self.deliveries.write([draft], written=self.now, now=self.now)
        if withdrawn:
            (claimed,) = self.claimed()
            assert self.deliveries.withdraw(claimed, "Ersatt", now=self.now)
            return
        words = Words(key, MEETING, "Inbjudan: Gemensam lägesbild", ("När: 16 januari",))
        content = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
        enclosure = Enclosure(key, "", "m.ics", words.title, content, words, "REQUEST")
        self.settle(lambda: self.transport.enclose(enclosure, address=reader))

    @property
    def invitation(self) -> Arrived:
        """Anna's newest invitation, as it arrived."""
        every = [e for e in self.server.mailbox.arrived if e.recipients == (ANNA,)]
        return [e for e in every if e.message.get_content_type() == "multipart/alternative"][-1]

    def attendance(self) -> list[tuple[AnswerKind, str, str]]:
        return [(each.kind, each.by, each.note) for each in self.said()]


@pytest.fixture
def post(one_url: str, smtp: MailStandIn) -> Iterator[Invited]:
    database = open_database(one_url)
    yield Invited(database, smtp)
    database.close()


def calendar_of(
    *lines: str, status: str = "ACCEPTED", attendee: str = ANNA, method: str = "REPLY"
) -> bytes:
    """What a calendar program makes of a button that was pressed."""
    every = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", f"METHOD:{method}", "BEGIN:VEVENT",
        f"UID:{uid_of(MEETING)}", "SEQUENCE:0", "DTSTAMP:20180112T080000Z",
        f"ATTENDEE;PARTSTAT={status}:mailto:{attendee}", *lines, "END:VEVENT", "END:VCALENDAR", "",
    )  # fmt: skip
    return "\r\n".join(every).encode()


def pressed(post: Invited, calendar: bytes, by: str = "anna@gavle.example") -> EmailMessage:
    """A reply to the invitation that a calendar program sends for its owner."""
    mail = reply_to(post.invitation, "", by=by)
    mail.set_content("")
    mail.add_alternative(calendar, "text", "calendar", params={"method": "REPLY"})
    return mail


def test_a_calendar_says_who_comes_with_all_that_is_said_beside_it(post: Invited) -> None:
    calendar = calendar_of("COMMENT:Kommer 9.15", "COMMENT:Tar med kaffe")
    post.take(pressed(post, calendar).as_bytes())
    assert post.attendance() == [(AnswerKind.ATTENDING, "Anna Alm", "Kommer 9.15\nTar med kaffe")]
    assert post.notes == []


def test_a_signature_beside_an_answer_is_left_out(post: Invited) -> None:
    signed = "COMMENT:Kommer 9.15\\n\\nAnna Alm\\nKommunpolis\\nTelefon 070-123 45 67"
    post.take(pressed(post, calendar_of(signed)).as_bytes())
    assert post.attendance() == [(AnswerKind.ATTENDING, "Anna Alm", "Kommer 9.15")]
    assert post.notes == []


@pytest.mark.parametrize("said", ["Ring 070-123 45 67 om det är något", "19121212-1212 följer med"])
def test_personal_data_beside_an_answer_is_left_out_and_its_writer_is_told(
    post: Invited, said: str
) -> None:
    post.take(pressed(post, calendar_of(f"COMMENT:{said}")).as_bytes())
    assert post.attendance() == [(AnswerKind.ATTENDING, "Anna Alm", "")]
    (note,) = post.notes
    assert "inte kommentaren: den ser ut att innehålla ett" in note.text
    assert "12" not in note.text.partition("http")[0]
