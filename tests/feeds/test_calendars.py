from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from hypothesis import given
from hypothesis import strategies as some
from icalendar import Calendar, Event

from bot.domain.answer import AnswerKind
from bot.domain.delivery import Draft, Part
from bot.domain.feed import FeedScope
from bot.feeds.events import clean
from bot.feeds.invitations import Guest
from bot.feeds.zone import stockholm
from bot.storage.database import Database
from tests.builders import (
    QUARTERLY,
    STOCKHOLM,
    WHEN_NEEDED,
    make_agenda,
    make_commitment,
    utc,
)
from tests.feeds.builders import ADDRESS, Town, events

AGENDA = make_agenda(
    make_commitment(), make_commitment(QUARTERLY, "plats"), make_commitment(WHEN_NEEDED, "insats")
)
MEETING = "gavle/lagesbild/2018-W03"


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database, AGENDA)


def event(town: Town, name: str = MEETING) -> Event:
    return events(town.body())[name]


def test_another_parser_reads_the_products_own_list(town: Town) -> None:
    calendar = Calendar.from_ical(town.body())
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


def test_the_same_data_are_the_same_bytes(town: Town) -> None:
    other = Town(town.database, make_agenda(*AGENDA.plan.activities[0].commitments))
    assert town.body() == other.body()


def test_lines_end_and_fold_as_the_standard_says(town: Town) -> None:
    body = town.body()
    assert body.count(b"\n") == body.count(b"\r\n")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    body.decode("utf-8")


def test_the_name_is_escaped_and_said_twice(town: Town) -> None:
    body = town.body(FeedScope.ROLE, "stf").decode()
    title = "Medborgarlöfte\\, Gävle\\; 2018–2020: Ställföreträdare".encode()
    unfolded = body.replace("\r\n ", "").encode()
    assert b"\r\nNAME:" + title + b"\r\n" in unfolded
    assert b"\r\nX-WR-CALNAME:" + title + b"\r\n" in unfolded
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in body
    assert "METHOD" not in body
    assert "ATTENDEE" not in body


def test_slots_and_needs_are_all_day_and_leave_the_day_free(town: Town) -> None:
    for name in ("gavle/plats/2018-Q1", "gavle/insats/2018-Q1"):
        found = event(town, name)
        assert (found.start, found.end) == (date(2018, 3, 29), date(2018, 3, 30))
        assert str(found["TRANSP"]) == "TRANSPARENT"


def test_the_deadline_fills_its_month(town: Town) -> None:
    found = event(town, "gavle/uppfoljning/2020-11")
    assert (found.start, found.end) == (date(2020, 11, 1), date(2020, 12, 1))


def test_a_postponed_meeting_keeps_its_uid_and_raises_its_sequence(town: Town) -> None:
    before = event(town)
    town.say(MEETING, AnswerKind.POSTPONED, utc(2018, 1, 15, 10), date(2018, 1, 18))
    after = event(town)
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after.start == datetime(2018, 1, 18, 9, tzinfo=STOCKHOLM)
    assert after.DTSTAMP == after.LAST_MODIFIED == utc(2018, 1, 15, 10)
    assert "Flyttat från 16 januari 2018: orsaken" in str(after["DESCRIPTION"])


def test_a_cancelled_meeting_stays_and_says_so_and_why(town: Town) -> None:
    town.say(MEETING, AnswerKind.CANCELLED, utc(2018, 1, 15))
    found = event(town)
    assert (str(found["STATUS"]), str(found["TRANSP"])) == ("CANCELLED", "TRANSPARENT")
    assert str(found["SUMMARY"]).startswith("Inställd: ")
    assert "Inställd: ”orsaken” – Anna" in str(found["DESCRIPTION"])


def test_a_done_meeting_says_so_in_its_summary(town: Town) -> None:
    town.say(MEETING, AnswerKind.DONE, utc(2018, 1, 17))
    found = event(town)
    assert str(found["SUMMARY"]) == "Genomförd: Gemensam lägesbild"
    assert str(found["STATUS"]) == "CONFIRMED"


def test_an_entry_leads_back_to_where_it_is_answered(town: Town) -> None:
    found, link = event(town), f"{ADDRESS}/occurrences/{MEETING}"
    assert str(found["URL"]) == link
    assert f"Svara eller läs mer: {link}" in str(found["DESCRIPTION"])


def test_a_discreet_feed_says_what_and_when_and_no_more(town: Town) -> None:
    town.say(MEETING, AnswerKind.POSTPONED, utc(2018, 1, 15), date(2018, 1, 18))
    body = town.body(discreet=True)
    found = events(body)[MEETING]
    assert found.start == datetime(2018, 1, 18, 9, tzinfo=STOCKHOLM)
    assert str(found["SUMMARY"]) == "Gemensam lägesbild"
    for secret in ("DESCRIPTION", "URL", "Anna", "orsaken", ADDRESS, "Ansvarig"):
        assert secret not in body.decode()
    assert len(events(body)) == len(events(town.body()))


