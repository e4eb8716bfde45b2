"""Replies of calendars as they are written, and everything that is no reply."""

import pytest

from bot.domain.answer import AnswerKind
from bot.feeds.replies import UnreadableReplyError, read_reply
from tests.builders import utc
from tests.exchange import EXCHANGE_ZONE

OUTLOOK = f"""\
BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
{EXCHANGE_ZONE}
BEGIN:VEVENT
ATTENDEE;PARTSTAT=ACCEPTED;CN=Anna Alm:MAILTO:Anna@Example.se
COMMENT;LANGUAGE=sv-SE:Kommer 9.15\\n
UID:gavle/lagesbild/2018-W03@invitation.loftesbot
SUMMARY;LANGUAGE=sv-SE:Accepterat: Gemensam lägesbild
DTSTART;TZID=W. Europe Standard Time:20180116T090000
DTEND;TZID=W. Europe Standard Time:20180116T103000
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:20180111T080000Z
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:2
X-MICROSOFT-CDO-APPT-SEQUENCE:2
END:VEVENT
END:VCALENDAR
"""
GOOGLE = """\
BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20180116T080000Z
DTEND:20180116T093000Z
DTSTAMP:20180111T081500Z
ORGANIZER;CN=Löftesbot:mailto:bot+abc@example.se
UID:gavle/lagesbild/2018-W03@invitation.loftesbot
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;CN=bo@example.se;X-NUM-GUESTS=0
 :mailto:bo@example.se
SEQUENCE:0
STATUS:CONFIRMED
SUMMARY:Gemensam lägesbild
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def test_outlook_says_yes() -> None:
    found = read_reply([crlf(OUTLOOK)])
    assert found.uid == "gavle/lagesbild/2018-W03@invitation.loftesbot"
    assert (found.attendee, found.kind) == ("anna@example.se", AnswerKind.ATTENDING)
    assert (found.sequence, found.stamp) == (2, utc(2018, 1, 11, 8))
    assert found.comment == "Kommer 9.15"


def test_google_says_no() -> None:
    found = read_reply([crlf(GOOGLE)])
    assert (found.attendee, found.kind) == ("bo@example.se", AnswerKind.ABSENT)
    assert (found.sequence, found.comment) == (0, "")


def test_apple_and_thunderbird_say_perhaps_without_a_sequence() -> None:
    text = GOOGLE.replace("DECLINED", "TENTATIVE").replace("SEQUENCE:0\n", "")
    assert read_reply([crlf(text)]).kind is AnswerKind.TENTATIVE


@pytest.mark.parametrize(
    "zone", ["Europe/Stockholm", "W. Europe Standard Time", '"Europe/Stockholm"']
)
def test_a_stamp_with_a_zone_is_read_in_it(zone: str) -> None:
    text = OUTLOOK.replace("DTSTAMP:20180111T080000Z", f"DTSTAMP;TZID={zone}:20180711T100000")
    assert read_reply([crlf(text)]).stamp == utc(2018, 7, 11, 8)


def test_a_zone_that_one_calendar_brings_along_is_unknown_to_the_next() -> None:
    stamped = OUTLOOK.replace("DTSTAMP:20180111T080000Z", "DTSTAMP;TZID=Vår tid:20180711T100000")
    brought = stamped.replace("TZID:W. Europe Standard Time", "TZID:Vår tid")
    assert read_reply([crlf(brought)]).stamp == utc(2018, 7, 11, 8)
    with pytest.raises(UnreadableReplyError, match="tidszon"):
        read_reply([crlf(stamped)])


def test_a_stamp_without_a_zone_is_read_as_utc() -> None:
    text = GOOGLE.replace("20180111T081500Z", "20180111T081500")
    assert read_reply([crlf(text)]).stamp == utc(2018, 1, 11, 8, 15)


def test_what_is_said_in_several_comments_is_one_note() -> None:
    comments = "COMMENT:Kommer 9.15\nCOMMENT:Tar med kaffe\nSEQUENCE:0"
    found = read_reply([crlf(GOOGLE.replace("SEQUENCE:0", comments))])
    assert found.comment == "Kommer 9.15\nTar med kaffe"


def stamped(zone: str) -> list[str]:
    return [GOOGLE.replace("DTSTAMP:20180111T081500Z", f"DTSTAMP;TZID={zone}:20180111T091500")]


EVENT = GOOGLE[GOOGLE.index("BEGIN:VEVENT") : GOOGLE.index("END:VCALENDAR")]
NESTED = "BEGIN:VEVENT\n" * 50_000
BAD = {
    "nothing": ([""], "trasigt|ingen kalender|inget svar"),
    "no calendar": (["<html>"], "trasigt|ingen kalender"),
    "two calendars": ([GOOGLE, OUTLOOK], "flera"),
    "none": ([], "flera"),
    "a request": ([GOOGLE.replace("REPLY", "REQUEST")], "inget svar"),
    "no method": ([GOOGLE.replace("METHOD:REPLY\n", "")], "inget svar"),
    "two events": ([GOOGLE.replace(EVENT, EVENT * 2)], "flera"),
    "two attendees": (
        [GOOGLE.replace("SEQUENCE:0", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:x@y.se\nSEQUENCE:0")],
        "enda person",
    ),
    "no attendee": ([GOOGLE.replace("ATTENDEE", "X-ATTENDEE")], "enda person"),
    "no uid": ([GOOGLE.replace("UID:", "X-UID:")], "saknar"),
    "no stamp": ([GOOGLE.replace("DTSTAMP:", "X-DTSTAMP:")], "saknar"),
    "a stamp without a time": (
        [GOOGLE.replace("DTSTAMP:20180111T081500Z", "DTSTAMP;VALUE=DATE:20180111")],
        "saknar",
    ),
    "a stamp in no zone": (stamped("Ingenstans"), "tidszon"),
    "a stamp in a zone of some program": (stamped("/example.com/Europe/Stockholm"), "tidszon"),
    "a stamp in a zone that is a folder": (stamped("Europe"), "trasigt|saknar"),
    "a stamp in a zone without end": (stamped("a" * 5_000), "trasigt|saknar"),
    "a day in a zone that is a folder": (
        [GOOGLE.replace("DTSTART:20180116T080000Z", "DTSTART;TZID=Europe:20180116T090000")],
        "trasigt",
    ),
    "a sequence in letters": ([GOOGLE.replace("SEQUENCE:0", "SEQUENCE:ett")], "trasigt|saknar"),
    "delegated": ([GOOGLE.replace("DECLINED", "DELEGATED")], "varken ja"),
    "not answered": ([GOOGLE.replace("DECLINED", "NEEDS-ACTION")], "varken ja"),
    "a telephone": ([GOOGLE.replace("mailto:bo@example.se", "tel:123")], "e-postadress"),
    "5 MB": ([GOOGLE + "X" * 5_000_000], "för stort"),
    "nested": ([f"BEGIN:VCALENDAR\n{NESTED[:90_000]}"], "för många delar"),
    "cut": ([GOOGLE[: GOOGLE.index("SEQUENCE")]], "trasigt|flera|saknar"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_reply_is_refused_in_words_that_repeat_nothing(name: str) -> None:
    calendars, says = BAD[name]
    with pytest.raises(UnreadableReplyError, match=says) as refused:
        read_reply([crlf(each) for each in calendars])
    assert "example.se" not in str(refused.value)


def test_control_characters_and_direction_overrides_are_stripped() -> None:
    comment = "COMMENT:sen\u202e\x1b[31m\x07 tyvärr\nSEQUENCE:0"
    found = read_reply([crlf(GOOGLE.replace("SEQUENCE:0", comment))])
    assert found.comment == "sen[31m tyvärr"
