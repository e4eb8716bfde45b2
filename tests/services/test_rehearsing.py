from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.errors import AnswerRefusedError, UnknownOccurrenceError
from bot.domain.periods import Window
from bot.domain.recurrence import Following, Offset, OffsetUnit, Relative
from bot.domain.reminder import Reminder
from bot.services.planning import Agenda
from bot.services.ports import Decision
from bot.services.rehearsing import Line, MemoryAnswers, Sent, rehearsal, replayed, summary, words
from bot.services.relevance import BEFOREHAND
from bot.services.reminding import newest_due, reminders, scheduled
from tests.builders import (
    POLICY,
    QUARTERLY,
    STOCKHOLM,
    WHEN_NEEDED,
    make_agenda,
    make_answer,
    make_commitment,
    make_plan,
    utc,
)

MEETING = "gavle/lagesbild/2018-W03"
SLOT = "gavle/plats/2018-Q1"
NEED = "gavle/insats/2018-Q1"
QUARTER = Window(date(2018, 1, 1), date(2018, 3, 31))
BEGINS, ENDS = utc(2017, 11, 1, 0), utc(2018, 7, 1, 0)
STEP = timedelta(minutes=30)

BUSY = make_agenda(
    make_commitment(), make_commitment(QUARTERLY, "plats"), make_commitment(WHEN_NEEDED, "insats")
)
SPARSE = Agenda(
    make_plan(
        *BUSY.plan.activities[0].commitments,
        policy=replace(POLICY, ahead_days=(1, 10), ask_after_days=None, nag_every_days=2, nags=4),
    )
)

MOMENTS = some.integers(0, 24 * 2 * 120).map(lambda n: utc(2018, 1, 1, 0) + n * STEP)
ANSWERS = some.builds(
    Answer,
    occurrence=some.sampled_from([MEETING, SLOT, NEED]),
    kind=some.sampled_from(AnswerKind),
    by=some.sampled_from(["Anna", "Bo"]),
    at=MOMENTS,
    day=some.none() | some.dates(date(2018, 1, 1), date(2018, 4, 20)),
    note=some.just("orsaken"),
)
SNOOZES = some.builds(
    lambda name, at, days: Answer(
        name, AnswerKind.SNOOZED, "Anna", at, day=at.date() + timedelta(days)
    ),
    some.sampled_from([MEETING, SLOT, NEED]),
    MOMENTS,
    some.integers(1, 40),
)
LINES = some.lists(
    some.builds(Line, some.just(0), ANSWERS | SNOOZES, correct=some.booleans()), max_size=12
)


def walked(agenda: Agenda, name: str, final: Standing) -> list[tuple[str, datetime]]:
    """What a service sends that looks at the clock again and again, and knows no rule but that."""
    told, blocked = list[tuple[str, datetime]](), set[str]()
    now, known, steps = BEGINS, -1, list[Reminder]()
    while now < ENDS:
        said = tuple(each for each in final.answers if each.at <= now)
        if len(said) != known:
            known, steps = len(said), scheduled(agenda, name, {name: Standing(said)})
        if agenda.plan.sends_at(now):
            step = newest_due(steps, now=now)
            if step and step.step not in blocked:
                over = now.astimezone(STOCKHOLM).date() > step.occurrence.last_day
                if not (over and step.kind in BEFOREHAND):
                    told.append((step.step, now))
                    blocked.add(step.step)
        now += STEP
    return told


def sent_of(sent: list[Sent], name: str) -> list[tuple[str, datetime]]:
    return [(x.reminder.step, x.at) for x in sent if x.reminder.occurrence.id == name]


def rehearsed(agenda: Agenda, *answers: Answer) -> list[Sent]:
    standings, refused = replayed(agenda, [Line(n, each) for n, each in enumerate(answers)])
    assert refused == []
    return rehearsal(agenda, standings)


def told(sent: list[Sent], name: str) -> list[tuple[str, str]]:
    return [(step, f"{at.astimezone(STOCKHOLM):%m-%d %H:%M}") for step, at in sent_of(sent, name)]


