"""Answers to invitations by mail: whose they are, and what becomes of what is said beside them."""

from collections.abc import Iterator, Sequence
from email.message import EmailMessage

import pytest

from bot.app.attendance import MailedAttendance
from bot.domain.answer import AnswerKind
from bot.services.attending import Attending, uid_of
from bot.services.membership import Member
from bot.storage.database import Database, open_database
from bot.storage.invitations import SqlInvitations
from tests.mail.correspondence import ANNA, BO, MEETING, Correspondence, reply_to
from tests.standins.mail.mailbox import Arrived
from tests.standins.mail.server import MailStandIn

CARL = "carl@xn--gvle-loa.example"
MEMBERS = (
    Member("Anna Alm", ("kommunpolis",), email=ANNA),
    Member("Bo Berg", ("kommunpolis",), email=BO),
    Member("Carl Ek", ("kommunpolis",), email=CARL),
)


class Invited(Correspondence):
    """Anna and Bo, both invited to the meeting as its responsible."""

    def __init__(
        self, database: Database, server: MailStandIn, readers: Sequence[str] = (ANNA, BO)
    ) -> None:
        super().__init__(database, server)
        self.readers = (*self.readers, CARL)
        self.members = MEMBERS
        attending = Attending(
            self.reception.desk, SqlInvitations(database),
            lambda _plan, _commitment: (f"mail:{ANNA}", f"mail:{BO}"), self.name_of, self.clock,
        )  # fmt: skip
        taking = MailedAttendance(attending, self.stationery)
        self.take_attendance = taking.take
        for reader in readers:
            self.invite(reader)

    def name_of(self, reader: str) -> str:
        return next(each.name for each in MEMBERS if each.email == reader)

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


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hej! Jag kommer.", AnswerKind.ATTENDING),
        ("Accepterat", AnswerKind.ATTENDING),
        ("Kanske", AnswerKind.TENTATIVE),
        ("Kommer inte", AnswerKind.ABSENT),
    ],
)
def test_plain_words_say_who_comes_and_their_writer_is_told(
    post: Invited, text: str, kind: AnswerKind
) -> None:
    mail = reply_to(post.invitation, text).as_bytes()
    for _ in range(2):
        post.take(mail)
    assert post.attendance() == [(kind, "Anna Alm", "")]
    assert "Gemensam lägesbild" in post.notes[0].text
    assert len({each.message["Message-ID"] for each in post.notes}) == 1


def test_an_answer_that_outlook_encloses_for_itself_alone_counts_by_its_words(
    post: Invited,
) -> None:
    mail = reply_to(post.invitation, "Accepterat")
    mail.add_attachment(b"x\x9f>\x22", "application", "ms-tnef", filename="winmail.dat")
    post.take(mail.as_bytes())
    assert post.attendance() == [(AnswerKind.ATTENDING, "Anna Alm", "")]


def test_who_declines_in_words_and_was_the_last_to_come_asks_for_a_deputy(post: Invited) -> None:
    bos = next(e for e in post.server.mailbox.arrived if e.recipients == (BO,))
    post.take(reply_to(bos, "Kommer inte", by=BO).as_bytes())
    post.take(reply_to(post.invitation, "Kan inte pga semester", number=2).as_bytes())
    assert [each[0] for each in post.attendance()] == [AnswerKind.ABSENT, AnswerKind.CANNOT]
    assert post.attendance()[1][2] == "Avböjde inbjudan: semester"


def test_words_and_calendars_of_one_person_count_in_the_order_they_were_written(
    post: Invited, caplog: pytest.LogCaptureFixture
) -> None:
    words = reply_to(post.invitation, "Kommer inte", number=2)
    words["Date"] = "Fri, 12 Jan 2018 10:00:00 +0100"
    post.take(words.as_bytes())
    post.take(pressed(post, calendar_of()).as_bytes())
    assert [each[0] for each in post.attendance()] == [AnswerKind.ABSENT]
    assert "Ett senare svar från samma person gäller redan" in caplog.text


