from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from hypothesis import given
from hypothesis import strategies as some
from icalendar import Calendar, Event

from bot.domain.answer import Answer, AnswerKind
from bot.feeds.calendars import Calendars, Rendered, Version
from bot.feeds.events import clean
from bot.feeds.zone import stockholm
from bot.services.answering import give
from bot.storage.answers import SqlAnswers
from bot.storage.database import Database
from bot.storage.feeds import SqlFeeds
from tests.builders import (
    QUARTERLY,
    STOCKHOLM,
    WHEN_NEEDED,
    make_agenda,
    make_answer,
    make_commitment,
    utc,
)

AGENDA = make_agenda(
    make_commitment(), make_commitment(QUARTERLY, "plats"), make_commitment(WHEN_NEEDED, "insats")
)
MEETING = "gavle/lagesbild/2018-W03"
SINCE = utc(2018, 1, 1)


@pytest.fixture
def calendars(database: Database, answers: SqlAnswers) -> Calendars:
    version = {"gavle": Version(1, SINCE)}
    return Calendars({"gavle": AGENDA}, version, answers, SqlFeeds(database), lambda: SINCE)


def feed(calendars: Calendars) -> Rendered:
    found = calendars.feed(calendars.create("gavle"))
    assert found
    return found


def say(answers: SqlAnswers, kind: AnswerKind, at: datetime, day: date | None = None) -> Answer:
    said = make_answer(MEETING, kind, at, day=day)
    return give(AGENDA, answers, said, now=at, correct=True).answer


def event(body: bytes, name: str = MEETING) -> Event:
    calendar = Calendar.from_ical(body)
    assert isinstance(calendar, Calendar)
    return next(e for e in calendar.events if str(e["UID"]).startswith(f"{name}@"))


def test_another_parser_reads_the_products_own_list(calendars: Calendars) -> None:
    calendar = Calendar.from_ical(feed(calendars).body)
    read = recurring_ical_events.of(calendar).between(date(2018, 1, 1), date(2019, 1, 1))
    starts = {
        str(each["UID"]).partition("@")[0]: each.start.astimezone(UTC)
        for each in read
        if isinstance(each.start, datetime)
    }
    ours = {o.id: o.start(STOCKHOLM) for o in AGENDA.by_id.values() if o.day and o.day.year == 2018}
    assert starts == ours
    assert len(starts) == 26


def test_the_zone_agrees_with_the_tz_database_on_every_day() -> None:
    zone, real = stockholm().to_tz(), ZoneInfo("Europe/Stockholm")
    for days in range(366 * 30):
        noon = datetime(1997, 1, 1, 12) + timedelta(days=days)  # noqa: DTZ001
        assert noon.replace(tzinfo=zone).utcoffset() == noon.replace(tzinfo=real).utcoffset()


def test_the_same_data_are_the_same_bytes(calendars: Calendars) -> None:
    first, second = feed(calendars), feed(replace(calendars, kept={}))
    assert (first.body, first.etag) == (second.body, second.etag)


def test_lines_end_and_fold_as_the_standard_says(calendars: Calendars) -> None:
    body = feed(calendars).body
    assert body.count(b"\n") == body.count(b"\r\n")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    body.decode("utf-8")


def test_the_name_is_escaped_and_said_twice(calendars: Calendars) -> None:
    body = feed(calendars).body.decode()
    assert "\r\nNAME:Medborgarlöfte\\, Gävle\\; 2018–2020\r\n" in body
    assert "\r\nX-WR-CALNAME:Medborgarlöfte\\, Gävle\\; 2018–2020\r\n" in body
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in body
    assert "METHOD" not in body
    assert "ATTENDEE" not in body


def test_slots_and_needs_are_all_day_and_leave_the_day_free(calendars: Calendars) -> None:
    for name in ("gavle/plats/2018-Q1", "gavle/insats/2018-Q1"):
        found = event(feed(calendars).body, name)
        assert (found.start, found.end) == (date(2018, 3, 29), date(2018, 3, 30))
        assert str(found["TRANSP"]) == "TRANSPARENT"


