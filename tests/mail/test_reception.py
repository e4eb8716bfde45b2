"""Replies by mail: what counts as an answer, of whom, and what its writer is told."""

import pytest

from bot.domain.answer import Answer, AnswerKind
from bot.domain.errors import AnswerRefusedError
from bot.mail.reception import Reply, UntoldError
from bot.services.membership import Member
from bot.storage.database import Database
from tests.mail.correspondence import (
    ANNA,
    BO,
    BOT,
    MEETING,
    NEXT,
    Correspondence,
    changed,
    reply_to,
)
from tests.standins.mail.mailbox import Fault, Moment
from tests.standins.mail.server import MailStandIn

REPLY = b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def post(database: Database, server: MailStandIn) -> Correspondence:
    return Correspondence(database, server)


def test_a_reply_is_an_answer_of_its_reader_and_they_are_told(post: Correspondence) -> None:
    reminder = post.remind()

    post.take(reply_to(reminder, "Hej! Klart, 12 deltagare.\n\nMvh Anna").as_bytes())

    (given,) = post.said()
    assert (given.kind, given.number, given.by) == (AnswerKind.DONE, 12, ANNA)
    (told,) = post.notes
    assert told.recipients == ("anna@gavle.example",)
    assert "Noterat: Gemensam lägesbild, tisdag 16 januari 2018" in told.text
    assert told.message["Subject"] == f"Sv: {reminder.message['Subject']}"
    assert told.message["In-Reply-To"] == "<reply-1@gavle.example>"
    assert told.message["Reply-To"] == reminder.message["Reply-To"]
    assert "/svar/" in told.text


def test_a_signature_with_a_telephone_is_no_reason_to_refuse(post: Correspondence) -> None:
    signed = "Klart, 12 deltagare.\n\nAnna Andersson\nKommunpolis\nTelefon 070-123 45 67"
    post.take(reply_to(post.remind(), signed).as_bytes())
    (given,) = post.said()
    assert (given.number, given.note) == (12, "")


def test_a_mail_taken_again_is_the_same_answer_and_the_same_note(post: Correspondence) -> None:
    mail = reply_to(post.remind(), "klart").as_bytes()
    for _ in range(3):
        post.take(mail)
    assert len(post.said()) == 1
    assert len({each.message["Message-ID"] for each in post.notes}) == 1


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Inställt", "Skriv också orsaken"),
        ("Flyttat", "Till vilken dag?"),
        ("Klart, tror jag", "Det går att läsa på flera sätt"),
        ("Hur mår ni?", "Det gick inte att läsa ett svar"),
        ("", "Det gick inte att läsa ett svar"),
        ("Inte klart", "Det gick inte att läsa ett svar"),
    ],
)
def test_who_may_have_meant_an_answer_is_asked_once(
    post: Correspondence, text: str, asked: str
) -> None:
    post.take(reply_to(post.remind(), text).as_bytes())
    assert post.said() == ()
    (note,) = post.notes
    assert asked in note.text
    assert note.message["Auto-Submitted"] == "auto-replied"


def test_a_question_is_answered_by_a_reply_to_it(post: Correspondence) -> None:
    post.take(reply_to(post.remind(), "Inställt").as_bytes())
    post.take(reply_to(post.notes[0], "Inställt pga sjukdom", number=2).as_bytes())
    (given,) = post.said()
    assert (given.kind, given.note) == (AnswerKind.CANCELLED, "sjukdom")


def test_thanks_for_a_note_are_left_alone(post: Correspondence) -> None:
    post.take(reply_to(post.remind(), "klart").as_bytes())
    post.take(reply_to(post.notes[0], "Tack!", number=2).as_bytes())
    assert (len(post.said()), len(post.notes)) == (1, 1)


def test_a_personnummer_is_refused_without_being_repeated(post: Correspondence) -> None:
    mail = reply_to(post.remind(), "Inställt pga att 19121212-1212 är sjuk")
    post.take(changed(mail, Subject="Sv: 19121212-1212"))
    assert post.said() == ()
    (note,) = post.notes
    assert "Texten ser ut att innehålla ett personnummer" in note.text
    assert "1212" not in f"{note.text}{note.message['Subject']}"


def test_what_is_settled_is_refused_with_a_way_to_correct_it(post: Correspondence) -> None:
    reminder = post.remind()
    post.take(reply_to(reminder, "klart").as_bytes())
    post.take(reply_to(reminder, "inställt pga sjukdom", number=2).as_bytes())
    assert len(post.said()) == 1
    assert "Tillfället är redan besvarat: genomförd" in post.notes[1].text
    assert "/svar/" in post.notes[1].text


def test_a_reply_to_a_list_is_shown_the_way_to_answer_each(post: Correspondence) -> None:
    post.take(reply_to(post.remind_of_many(), "klart").as_bytes())
    assert (post.said(), post.said(NEXT)) == ((), ())
    (note,) = post.notes
    assert "gäller flera tillfällen" in note.text


def test_only_those_who_may_answer_do(post: Correspondence) -> None:
    post.members = (
        Member("Anna Andersson", ("kommunpolis",), email="anna@gavle.example"),
        Member("Bo Berg", ("annan",), email=BO),
    )
    post.take(reply_to(post.remind(BO), "klart", by=BO).as_bytes())
    assert "Det här är för Kommunpolis" in post.notes[0].text
    assert post.said() == ()
    post.take(reply_to(post.remind(), "klart", number=2).as_bytes())
    assert [each.by for each in post.said()] == ["Anna Andersson"]


