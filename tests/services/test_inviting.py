"""Invitations: asked for once, changed when something changes, taken back when it falls away."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.delivery import Draft, Part
from bot.domain.invitation import parse_mark
from bot.domain.plan import Commitment, Plan
from bot.services.inviting import Invited, invitations, is_outdated, sequence_of
from bot.services.planning import Agenda
from tests.builders import (
    NOVEMBER,
    QUARTERLY,
    WHEN_NEEDED,
    make_agenda,
    make_answer,
    make_commitment,
    utc,
)

MEETING, NEXT = "gavle/lagesbild/2018-W03", "gavle/lagesbild/2018-W05"
SLOT = "gavle/plats/2018-Q1"
AGENDA = make_agenda(
    make_commitment(),
    make_commitment(QUARTERLY, "plats"),
    make_commitment(WHEN_NEEDED, "insats"),
    make_commitment(NOVEMBER, "slut"),
)
NOW = utc(2018, 1, 3)
ANNA, BO = "mail:anna@example.se", "mail:bo@example.se"


@dataclass
class Inbox:
    """What everybody has been told so far."""

    agenda: Agenda = AGENDA
    people: tuple[str, ...] = (ANNA,)
    now: datetime = NOW
    said: list[Answer] = field(default_factory=list)
    told: dict[tuple[str, str], Invited] = field(default_factory=dict)

    def guests(self, _plan: Plan, _commitment: Commitment) -> Sequence[str]:
        return self.people

    def say(self, occurrence: str, kind: AnswerKind, day: date | None = None) -> None:
        said = make_answer(occurrence, kind, self.now, day=day)
        self.said.append(replace(said, id=len(self.said) + 1))

    def standing(self, occurrence: str) -> Standing:
        return Standing(tuple(each for each in self.said if each.occurrence == occurrence))

    def come(self) -> list[Draft]:
        """What is owed now; from here on it has been told."""
        standings = {each.occurrence: self.standing(each.occurrence) for each in self.said}
        found = invitations(self.agenda, standings, self.told, self.guests, now=self.now)
        for each in found:
            number = sequence_of(each.step)
            last = Invited(number, parse_mark(each.thread), number, arrived=True)
            self.told[each.occurrence, each.target] = last
        return found

    def news(self) -> list[tuple[str, str]]:
        """The names and contents of what is owed now."""
        marks = [(each, parse_mark(each.thread)) for each in self.come()]
        return [(each.key.partition("#")[2], f"{mark.says}") for each, mark in marks]


def test_what_is_fixed_is_invited_to_four_weeks_ahead_and_once() -> None:
    inbox = Inbox()
    found = inbox.come()
    assert {(each.occurrence, each.part) for each in found} == {
        (MEETING, Part.INVITATION),
        (NEXT, Part.INVITATION),
    }
    assert [each.thread for each in found] == ["2018-01-16 09:00–10:30", "2018-01-30 09:00–10:30"]
    assert inbox.come() == []


def test_what_has_no_day_yet_and_what_is_asked_about_invites_nobody() -> None:
    inbox = Inbox(now=utc(2018, 3, 20))
    assert {each.occurrence.split("/")[1] for each in inbox.come()} == {"lagesbild"}


def test_what_is_booked_is_invited_to_at_once_however_far_ahead() -> None:
    inbox = Inbox()
    inbox.come()
    inbox.say(SLOT, AnswerKind.BOOKED, date(2018, 3, 27))
    assert inbox.news() == [(f"invite-0@{ANNA}", "2018-03-27")]


def test_a_new_day_is_an_update_to_everybody_who_was_invited() -> None:
    inbox = Inbox(people=(ANNA, BO))
    inbox.come()
    inbox.say(MEETING, AnswerKind.POSTPONED, date(2018, 2, 20))
    assert inbox.news() == [
        (f"invite-1@{ANNA}", "2018-02-20 09:00–10:30"),
        (f"invite-1@{BO}", "2018-02-20 09:00–10:30"),
    ]
    assert inbox.come() == []


def test_a_cancellation_is_told_and_a_new_day_after_it_invites_again() -> None:
    inbox = Inbox()
    inbox.come()
    inbox.say(MEETING, AnswerKind.CANCELLED)
    assert inbox.news() == [(f"invite-1@{ANNA}", "inställt")]
    inbox.say(MEETING, AnswerKind.POSTPONED, date(2018, 1, 23))
    assert inbox.news() == [(f"invite-2@{ANNA}", "2018-01-23 09:00–10:30")]


def test_what_was_cancelled_before_anybody_was_invited_is_no_news() -> None:
    inbox = Inbox()
    inbox.say(MEETING, AnswerKind.CANCELLED)
    assert {each.occurrence for each in inbox.come()} == {NEXT}


def test_answers_that_change_no_day_are_no_news() -> None:
    inbox = Inbox()
    inbox.come()
    for kind in (AnswerKind.ACKNOWLEDGED, AnswerKind.ATTENDING):
        inbox.say(MEETING, kind)
    assert inbox.come() == []


def test_who_takes_a_role_over_is_invited_and_who_leaves_it_is_told() -> None:
    inbox = Inbox()
    inbox.come()
    inbox.people = (BO,)
    assert sorted(inbox.news()) == [
        (f"invite-0@{BO}", "2018-01-16 09:00–10:30"),
        (f"invite-0@{BO}", "2018-01-30 09:00–10:30"),
        (f"invite-1@{ANNA}", "inte inbjuden"),
        (f"invite-1@{ANNA}", "inte inbjuden"),
    ]


def test_what_becomes_sensitive_is_no_longer_anybodys_to_come_to_but_is_not_cancelled() -> None:
    inbox = Inbox()
    inbox.come()
    inbox.agenda = make_agenda(replace(make_commitment(), sensitive=True))
    assert set(inbox.news()) == {(f"invite-1@{ANNA}", "inte inbjuden")}
    assert inbox.come() == []


def test_who_has_left_hears_of_no_cancellation_and_is_invited_again_on_return() -> None:
    inbox = Inbox()
    inbox.come()
    inbox.people = ()
    inbox.come()
    inbox.say(MEETING, AnswerKind.CANCELLED)
    inbox.people = (ANNA,)
    assert inbox.news() == [(f"invite-2@{ANNA}", "2018-01-30 09:00–10:30")]


def test_what_was_done_before_its_day_invites_nobody() -> None:
    inbox = Inbox()
    inbox.say(MEETING, AnswerKind.DONE, date(2018, 1, 3))
    assert {each.occurrence for each in inbox.come()} == {NEXT}


def test_what_is_done_before_its_day_leaves_the_calendars_once() -> None:
    inbox = Inbox()
    inbox.come()
    inbox.say(MEETING, AnswerKind.DONE, date(2018, 1, 3))
    assert inbox.news() == [(f"invite-1@{ANNA}", "har varit")]
    assert inbox.come() == []


def test_what_is_done_on_its_day_stays_in_the_calendars() -> None:
    inbox = Inbox()
    inbox.come()
    inbox.now = utc(2018, 1, 16)
    inbox.say(MEETING, AnswerKind.DONE, date(2018, 1, 16))
    assert {each.occurrence for each in inbox.come()}.isdisjoint({MEETING})


def test_a_cancellation_that_is_corrected_to_done_invites_nobody() -> None:
    inbox = Inbox()
    inbox.come()
    inbox.say(MEETING, AnswerKind.CANCELLED)
    inbox.come()
    inbox.say(MEETING, AnswerKind.DONE, date(2018, 1, 3))
    assert inbox.come() == []


def test_what_a_plan_moves_into_the_past_leaves_the_calendars() -> None:
    inbox = Inbox()
    inbox.come()
    past = replace(AGENDA.by_id[MEETING], day=date(2018, 1, 2), due=date(2018, 1, 2))
    inbox.agenda = make_agenda(make_commitment())
    object.__setattr__(inbox.agenda, "by_id", {**inbox.agenda.by_id, MEETING: past})
    assert inbox.news() == [(f"invite-1@{ANNA}", "har varit")]


def test_what_was_refused_is_not_said_again_and_the_next_is_no_change() -> None:
    inbox = Inbox()
    (first, _) = inbox.come()
    inbox.told[MEETING, ANNA] = Invited(number=0, refused=parse_mark(first.thread))
    assert inbox.come() == []
    inbox.say(MEETING, AnswerKind.POSTPONED, date(2018, 1, 23))
    (again,) = inbox.come()
    assert (again.step, again.thread) == ("invite-1", "2018-01-23 09:00–10:30")


def test_what_gave_way_to_nothing_is_written_anew() -> None:
    inbox = Inbox()
    inbox.come()
    inbox.told[MEETING, ANNA] = Invited(number=0)
    assert inbox.news() == [(f"invite-1@{ANNA}", "2018-01-16 09:00–10:30")]


def test_what_is_over_is_left_as_it_is() -> None:
    inbox = Inbox()
    inbox.come()
    inbox.say(MEETING, AnswerKind.CANCELLED)
    inbox.now = utc(2018, 1, 17)
    assert {each.occurrence for each in inbox.come()}.isdisjoint({MEETING})


def test_a_plan_that_moves_it_far_away_changes_the_invitation() -> None:
    inbox = Inbox()
    inbox.come()
    far = replace(AGENDA.by_id[MEETING], day=date(2018, 6, 12), due=date(2018, 6, 12))
    moved = make_agenda(make_commitment())
    object.__setattr__(moved, "by_id", {**moved.by_id, MEETING: far})
    inbox.agenda = moved
    assert (f"invite-1@{ANNA}", "2018-06-12 09:00–10:30") in inbox.news()


def test_what_a_new_text_has_dropped_is_cancelled_once_while_it_lies_ahead() -> None:
    inbox = Inbox()
    inbox.come()
    inbox.agenda = make_agenda(make_commitment(QUARTERLY, "plats"))
    inbox.now = utc(2018, 1, 20)
    assert inbox.news() == [(f"invite-1@{ANNA}", "inställt")]
    assert inbox.come() == []


def test_what_is_sensitive_invites_nobody() -> None:
    secret = replace(make_commitment(), sensitive=True)
    assert Inbox(agenda=make_agenda(secret)).come() == []


def test_an_invitation_that_waits_is_outdated_once_the_day_is_another() -> None:
    inbox = Inbox()
    first = next(each for each in inbox.come() if each.occurrence == MEETING)
    occurrence, nothing = AGENDA.by_id[MEETING], Standing()
    mark, today = parse_mark(first.thread), date(2018, 1, 3)
    assert not is_outdated(mark, occurrence, nothing, today)
    inbox.now += timedelta(hours=1)
    inbox.say(MEETING, AnswerKind.POSTPONED, date(2018, 1, 23))
    standing = inbox.standing(MEETING)
    assert is_outdated(mark, AGENDA.find(MEETING, standing), standing, today)
