from dataclasses import replace
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as some

from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.reminder import Reminder
from bot.services.planning import Agenda, Standings
from bot.services.reminding import scheduled
from bot.services.timetable import Timetable
from tests.builders import STOCKHOLM, make_agenda, make_answer, utc

MEETING = "gavle/lagesbild/2018-W03"
LATER = utc(2018, 1, 23)


def make_timetable(agenda: Agenda, since: datetime) -> Timetable:
    return Timetable(agenda, dict.fromkeys(agenda.by_id, since))


def owed(timetable: Timetable, standings: Standings, now: datetime) -> list[Reminder]:
    return timetable.owed(timetable.agenda.plan.commitments, standings, now=now)


def steps(found: list[Reminder]) -> list[tuple[str, str]]:
    return [(each.occurrence.id[-8:], each.step) for each in found]


def said(*answers: Answer) -> Standings:
    return {MEETING: Standing(tuple(replace(a, id=n) for n, a in enumerate(answers, start=1)))}


@given(some.datetimes(datetime(2018, 1, 1), datetime(2021, 3, 1)))  # noqa: DTZ001
def test_walking_from_instant_to_instant_misses_no_reminder(naive: datetime) -> None:
    after = naive.replace(tzinfo=STOCKHOLM)
    agenda = make_agenda()
    every = sorted(
        each.at for o in agenda.by_commitment["lagesbild"] for each in scheduled(agenda, o.id, {})
    )
    expected = next((at for at in every if at > after), None)
    timetable = make_timetable(agenda, utc(2018, 1, 1))
    assert timetable.next_instant(agenda.plan.commitments[0], {}, after=after) == expected


def test_after_an_outage_only_the_newest_step_of_each_occurrence_is_owed() -> None:
    found = owed(make_timetable(make_agenda(), utc(2018, 1, 1)), {}, LATER)
    assert steps(found) == [("2018-W01", "escalate-2"), ("2018-W03", "nag-1")]


def test_nothing_is_owed_from_before_the_plan_was_adopted() -> None:
    later = utc(2019, 6, 1)
    assert owed(make_timetable(make_agenda(), later), {}, later) == []


def test_what_was_handed_over_is_not_owed_again_until_its_next_step() -> None:
    timetable = make_timetable(make_agenda(), utc(2018, 1, 10))
    timetable.hand_over(owed(timetable, {}, LATER), {})
    assert owed(timetable, {}, LATER) == []
    assert owed(timetable, {}, utc(2018, 1, 24, 6)) == []
    assert steps(owed(timetable, {}, utc(2018, 1, 24))) == [("2018-W01", "escalate-3")]


def test_what_nobody_handed_over_is_owed_again() -> None:
    timetable = make_timetable(make_agenda(), utc(2018, 1, 10))
    assert steps(owed(timetable, {}, LATER)) == steps(owed(timetable, {}, LATER)) != []


def test_an_answer_changes_what_is_owed_and_what_comes_next() -> None:
    agenda = make_agenda()
    timetable = make_timetable(agenda, utc(2018, 1, 10))
    meeting = agenda.plan.commitments[0]
    timetable.hand_over(owed(timetable, {}, LATER), {})
    cannot = said(make_answer(MEETING, AnswerKind.CANNOT, LATER))
    assert steps(owed(timetable, cannot, LATER)) == [("2018-W03", "cannot-1")]
    done = said(make_answer(MEETING, AnswerKind.DONE, LATER))
    assert owed(timetable, done, LATER) == []
    before = utc(2018, 1, 29)
    assert timetable.next_instant(meeting, {}, after=before) == utc(2018, 1, 30, 6, 30)
    moved = said(make_answer(MEETING, AnswerKind.SNOOZED, LATER, day=date(2018, 1, 30)))
    assert timetable.next_instant(meeting, done, after=LATER) == utc(2018, 1, 24, 7)
    assert timetable.next_instant(meeting, moved, after=utc(2018, 1, 30, 6, 30)) == utc(
        2018, 1, 30, 7
    )
