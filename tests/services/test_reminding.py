from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.periods import PeriodUnit, Window
from bot.domain.recurrence import Offset, OffsetUnit, OnDemand
from bot.domain.reminder import Reminder
from bot.domain.walltime import local_day
from bot.domain.workdays import FreeDayRule
from bot.services.planning import Agenda
from bot.services.reminding import digest_day, reminders, roles_of, schedule
from tests.builders import (
    FORTNIGHTLY,
    POLICY,
    QUARTERLY,
    STOCKHOLM,
    THREE_YEARS,
    WHEN_NEEDED,
    make_agenda,
    make_answer,
    make_commitment,
    make_plan,
    utc,
)

MEETING = "gavle/lagesbild/2018-W03"
DAYS = some.dates(THREE_YEARS.first, THREE_YEARS.last)


def scheduled(agenda: Agenda, name: str, *said: Answer) -> list[Reminder]:
    standing = Standing(tuple(replace(a, id=n) for n, a in enumerate(said, start=1)))
    return schedule(agenda.plan, agenda.find(name, standing), standing)


def told(found: list[Reminder]) -> list[tuple[str, str]]:
    return [(each.step, f"{each.at.astimezone(STOCKHOLM):%m-%d %H:%M}") for each in found]


def test_an_unanswered_meeting_is_reminded_of_asked_about_and_lifted_step_by_step() -> None:
    assert told(scheduled(make_agenda(), MEETING)) == [
        ("ahead-5", "01-11 08:00"),
        ("day", "01-16 07:30"),
        ("ask", "01-17 08:00"),
        ("nag-1", "01-22 08:00"),
        ("nag-2", "01-25 08:00"),
        ("escalate-1", "01-30 08:00"),
        ("escalate-2", "02-02 08:00"),
        ("escalate-3", "02-07 08:00"),
    ]


def test_escalation_climbs_from_deputy_to_steering_group() -> None:
    found = {each.step: each.roles for each in scheduled(make_agenda(), MEETING)}
    assert found["nag-2"] == ("kommunpolis",)
    assert [found[f"escalate-{n}"] for n in (1, 2, 3)] == [
        ("stf",),
        ("samordnare",),
        ("styrgrupp",),
    ]


def test_an_unbooked_slot_is_reminded_to_be_booked_before_its_last_sensible_date() -> None:
    agenda = make_agenda(make_commitment(QUARTERLY, "plats"))
    assert told(scheduled(agenda, "gavle/plats/2018-Q1"))[:4] == [
        ("book-45", "02-12 08:00"),
        ("book-14", "03-15 08:00"),
        ("day", "03-29 07:30"),
        ("ask", "04-03 08:00"),
    ]


def test_a_booked_slot_has_reminders_of_its_own() -> None:
    agenda = make_agenda(make_commitment(QUARTERLY, "plats"))
    booked = make_answer(
        "gavle/plats/2018-Q1", AnswerKind.BOOKED, utc(2018, 2, 1), day=date(2018, 3, 14)
    )
    assert told(scheduled(agenda, "gavle/plats/2018-Q1", booked))[:4] == [
        ("notice-1+1", "02-01 13:00"),
        ("ahead-5+1", "03-09 08:00"),
        ("day+1", "03-14 07:30"),
        ("ask+1", "03-15 08:00"),
    ]


def test_a_need_is_asked_about_and_never_lifted() -> None:
    policy = replace(POLICY, ahead_days=(), ask_after_days=None, nags=1, escalate=False)
    plan = make_plan(make_commitment(WHEN_NEEDED, "insats"), policy=policy)
    assert told(scheduled(Agenda(plan), "gavle/insats/2018-Q1")) == [
        ("day", "03-29 07:30"),
        ("nag-1", "04-05 08:00"),
    ]


@pytest.mark.parametrize("kind", [AnswerKind.DONE, AnswerKind.PARTLY_DONE, AnswerKind.NO_NEED])
def test_an_outcome_ends_every_reminder(kind: AnswerKind) -> None:
    assert scheduled(make_agenda(), MEETING, make_answer(MEETING, kind)) == []