def test_the_deadline_fills_its_month(calendars: Calendars) -> None:
    found = event(feed(calendars).body, "gavle/uppfoljning/2020-11")
    assert (found.start, found.end) == (date(2020, 11, 1), date(2020, 12, 1))


def test_a_postponed_meeting_keeps_its_uid_and_raises_its_sequence(
    calendars: Calendars, answers: SqlAnswers
) -> None:
    before = event(feed(calendars).body)
    say(answers, AnswerKind.POSTPONED, utc(2018, 1, 15, 10), date(2018, 1, 18))
    after = event(feed(calendars).body)
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after.start == datetime(2018, 1, 18, 9, tzinfo=STOCKHOLM)
    assert after.DTSTAMP == after.LAST_MODIFIED == utc(2018, 1, 15, 10)


def test_a_cancelled_meeting_stays_and_says_so(calendars: Calendars, answers: SqlAnswers) -> None:
    say(answers, AnswerKind.CANCELLED, utc(2018, 1, 15))
    found = event(feed(calendars).body)
    assert (str(found["STATUS"]), str(found["TRANSP"])) == ("CANCELLED", "TRANSPARENT")
    assert str(found["SUMMARY"]).startswith("Inställd: ")


def test_a_done_meeting_says_so_in_its_summary(calendars: Calendars, answers: SqlAnswers) -> None:
    say(answers, AnswerKind.DONE, utc(2018, 1, 17))
    found = event(feed(calendars).body)
    assert str(found["SUMMARY"]) == "Genomförd: Gemensam lägesbild"
    assert str(found["STATUS"]) == "CONFIRMED"


def test_an_update_replaces_the_invitation_and_a_cancellation_withdraws_it(
    calendars: Calendars, answers: SqlAnswers
) -> None:
    versions = [calendars.invitation(MEETING)]
    say(answers, AnswerKind.POSTPONED, utc(2018, 1, 15), date(2018, 1, 18))
    versions.append(calendars.invitation(MEETING))
    say(answers, AnswerKind.CANCELLED, utc(2018, 1, 16))
    versions.append(calendars.invitation(MEETING))
    read = [Calendar.from_ical(each or b"") for each in versions]
    events = [each.events[0] for each in read]
    assert {str(each["UID"]) for each in events} == {f"{MEETING}@loftesbot"}
    assert [each["SEQUENCE"] for each in events] == [0, 1, 2]
    assert [str(each["METHOD"]) for each in read] == ["PUBLISH", "PUBLISH", "CANCEL"]


def test_what_has_no_day_has_no_invitation(calendars: Calendars) -> None:
    assert calendars.invitation("gavle/plats/2018-Q1") is None


def test_a_token_opens_its_feed_until_it_is_revoked(
    calendars: Calendars, database: Database
) -> None:
    token = calendars.create("gavle")
    assert calendars.feed(token)
    (link,) = SqlFeeds(database).every()
    assert SqlFeeds(database).revoke(link.id, now=SINCE)
    gone = calendars.feed(token)
    assert gone
    assert (gone.gone, gone.body) == (True, b"")
    assert calendars.feed("nobody-gave-this-out") is None


def test_only_the_hash_of_a_token_is_kept(calendars: Calendars, database: Database) -> None:
    token = calendars.create("gavle")
    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM feeds").all()
    assert token not in str(rows)
    assert len(token) >= 32


@given(some.text())
def test_no_control_character_or_direction_override_reaches_a_calendar(text: str) -> None:
    cleaned = clean(text + "\x00\x07\x1b\u202e\u2066\r\nATTENDEE:x")
    assert not set(cleaned) & set("\x00\x07\x1b\u202e\u2066\r")


def test_a_cancellation_that_is_taken_back_raises_the_sequence(
    calendars: Calendars, answers: SqlAnswers
) -> None:
    say(answers, AnswerKind.CANCELLED, utc(2018, 1, 15))
    cancelled = event(feed(calendars).body)
    say(answers, AnswerKind.DONE, utc(2018, 1, 17))
    held = event(feed(calendars).body)
    assert (str(held["STATUS"]), cancelled["SEQUENCE"], held["SEQUENCE"]) == ("CONFIRMED", 1, 2)