def test_words_to_an_invitation_that_has_changed_since_change_nothing(
    post: Invited, caplog: pytest.LogCaptureFixture
) -> None:
    first = post.invitation
    post.invite(number=1)
    post.take(reply_to(first, "Jag kommer").as_bytes())
    assert post.attendance() == []
    assert "äldre inbjudan" in post.notes[0].text
    post.take(reply_to(post.invitation, "Jag kommer", number=2).as_bytes())
    assert post.attendance() == [(AnswerKind.ATTENDING, "Anna Alm", "")]
    assert caplog.text.count("ändrar ingenting") == 1


def test_a_later_invitation_is_answered_though_the_first_never_left(
    one_url: str, smtp: MailStandIn
) -> None:
    database = open_database(one_url)
    post = Invited(database, smtp, readers=())
    post.invite(withdrawn=True)
    post.invite(number=1)
    post.take(reply_to(post.invitation, "Jag kommer").as_bytes())
    assert post.attendance() == [(AnswerKind.ATTENDING, "Anna Alm", "")]
    database.close()


NO_ANSWERS = {
    "words": ("Klart, 12 deltagare", "Mejlet du svarar på är en inbjudan"),
    "a new day": ("Flyttat till 18/1 pga halka", "Mejlet du svarar på är en inbjudan"),
    "a question": ("Kommer Bo?", "Mejlet du svarar på är en inbjudan"),
}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_whoever_answers_an_invitation_says_whether_they_come_and_no_more(
    post: Invited, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    text, told = NO_ANSWERS[name]
    post.take(reply_to(post.invitation, text).as_bytes())
    assert post.attendance() == []
    (note,) = post.notes
    assert told in note.text
    assert "/svar/" in note.text
    (line,) = [each for each in caplog.messages if "ändrar ingenting" in each]
    assert "Klart" not in line


def test_a_proposed_time_is_led_to_where_a_day_is_moved(
    post: Invited, caplog: pytest.LogCaptureFixture
) -> None:
    calendar = calendar_of("DTSTART:20180118T080000Z", method="COUNTER")
    post.take(pressed(post, calendar).as_bytes())
    assert post.attendance() == []
    (note,) = post.notes
    assert "flyttar inte tillfället" in note.text
    assert "/svar/" in note.text
    assert caplog.text.count("ändrar ingenting") == 1


@pytest.mark.parametrize("method", ["COUNTER", "REFRESH", "PUBLISH"])
def test_a_machines_calendar_that_is_no_answer_is_one_line_in_the_log(
    post: Invited, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    mail = pressed(post, calendar_of(method=method))
    mail["Auto-Submitted"] = "auto-generated"
    post.take(mail.as_bytes())
    assert (post.attendance(), post.notes) == ([], [])
    assert caplog.text.count("ändrar ingenting") == 1


@pytest.mark.parametrize("attendee", ["ANNA@GAVLE.EXAMPLE", "%61nna@gavle.example"])
def test_an_attendee_in_any_spelling_is_who_was_invited(post: Invited, attendee: str) -> None:
    post.take(pressed(post, calendar_of(attendee=attendee)).as_bytes())
    assert [each[0] for each in post.attendance()] == [AnswerKind.ATTENDING]


def test_an_attendee_in_a_domain_with_other_letters_is_who_was_invited(
    one_url: str, smtp: MailStandIn
) -> None:
    database = open_database(one_url)
    post = Invited(database, smtp, readers=(CARL,))
    mail = reply_to(smtp.mailbox.arrived[-1], "", by=CARL)
    mail.set_content("")
    mail.add_alternative(calendar_of(attendee="carl@gävle.example"), "text", "calendar")
    post.take(mail.as_bytes())
    assert [each[0] for each in post.attendance()] == [AnswerKind.ATTENDING]
    database.close()