@pytest.mark.parametrize("to", [BOT, "loftesbot@GAVLE.example"])
def test_where_the_tag_was_lost_the_reference_and_the_sender_count(
    post: Correspondence, to: str
) -> None:
    post.take(changed(reply_to(post.remind(), "klart"), To=to))
    assert len(post.said()) == 1


def test_the_tag_alone_counts_where_references_were_lost(post: Correspondence) -> None:
    post.take(changed(reply_to(post.remind(), "klart"), In_Reply_To="", References=""))
    assert len(post.said()) == 1


def test_a_tag_in_capitals_and_under_another_header_counts(post: Correspondence) -> None:
    reminder = post.remind()
    own = str(reminder.message["Reply-To"].addresses[0].addr_spec)
    post.take(changed(reply_to(reminder, "klart"), To=BOT, Delivered_To=own.upper()))
    assert len(post.said()) == 1


def test_without_plus_addresses_the_references_count(
    database: Database, server: MailStandIn
) -> None:
    post = Correspondence(database, server, plus=False)
    reminder = post.remind()
    assert reminder.message["Reply-To"].addresses[0].addr_spec == BOT
    post.take(reply_to(reminder, "klart").as_bytes())
    assert len(post.said()) == 1


def test_calendars_of_a_known_reader_go_to_whoever_takes_them(post: Correspondence) -> None:
    taken: list[Reply] = []

    def take(reply: Reply) -> str:
        taken.append(reply)
        return "Tack, du är anmäld."

    post.take_attendance = take
    reminder = post.remind()
    mail = reply_to(reminder, "klart")
    mail.add_attachment(REPLY, "text", "calendar", params={"method": "REPLY"})
    post.take(mail.as_bytes())

    (reply,) = taken
    assert (reply.reader, reply.occurrence) == (ANNA, MEETING)
    assert reply.message == reminder.message["Message-ID"]
    assert "METHOD:REPLY" in reply.mail.calendars[0]
    assert post.said() == ()
    assert "Tack, du är anmäld." in post.notes[0].text


def test_a_calendar_that_a_machine_sends_is_taken_and_nobody_is_told(
    post: Correspondence,
) -> None:
    taken: list[Reply] = []

    def take(reply: Reply) -> str:
        taken.append(reply)
        return "Tack."

    post.take_attendance = take
    mail = reply_to(post.remind(), "klart")
    mail.add_attachment(REPLY, "text", "calendar")
    post.take(changed(mail, Auto_Submitted="auto-generated"))
    assert (len(taken), post.notes) == (1, [])


def test_a_calendar_that_is_refused_is_refused_in_words(post: Correspondence) -> None:
    def refuse(_reply: Reply) -> str:
        raise AnswerRefusedError("Kalendersvaret kom för sent.")

    post.take_attendance = refuse
    mail = reply_to(post.remind(), "klart")
    mail.add_attachment(REPLY, "text", "calendar")
    post.take(mail.as_bytes())
    assert "Kalendersvaret kom för sent." in post.notes[0].text


def test_calendars_that_nobody_takes_leave_the_words(post: Correspondence) -> None:
    mail = reply_to(post.remind(), "klart")
    mail.add_attachment(REPLY, "text", "calendar")
    post.take(mail.as_bytes())
    assert len(post.said()) == 1


def test_who_cannot_be_told_now_is_told_later(post: Correspondence) -> None:
    mail = reply_to(post.remind(), "klart").as_bytes()
    post.server.mailbox.fail_next(Moment.MAIL, Fault("450 4.3.2 Later"))
    with pytest.raises(UntoldError):
        post.take(mail)
    post.take(mail)
    assert (len(post.said()), len(post.notes)) == (1, 1)


@pytest.mark.parametrize("text", ["Inställt", "Hur mår ni?", "Kan inte pga 19121212-1212"])
def test_what_changes_nothing_is_one_line_however_often_its_writer_cannot_be_told(
    post: Correspondence, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    mail = reply_to(post.remind(), text)
    for _ in range(3):
        post.server.mailbox.fail_next(Moment.MAIL, Fault("450 4.3.2 Later"))
        with pytest.raises(UntoldError):
            post.take(mail.as_bytes())
    post.take(mail.as_bytes())
    lines = [each for each in caplog.messages if "ändrar ingenting" in each]
    assert len(lines) == 1


def test_thanks_and_lists_are_one_line_in_the_log(
    post: Correspondence, caplog: pytest.LogCaptureFixture
) -> None:
    post.take(reply_to(post.remind(), "klart").as_bytes())
    post.take(reply_to(post.notes[0], "Tack!", number=2).as_bytes())
    post.take(reply_to(post.remind_of_many(), "klart", number=3).as_bytes())
    lines = [each for each in caplog.messages if "ändrar ingenting" in each]
    assert len(lines) == 2


def test_who_can_never_be_told_has_answered_all_the_same(
    post: Correspondence, caplog: pytest.LogCaptureFixture
) -> None:
    mail = reply_to(post.remind(), "klart").as_bytes()
    post.server.mailbox.fail_next(Moment.RCPT, Fault("550 5.1.1 User unknown"))
    post.take(mail)
    assert isinstance(post.said()[0], Answer)
    assert "Ett besked om svaret" in caplog.text