@pytest.mark.parametrize("agenda", [BUSY, SPARSE])
@settings(max_examples=20)
@given(lines=LINES)
def test_what_goes_out_is_what_a_service_sends_that_always_looks(
    agenda: Agenda, lines: list[Line]
) -> None:
    standings, _ = replayed(agenda, lines)
    sent = rehearsal(agenda, standings)
    for name, final in standings.items():
        shown = [each for each in sent_of(sent, name) if each[1] < ENDS]
        assert shown == walked(agenda, name, final)


def test_with_no_answers_it_is_every_reminder_at_its_instant() -> None:
    always = Window(date.min, date.max)
    assert [(x.reminder, x.at) for x in rehearsal(BUSY, {})] == [
        (each, each.at) for each in reminders(BUSY, always)
    ]


def test_an_outcome_ends_what_comes_after_it_and_leaves_what_went_out() -> None:
    done = make_answer(MEETING, AnswerKind.DONE, utc(2018, 1, 17, 12), day=date(2018, 1, 16))
    assert told(rehearsed(make_agenda(), done), MEETING) == [
        ("ahead-5", "01-11 08:00"),
        ("day", "01-16 07:30"),
        ("ask", "01-17 08:00"),
    ]


def test_an_answer_at_the_very_instant_of_a_step_is_known_to_it() -> None:
    done = make_answer(MEETING, AnswerKind.DONE, utc(2018, 1, 17, 7), day=date(2018, 1, 16))
    assert told(rehearsed(make_agenda(), done), MEETING)[-1] == ("day", "01-16 07:30")


def test_what_a_shorter_silence_brings_back_goes_out_at_once() -> None:
    first = make_answer(MEETING, AnswerKind.SNOOZED, utc(2018, 1, 17), day=date(2018, 2, 20))
    second = make_answer(MEETING, AnswerKind.SNOOZED, utc(2018, 1, 30), day=date(2018, 2, 5))
    found = rehearsed(make_agenda(), first, second)
    late = [x for x in found if x.reminder.occurrence.id == MEETING and x.at > x.reminder.at]
    assert [(x.reminder.step, x.at) for x in late] == [("escalate-1", utc(2018, 1, 30))]
    assert words(make_agenda(), {}, late[0]).late


def test_a_message_speaks_of_what_was_known_when_it_went_out() -> None:
    seen = make_answer(MEETING, AnswerKind.ACKNOWLEDGED, utc(2018, 1, 12), by="Anna")
    texts = [words(make_agenda(), {}, each).text for each in rehearsed(make_agenda(), seen)]
    of_meeting = [each for each in texts if "16 januari 2018 kl. 9.00" in each]
    assert ["Anna" in each for each in of_meeting[:3]] == [False, True, True]


def test_answers_are_taken_in_the_order_of_their_instants() -> None:
    booked = make_answer(SLOT, AnswerKind.BOOKED, utc(2018, 1, 10), day=date(2018, 2, 1))
    done = make_answer(SLOT, AnswerKind.DONE, utc(2018, 2, 1, 15), day=date(2018, 2, 1))
    standings, refused = replayed(BUSY, [Line(0, done), Line(1, booked)])
    assert refused == []
    assert [each.kind for each in standings[SLOT].answers] == ["booked", "done"]


def test_what_the_service_would_refuse_is_refused_and_the_rest_is_taken() -> None:
    early = make_answer(MEETING, AnswerKind.ACKNOWLEDGED, utc(2017, 12, 31))
    unknown = make_answer("gavle/lagesbild/2018-W04", AnswerKind.DONE)
    done = make_answer(MEETING, AnswerKind.DONE, utc(2018, 1, 17), day=date(2018, 1, 16))
    again = make_answer(MEETING, AnswerKind.CANCELLED, utc(2018, 1, 18))
    lines = [Line(n, each) for n, each in enumerate([early, unknown, done, again])]
    standings, refused = replayed(BUSY, lines)
    assert [(each.line.number, type(each.error)) for each in refused] == [
        (0, AnswerRefusedError),
        (1, UnknownOccurrenceError),
        (3, AnswerRefusedError),
    ]
    assert "1 januari 2018" in str(refused[0].error)
    assert [each.kind for each in standings[MEETING].answers] == [AnswerKind.DONE]