def test_what_a_new_plan_drops_is_cancelled_for_sixty_days(town: Town) -> None:
    ahead, past = "gavle/lagesbild/2018-W23", MEETING
    town.say(past, AnswerKind.DONE, utc(2018, 1, 17))
    token, town.now = town.link(), utc(2018, 5, 31)
    town.opened(token)
    town.adopt(make_agenda(make_commitment(QUARTERLY, "plats")), utc(2018, 6, 1))
    town.now = utc(2018, 6, 1)
    found = events(town.opened(token).body)
    assert str(found[ahead]["STATUS"]) == "CANCELLED"
    assert found[ahead]["SEQUENCE"] == 1
    assert str(found[ahead]["SUMMARY"]) == "Utgår ur planen: Gemensam lägesbild"
    assert "Planen ändrades 1 juni 2018." in str(found[ahead]["DESCRIPTION"])
    assert "URL" not in found[ahead]
    assert str(found[past]["SUMMARY"]) == "Genomförd: Gemensam lägesbild"
    town.now = utc(2018, 8, 1)
    later = events(town.opened(token).body)
    assert (ahead in later, past in later) == (False, True)


def test_an_update_replaces_the_invitation_and_a_cancellation_withdraws_it(town: Town) -> None:
    versions = [town.calendars.invitation(MEETING)]
    town.say(MEETING, AnswerKind.POSTPONED, utc(2018, 1, 15), date(2018, 1, 18))
    versions.append(town.calendars.invitation(MEETING))
    town.say(MEETING, AnswerKind.CANCELLED, utc(2018, 1, 16))
    versions.append(town.calendars.invitation(MEETING))
    read = [Calendar.from_ical(each or b"") for each in versions]
    found = [each.events[0] for each in read]
    assert {str(each["UID"]) for each in found} == {f"{MEETING}@loftesbot"}
    assert [each["SEQUENCE"] for each in found] == [0, 1, 2]
    assert [str(each["METHOD"]) for each in read] == ["PUBLISH", "PUBLISH", "CANCEL"]


def test_what_was_booked_and_then_dropped_is_cancelled_on_the_day_that_its_guests_know(
    town: Town,
) -> None:
    slot = "gavle/plats/2018-Q1"
    town.say(slot, AnswerKind.BOOKED, utc(2018, 1, 3), date(2018, 3, 14))
    town.adopt(make_agenda(), utc(2018, 1, 4))
    draft = Draft(
        "k", "gavle", slot, "invite-1", "mail:a@x.se", utc(2018, 1, 4), Part.INVITATION,
        "inställt < 2018-03-14",
    )  # fmt: skip
    guest = Guest("a@x.se", "Anna", "bot@x.se")
    found = Calendar.from_ical(
        town.calendars.invite(draft, town.answers.standing(slot), guest)
    ).events[0]
    assert (found.decoded("dtstart"), str(found["STATUS"])) == (date(2018, 3, 14), "CANCELLED")
    assert str(found["SUMMARY"]) == "Utgår ur planen: Gemensam lägesbild"


def test_what_a_text_brings_has_its_file_while_the_text_is_being_taken_in(town: Town) -> None:
    town.agendas["gavle"] = make_agenda(make_commitment(name="nytt"))
    assert town.calendars.invitation("gavle/nytt/2018-W03")
    assert "gavle/nytt/2018-W03" in events(town.body())


def test_what_has_no_day_has_no_invitation(town: Town) -> None:
    assert town.calendars.invitation("gavle/plats/2018-Q1") is None


@given(some.text())
def test_no_control_character_or_direction_override_reaches_a_calendar(text: str) -> None:
    cleaned = clean(text + "\x00\x07\x1b\u202e\u2066\r\nATTENDEE:x")
    assert not set(cleaned) & set("\x00\x07\x1b\u202e\u2066\r")


HOSTILE = "Möte\x00\x07\x1b\u202e\u2066\r\nATTENDEE:mailto:x@example.se;,\\"


def test_a_hostile_title_stays_text(database: Database) -> None:
    agenda = make_agenda(replace(make_commitment(), title=HOSTILE, wording=HOSTILE))
    town = Town(database, agenda)
    town.say(MEETING, AnswerKind.DONE, utc(2018, 1, 17), note="bra\r\nATTENDEE:mailto:y")
    body = town.body()
    assert not set(body) & {0x00, 0x07, 0x1B}
    assert not set(body.decode()) & {"\u202e", "\u2066"}
    assert b"\r\nATTENDEE" not in body
    found = events(body)[MEETING]
    assert str(found["SUMMARY"]) == "Genomförd: Möte\nATTENDEE:mailto:x@example.se;,\\"
    assert "attendee" not in {name.lower() for name in found}


def test_a_cancellation_that_is_taken_back_raises_the_sequence(town: Town) -> None:
    town.say(MEETING, AnswerKind.CANCELLED, utc(2018, 1, 15))
    cancelled = event(town)
    town.say(MEETING, AnswerKind.DONE, utc(2018, 1, 17))
    held = event(town)
    assert (str(held["STATUS"]), cancelled["SEQUENCE"], held["SEQUENCE"]) == ("CONFIRMED", 1, 2)