def test_a_silent_need_is_asked_about_early_and_nagged_of_once_the_answer_is_late() -> None:
    policy = replace(POLICY, ahead_days=(), ask_after_days=None, nags=2, escalate=False)
    silence, answer = Offset(6, OffsetUnit.WEEK), Offset(10, OffsetUnit.WORKING_DAY)
    cadence = OnDemand(PeriodUnit.QUARTER, silence, answer)
    agenda = Agenda(make_plan(make_commitment(cadence, "insats"), policy=policy))
    assert told(scheduled(agenda, "gavle/insats/2018-Q1")) == [
        ("silence", "02-12 08:00"),
        ("day", "03-29 07:30"),
        ("nag-1", "04-17 08:00"),
        ("nag-2", "04-20 08:00"),
    ]
    effort = make_answer("gavle/insats/2018-Q1", AnswerKind.DONE, utc(2018, 1, 9))
    assert told(scheduled(agenda, "gavle/insats/2018-Q1", effort)) == []


def test_a_cancellation_is_told_once_and_ends_the_rest() -> None:
    cancelled = make_answer(MEETING, AnswerKind.CANCELLED, utc(2018, 1, 15))
    assert told(scheduled(make_agenda(), MEETING, cancelled)) == [("notice-1", "01-15 13:00")]


def test_kvittera_stops_the_nagging_for_a_time_only() -> None:
    seen = make_answer(MEETING, AnswerKind.ACKNOWLEDGED, utc(2018, 1, 22))
    assert told(scheduled(make_agenda(), MEETING, seen))[3:6] == [
        ("nag-1", "01-22 08:00"),
        ("nag-2", "01-29 08:00"),
        ("escalate-1", "02-01 08:00"),
    ]


def test_kvittera_does_not_stop_what_comes_before_the_meeting() -> None:
    seen = make_answer(MEETING, AnswerKind.ACKNOWLEDGED, utc(2018, 1, 12))
    steps = [each.step for each in scheduled(make_agenda(), MEETING, seen)]
    assert steps[:3] == ["ahead-5", "day", "ask"]


def test_remind_me_later_is_silence_until_then_and_one_reminder_on_the_day() -> None:
    later = make_answer(MEETING, AnswerKind.SNOOZED, utc(2018, 1, 17), day=date(2018, 1, 24))
    assert told(scheduled(make_agenda(), MEETING, later))[2:5] == [
        ("ask", "01-17 08:00"),
        ("snoozed-1", "01-24 08:00"),
        ("nag-2", "01-29 08:00"),
    ]


def test_a_postponed_meeting_starts_over_from_its_new_day() -> None:
    moved = make_answer(MEETING, AnswerKind.POSTPONED, utc(2018, 1, 15), day=date(2018, 1, 30))
    assert told(scheduled(make_agenda(), MEETING, moved))[:3] == [
        ("notice-1+1", "01-15 13:00"),
        ("ahead-5+1", "01-25 08:00"),
        ("day+1", "01-30 07:30"),
    ]


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        (utc(2018, 1, 12, 16, 59), "01-12 17:59"),
        (utc(2018, 1, 12, 17, 0), "01-15 07:00"),
        (utc(2018, 1, 13, 9, 0), "01-15 07:00"),
        (utc(2018, 1, 12, 4, 0), "01-12 07:00"),
    ],
)
def test_word_of_a_stand_in_keeps_the_sending_hours(said: datetime, sent: str) -> None:
    cannot = make_answer(MEETING, AnswerKind.CANNOT, said)
    found = dict(told(scheduled(make_agenda(), MEETING, cannot)))
    assert found["cannot-1"] == sent


@given(DAYS, DAYS, DAYS)
def test_windows_of_reminders_compose(one: date, two: date, three: date) -> None:
    first, middle, last = sorted([one, two, three])
    agenda = make_agenda(make_commitment(), make_commitment(QUARTERLY, "plats"))
    cut = reminders(agenda, Window(first, middle))
    if middle < last:
        cut = cut + reminders(agenda, Window(middle + timedelta(days=1), last))
    assert cut == reminders(agenda, Window(first, last))


def test_no_reminder_is_sent_on_a_free_day_and_none_twice() -> None:
    agenda = make_agenda(make_commitment(), make_commitment(QUARTERLY, "plats"))
    found = reminders(agenda, Window(date(2017, 1, 1), date(2022, 1, 1)))
    assert all(agenda.plan.work.is_working(local_day(each.at, STOCKHOLM)) for each in found)
    assert len({each.key("t") for each in found}) == len(found)