def test_a_correction_takes_the_place_of_what_was_said() -> None:
    cancelled = make_answer(MEETING, AnswerKind.CANCELLED, utc(2018, 1, 15))
    moved = make_answer(MEETING, AnswerKind.POSTPONED, utc(2018, 1, 16), day=date(2018, 1, 30))
    lines = [Line(0, cancelled), Line(1, moved, correct=True)]
    standings, refused = replayed(make_agenda(), lines)
    assert refused == []
    assert told(rehearsal(make_agenda(), standings), MEETING)[:4] == [
        ("ahead-5", "01-11 08:00"),
        ("notice-1", "01-15 13:00"),
        ("notice-2+1", "01-16 13:00"),
        ("ahead-5+1", "01-25 08:00"),
    ]


def test_a_summary_counts_each_role_and_each_message_once() -> None:
    both = replace(make_commitment(), responsible=("kommunpolis", "samordnare"))
    agenda = Agenda(make_plan(both, period=QUARTER))
    sent = rehearsal(agenda, {})
    found = summary(agenda.plan, sent)
    for month, messages in found.messages.items():
        of_month = [x for x in sent if x.at.astimezone(STOCKHOLM).date().replace(day=1) == month]
        assert messages == len(of_month)
        for role in agenda.plan.roles:
            count = sum(role in each.reminder.roles for each in of_month)
            assert found.of(role, month) == count
    assert sum(found.messages.values()) == len(sent)


def test_a_summary_names_every_month_from_the_first_message_to_the_last() -> None:
    yearly = make_agenda(replace(make_commitment(QUARTERLY, "plats")))
    months = summary(yearly.plan, rehearsal(yearly, {})).months
    assert months[:4] == (date(2018, 2, 1), date(2018, 3, 1), date(2018, 4, 1), date(2018, 5, 1))
    assert len(months) == len(set(months)) == 36


def test_a_day_is_crowded_with_more_than_the_most_and_not_with_just_as_many() -> None:
    commitments = [make_commitment(name=f"lagesbild-{n}") for n in range(4)]
    agenda = make_agenda(*commitments)
    found = summary(agenda.plan, rehearsal(agenda, {}))
    assert found.crowded(found.busiest.messages if found.busiest else 0) == []
    crowded = found.crowded(3)
    assert (crowded[0].role, crowded[0].messages) == ("kommunpolis", 4)
    assert found.busiest in found.crowded(found.busiest.messages - 1 if found.busiest else 0)


def test_nothing_sent_is_an_empty_summary() -> None:
    found = summary(BUSY.plan, [])
    assert (found.months, found.loads, found.busiest) == ((), (), None)


def _always(decision: Decision, _standing: Standing) -> Decision:
    return decision


def test_answers_in_memory_are_numbered_and_one_source_is_one_answer() -> None:
    ledger = MemoryAnswers()
    first, second = (replace(make_answer(MEETING, AnswerKind.DONE), source=s) for s in "ab")
    decisions = {each: Decision(store=each) for each in (first, second)}
    kept = [
        ledger.decide(MEETING, each.source, partial(_always, decisions[each]))
        for each in (first, second, first)
    ]
    assert [(each.answer.id, each.fresh) for each in kept] == [(1, True), (2, True), (1, False)]
    assert [each.id for each in ledger.standing(MEETING).answers] == [1, 2]
    assert list(ledger.standings("gavle")) == [MEETING]
    assert not ledger.standings("gav")


def test_what_comes_beforehand_is_not_brought_back_when_the_day_is_over() -> None:
    first = make_answer(MEETING, AnswerKind.SNOOZED, utc(2018, 1, 12), day=date(2018, 2, 20))
    second = make_answer(MEETING, AnswerKind.SNOOZED, utc(2018, 1, 17), day=date(2018, 1, 22))
    steps = [step for step, _ in told(rehearsed(SPARSE, first, second), MEETING)]
    assert steps[:2] == ["ahead-10", "snoozed-2"]


def test_what_follows_a_meeting_is_reminded_of_on_its_new_day() -> None:
    before = Relative("lagesbild", Following.BEFORE, Offset(-7, OffsetUnit.DAY))
    agenda = make_agenda(make_commitment(), make_commitment(before, "kallelse"))
    day = date(2018, 1, 25)
    moved = make_answer("gavle/lagesbild/2018-W03", AnswerKind.POSTPONED, utc(2018, 1, 10), day=day)
    found = sent_of(rehearsed(agenda, moved), "gavle/kallelse/2018-W03")
    assert ("day+1", utc(2018, 1, 18, 6, 30)) in found
