"""Invitations as bytes: what calendars need to show their buttons, and nothing that breaks out."""

import pytest
from icalendar import Calendar, Event

from bot.domain.answer import AnswerKind, Standing
from bot.feeds.events import Told
from bot.feeds.invitations import Guest, Turn, invitation
from bot.services.attending import occurrence_of
from bot.services.editions import Edition
from tests.builders import make_agenda, make_answer, utc

MEETING = "gavle/lagesbild/2018-W03"
GUEST = Guest("anna@example.se", "Anna Alm", "bot+tag@example.se", "Löftesbot")
SINCE = utc(2018, 1, 3)
FIRST, LAST = Turn(0, SINCE, cancelled=False), Turn(2, SINCE, cancelled=True)


def told(standing: Standing | None = None) -> Told:
    agenda, said = make_agenda(), standing or Standing()
    return Told(agenda.plan, agenda.find(MEETING, said), said, Edition(1, utc(2018, 1, 1)))


def event(body: bytes) -> Event:
    calendar = Calendar.from_ical(body)
    assert isinstance(calendar, Calendar)
    (found,) = (each for each in calendar.subcomponents if isinstance(each, Event))
    return found


def test_an_invitation_asks_its_reader_for_an_answer() -> None:
    body = invitation(told(), GUEST, FIRST)
    text = body.decode().replace("\r\n ", "")
    assert "METHOD:REQUEST\r\n" in text
    assert "ORGANIZER;CN=Löftesbot:mailto:bot+tag@example.se\r\n" in text
    (attendee,) = [line for line in text.split("\r\n") if line.startswith("ATTENDEE")]
    for each in ("PARTSTAT=NEEDS-ACTION", "RSVP=TRUE", "ROLE=REQ-PARTICIPANT"):
        assert each in attendee
    found = event(body)
    assert occurrence_of(str(found["UID"])) == MEETING
    assert (found["SEQUENCE"], found["STATUS"]) == (0, "CONFIRMED")


def test_the_same_invitation_is_the_same_bytes() -> None:
    assert invitation(told(), GUEST, FIRST) == invitation(told(), GUEST, FIRST)
    assert b"DTSTAMP:20180103T120000Z" in invitation(told(), GUEST, FIRST)


def test_a_cancellation_bears_the_same_uid_and_asks_nothing() -> None:
    said = Standing((make_answer(MEETING, AnswerKind.CANCELLED),))
    body = invitation(told(said), GUEST, LAST)
    assert b"METHOD:CANCEL" in body
    assert b"RSVP" not in body
    found = event(body)
    assert (found["SEQUENCE"], found["STATUS"]) == (2, "CANCELLED")
    assert found["UID"] == event(invitation(told(), GUEST, FIRST))["UID"]


@pytest.mark.parametrize("name", ['A"\r\nATTENDEE:mailto:ond@x.se', "A\x07\u202eB", "A;B:C,D"])
def test_a_name_stays_a_name(name: str) -> None:
    guest = Guest("anna@example.se", name, "bot@example.se")
    body = invitation(told(), guest, FIRST)
    found = event(body)
    assert str(found["ATTENDEE"]) == "mailto:anna@example.se"
    assert body.count(b"\r\nATTENDEE") == 1
    assert b"\x07" not in body
    assert "\u202e" not in body.decode()