def test_a_new_day_set_late_drops_what_would_have_come_before_it() -> None:
    agenda = make_agenda(make_commitment(QUARTERLY, "plats"))
    booked = make_answer(
        "gavle/plats/2018-Q1", AnswerKind.BOOKED, utc(2018, 3, 9, 19), day=date(2018, 3, 12)
    )
    assert told(scheduled(agenda, "gavle/plats/2018-Q1", booked))[:2] == [
        ("notice-1+1", "03-12 07:00"),
        ("day+1", "03-12 07:30"),
    ]


def test_a_snooze_never_takes_the_place_of_the_ladder() -> None:
    later = make_answer(MEETING, AnswerKind.SNOOZED, utc(2018, 2, 6), day=date(2018, 2, 14))
    steps = [each.step for each in scheduled(make_agenda(), MEETING, later)]
    assert [each for each in steps if each.startswith("escalate")] == [
        "escalate-1",
        "escalate-2",
        "escalate-3",
    ]


def test_the_newest_snooze_is_the_one_that_counts() -> None:
    first = make_answer(MEETING, AnswerKind.SNOOZED, utc(2018, 1, 17), day=date(2018, 2, 2))
    second = make_answer(MEETING, AnswerKind.SNOOZED, utc(2018, 1, 18), day=date(2018, 1, 24))
    steps = dict(told(scheduled(make_agenda(), MEETING, first, second)))
    assert "snoozed-1" not in steps
    assert steps["snoozed-2"] == "01-24 08:00"


def test_of_two_leads_on_one_day_the_later_goes_out() -> None:
    policy = replace(POLICY, ahead_days=(1,))
    sunday = replace(FORTNIGHTLY, anchor=date(2018, 1, 7))
    meeting = replace(make_commitment(sunday), free_day=FreeDayRule.KEEP)
    agenda = Agenda(make_plan(meeting, policy=policy))
    assert told(scheduled(agenda, "gavle/lagesbild/2018-W01"))[:2] == [
        ("day", "01-05 07:30"),
        ("ask", "01-08 08:00"),
    ]


def test_a_new_day_is_not_told_after_the_outcome() -> None:
    moved = make_answer(MEETING, AnswerKind.POSTPONED, utc(2018, 1, 12, 20), day=date(2018, 1, 15))
    done = make_answer(MEETING, AnswerKind.DONE, utc(2018, 1, 15, 5))
    assert scheduled(make_agenda(), MEETING, moved, done) == []


def test_a_step_of_a_ladder_that_was_shortened_goes_to_its_top() -> None:
    plan = replace(make_plan(), escalation=())
    assert roles_of(plan, plan.commitments[0], "escalate-3") == ("stf",)


@pytest.mark.parametrize(
    ("moment", "sends"),
    [
        (utc(2018, 1, 3, 6, 0), True),
        (utc(2018, 1, 3, 5, 59), False),
        (utc(2018, 1, 3, 17, 0), False),
        (utc(2018, 7, 3, 5, 0), True),
        (utc(2018, 1, 6, 10, 0), False),
        (utc(2018, 1, 1, 10, 0), False),
    ],
)
def test_reminders_go_out_in_the_sending_hours_of_working_days(
    moment: datetime, *, sends: bool
) -> None:
    assert make_plan().sends_at(moment) is sends


def digesting(agenda: Agenda) -> Agenda:
    roles = {name: replace(each, digest=True) for name, each in agenda.plan.roles.items()}
    return Agenda(replace(agenda.plan, roles=roles))


def test_in_a_digest_all_but_the_day_itself_and_the_ladder_comes_on_mondays() -> None:
    assert told(scheduled(digesting(make_agenda()), MEETING)) == [
        ("ahead-5", "01-08 08:00"),
        ("day", "01-16 07:30"),
        ("ask", "01-22 08:00"),
        ("nag-1", "01-29 08:00"),
        ("nag-2", "02-05 08:00"),
        ("escalate-1", "02-08 08:00"),
        ("escalate-2", "02-13 08:00"),
        ("escalate-3", "02-16 08:00"),
    ]


@given(day=DAYS)
def test_a_digest_comes_on_the_first_working_day_of_a_week(day: date) -> None:
    plan = make_agenda().plan
    before, after = (digest_day(plan, day, before=way) for way in (True, False))
    assert before <= day <= after
    for found in (before, after):
        monday = found - timedelta(days=found.weekday())
        assert found == plan.work.next_working(monday)
    # No other digest lies between the two.
    assert after - before <= timedelta(days=14)
