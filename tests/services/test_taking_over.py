"""What becomes of meetings that others hold when their calendar is read anew."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.answer import THE_PLAN, AnswerKind, Standing
from bot.domain.errors import SourceError
from bot.domain.meetings import Meeting
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Event
from bot.domain.recurrence import Following, Offset, OffsetUnit, Relative
from bot.domain.rhythms import External
from bot.services.composing import Sending, message
from bot.services.dependents import follow
from bot.services.planning import Agenda, Standings, asked_since
from bot.services.rehearsing import MemoryAnswers
from bot.services.taking_over import (
    Reading,
    differ,
    taken_over,
)
from tests.builders import THREE_YEARS, make_answer, make_commitment, make_plan, utc
from tests.services.readings import (
    DAYS,
    FIRST,
    KNOWN,
    LATER,
    TODAY,
    entries,
    entry,
    reading,
)


def state(meetings: Sequence[Meeting]) -> dict[str, tuple[date, bool]]:
    return {each.key: (each.day, each.fallen) for each in meetings}


def test_the_first_reading_makes_a_meeting_of_each_entry_that_is_not_cancelled() -> None:
    found = [*entries(), entry(date(2018, 5, 2), "x", cancelled=True), entry(date(2021, 1, 2), "y")]
    first = taken_over((), Reading(found, THREE_YEARS, date.min, TODAY, FIRST))
    assert first == KNOWN
    assert [each.planned for each in KNOWN] == list(DAYS)
    assert {each.known for each in KNOWN} == {FIRST}


def test_the_same_calendar_changes_nothing() -> None:
    assert taken_over(KNOWN, reading(entries())) == KNOWN


def test_a_meeting_that_moves_keeps_its_key_and_its_first_day() -> None:
    new_day = date(2018, 3, 20)
    after = taken_over(KNOWN, reading([*entries()[:2], entry(new_day, "m2"), *entries()[3:]]))
    assert after[2] == replace(KNOWN[2], day=new_day, changes=1)
    assert [*after[:2], *after[3:]] == [*KNOWN[:2], *KNOWN[3:]]
    assert differ(KNOWN, after)


def test_a_calendar_that_names_its_meetings_anew_changes_nothing_that_is_seen() -> None:
    after = taken_over(KNOWN, reading(entries(prefix="n")))
    assert not differ(KNOWN, after)
    assert [each.identity for each in after[1:]] == ["n1", "n2", "n3"]
    assert taken_over(after, reading(entries(prefix="n"))) == after


def test_a_whole_series_that_moves_a_day_stays_the_same_meetings() -> None:
    moved = [each + timedelta(days=1) for each in DAYS]
    after = taken_over(KNOWN, reading(entries(moved, "n")))
    assert [each.key for each in after] == [each.key for each in KNOWN]
    assert [each.day for each in after[1:]] == moved[1:]


def test_what_has_been_is_never_changed() -> None:
    past = KNOWN[0]
    since = date(2018, 1, 20)
    for found in ([], [entry(date(2018, 1, 16), "m0")], [entry(DAYS[0], "m0", cancelled=True)]):
        after = taken_over(KNOWN, reading([*found, *entries()[1:]], since))
        assert after == KNOWN
        assert after[0] is past


def test_a_calendar_may_leave_out_what_was_held_since_it_was_read() -> None:
    assert taken_over(KNOWN, reading(entries()[1:], date(2018, 1, 10))) == KNOWN
    today = Reading(entries()[2:], THREE_YEARS, date(2018, 2, 12), date(2018, 2, 12), LATER)
    assert taken_over(KNOWN, today) == KNOWN


def test_a_name_that_is_used_again_after_a_meeting_is_another_meeting() -> None:
    again = entry(date(2018, 6, 4), "m0")
    after = taken_over(KNOWN, reading([again, *entries()[1:]], date(2018, 1, 20)))
    assert after[:4] == KNOWN
    assert (after[4].key, after[4].day) == ("m0-2", date(2018, 6, 4))
    assert taken_over(after, reading([again, *entries()[1:]], date(2018, 2, 7))) == after


@pytest.mark.parametrize("how", ["cancelled", "gone"])
def test_what_is_cancelled_or_gone_falls_away_and_may_come_back(how: str) -> None:
    without = [*entries()[:2], *entries()[3:]]
    told = [entry(DAYS[2], "m2", cancelled=True)] if how == "cancelled" else []
    after = taken_over(KNOWN, reading([*without, *told]))
    assert after[2] == replace(KNOWN[2], fallen=True, changes=1)
    assert taken_over(after, reading([*without, *told])) == after
    assert taken_over(after, reading(entries()))[2] == replace(KNOWN[2], changes=2)


def test_new_meetings_come_last_and_only_on_days_of_the_plan() -> None:
    news = [entry(date(2018, 5, 14), "new"), entry(date(2021, 1, 4), "late")]
    after = taken_over(KNOWN, reading([*entries(), *news]))
    assert after[:4] == KNOWN
    assert [(each.key, each.known) for each in after[4:]] == [("new", LATER)]


@given(
    some.lists(
        some.tuples(some.dates(date(2018, 1, 1), date(2018, 6, 30)), some.booleans()), max_size=8
    ),
    some.lists(some.integers(0, 9), max_size=8, unique=True),
)
def test_whatever_comes_no_key_is_lost_or_given_twice_and_the_past_stays(
    told: list[tuple[date, bool]], names: list[int]
) -> None:
    found = [entry(day, f"m{n}", cancelled=off) for (day, off), n in zip(told, names, strict=False)]
    since = date(2018, 2, 1)
    try:
        after = taken_over(KNOWN, reading(found, since))
    except SourceError:
        return
    keys = [each.key for each in after]
    assert keys[:4] == [each.key for each in KNOWN]
    assert len(keys) == len(set(keys))
    assert after[0] == KNOWN[0]
    assert not differ(after, taken_over(after, reading(found, since)))


WEEK_BEFORE = Relative("radet", Following.BEFORE, Offset(-7, OffsetUnit.DAY))
CALL = "gavle/kallelse/m2"


def agenda(meetings: Sequence[Meeting]) -> Agenda:
    call = replace(make_commitment(WEEK_BEFORE, "kallelse"), title="Kallelse")
    chained = Relative("kallelse", Following.AFTER, Offset(1, OffsetUnit.DAY))
    plan = make_plan(call, replace(make_commitment(chained, "svar"), title="Svar"))
    radet = External("https://example.se/bra.ics", meetings=tuple(meetings))
    return Agenda(replace(plan, events=(Event("radet", "Möte i BRÅ", radet),)))


def told(ledger: MemoryAnswers, name: str = CALL) -> list[tuple[AnswerKind, date | None]]:
    return [(each.kind, each.day) for each in ledger.standing(name).answers]


def moved(day: date, meetings: Sequence[Meeting] = KNOWN) -> tuple[Meeting, ...]:
    return taken_over(meetings, reading([*entries()[:2], entry(day, "m2"), *entries()[3:]]))


def following(ledger: MemoryAnswers, meetings: Sequence[Meeting]) -> int:
    found = agenda(meetings)
    standings: Standings = ledger.standings("gavle")
    return follow(found, ledger, standings, now=LATER)


def call_of(ledger: MemoryAnswers, meetings: Sequence[Meeting], name: str = CALL) -> Occurrence:
    return agenda(meetings).find(name, ledger.standing(name))


def test_what_precedes_a_meeting_of_others_moves_with_it_and_keeps_its_id() -> None:
    ledger = MemoryAnswers()
    assert following(ledger, KNOWN) == 0
    assert call_of(ledger, KNOWN).day == date(2018, 3, 5)
    later = moved(date(2018, 3, 20))
    assert following(ledger, later) == 1
    assert call_of(ledger, later).day == date(2018, 3, 13)
    assert following(ledger, later) == 1
    assert call_of(ledger, later, "gavle/svar/m2").day == date(2018, 3, 14)
    assert following(ledger, later) == 0
    (said,) = ledger.standing(CALL).answers
    assert (said.by, said.note) == (THE_PLAN, "Följer ”Möte i BRÅ”, 20 mars 2018.")


def test_what_precedes_a_meeting_early_in_the_plan_is_asked_for_and_follows_it() -> None:
    early = taken_over(
        (), Reading([entry(date(2018, 1, 3), "m0")], THREE_YEARS, date.min, date(2018, 1, 1), FIRST)
    )
    name, ledger = "gavle/kallelse/m0", MemoryAnswers()
    # New Year's Day is free.
    assert agenda(early).by_id[name].window.first == date(2018, 1, 2)
    later = taken_over(early, reading([entry(date(2018, 2, 20), "m0")], date(2018, 1, 1)))
    following(ledger, later)
    assert call_of(ledger, later, name).day == date(2018, 2, 13)


def test_a_meeting_that_moves_to_and_fro_is_followed_each_time() -> None:
    ledger, meetings, days = MemoryAnswers(), KNOWN, (20, 12, 20, 12)
    for day in days:
        meetings = moved(date(2018, 3, day), meetings)
        following(ledger, meetings)
    assert [day for _, day in told(ledger)] == [date(2018, 3, day - 7) for day in days]


def test_what_precedes_a_meeting_that_falls_away_is_cancelled_and_comes_back_with_it() -> None:
    ledger = MemoryAnswers()
    fallen = taken_over(KNOWN, reading([*entries()[:2], *entries()[3:]]))
    following(ledger, fallen)
    following(ledger, taken_over(fallen, reading(entries())))
    assert told(ledger) == [
        (AnswerKind.CANCELLED, None),
        (AnswerKind.BOOKED, date(2018, 3, 5)),
    ]


def test_a_day_that_a_person_chose_stays_when_the_meeting_moves() -> None:
    chosen = make_answer(CALL, AnswerKind.POSTPONED, FIRST, day=date(2018, 3, 8))
    ledger = MemoryAnswers([chosen], {CALL: Standing((replace(chosen, id=1),))})
    following(ledger, moved(date(2018, 3, 20)))
    assert call_of(ledger, KNOWN).day == date(2018, 3, 8)


def test_a_message_names_the_meeting_on_the_day_on_which_it_is_held_now() -> None:
    later = moved(date(2018, 3, 20))
    found = agenda(later)
    sending = Sending("key", "day", LATER, LATER)
    words = message(found.plan, found.by_id[CALL], Standing(), sending, None)
    assert "Hör till: Möte i BRÅ, tisdag 20 mars 2018 kl. 13.00–15.00" in words.text


def test_nothing_is_owed_from_before_a_meeting_was_known_of() -> None:
    news = [*entries(), entry(date(2018, 5, 14), "new")]
    since = asked_since([(agenda(taken_over(KNOWN, reading(news))), utc(2018, 1, 1))])
    assert (since["gavle/kallelse/m2"], since["gavle/kallelse/new"]) == (FIRST, LATER)
    assert since["gavle/svar/new"] == LATER
    assert since["gavle/uppfoljning/2020-11"] == utc(2018, 1, 1)
