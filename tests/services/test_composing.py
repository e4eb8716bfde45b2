from dataclasses import replace
from datetime import date

from bot.domain.answer import Answer, AnswerKind, Standing
from bot.domain.message import Ask, Message, Tone
from bot.domain.periods import PeriodUnit
from bot.domain.plan import Event
from bot.domain.recurrence import Following, Offset, OffsetUnit, OnDemand, Outcome, Relative
from bot.domain.rhythms import Dates
from bot.services.composing import Sending, message
from bot.services.planning import Agenda
from tests.builders import (
    QUARTERLY,
    WHEN_NEEDED,
    make_agenda,
    make_answer,
    make_commitment,
    make_plan,
    utc,
)

MEETING = "gavle/lagesbild/2018-W03"
SLOT = "gavle/plats/2018-Q1"
AGENDA = make_agenda(
    make_commitment(), make_commitment(QUARTERLY, "plats"), make_commitment(WHEN_NEEDED, "insats")
)
SENT = utc(2018, 1, 22)


def words(step: str, *said: Answer, occurrence: str = MEETING, agenda: Agenda = AGENDA) -> Message:
    standing = Standing(tuple(replace(a, id=n) for n, a in enumerate(said, start=1)))
    found = agenda.find(occurrence, standing)
    return message(agenda.plan, found, standing, Sending("key", step, SENT, SENT), None)


def test_a_message_says_when_for_whom_what_and_what_is_expected() -> None:
    assert words("ahead-5").text.split("\n") == [
        "Påminnelse: Gemensam lägesbild",
        "När: tisdag 16 januari 2018 kl. 9.00–10.30",
        "Till: kommunpolis",
        "Åtagande: Gemensam lägesbild varannan vecka.",
        "Kvittera att ni har sett det, och svara Genomförd när det är gjort.",
    ]


def test_a_slot_says_which_part_of_the_year_it_is_for() -> None:
    lines = words("book-45", occurrence=SLOT).lines
    assert lines[:2] == ("När: senast torsdag 29 mars 2018", "Gäller: 1 januari–31 mars 2018")


def test_an_early_question_says_how_long_it_has_been_silent_and_by_when_to_answer() -> None:
    cadence = OnDemand(PeriodUnit.QUARTER, Offset(6, OffsetUnit.WEEK), Offset(5, OffsetUnit.DAY))
    agenda = make_agenda(make_commitment(cadence, "insats"))
    shown = words("silence", occurrence="gavle/insats/2018-Q1", agenda=agenda)
    assert shown.title == "Har det behövts? Gemensam lägesbild"
    assert "Ingenting är antecknat sedan 1 januari 2018." in shown.lines
    assert shown.lines[-1].endswith("Svara senast 5 april 2018.")


def test_a_step_before_a_meeting_of_others_says_which_meeting() -> None:
    cadence = Relative("radet", Following.BEFORE, Offset(-7, OffsetUnit.DAY))
    council = Event("radet", "Möte i Brå", Dates((date(2018, 2, 6),)))
    agenda = Agenda(replace(make_plan(make_commitment(cadence, "kallelse")), events=(council,)))
    shown = words("ahead-5", occurrence="gavle/kallelse/2018-02-06", agenda=agenda)
    assert shown.lines[1] == "Hör till: Möte i Brå, tisdag 6 februari 2018"


def test_a_number_to_be_reached_is_asked_for_and_told_as_such() -> None:
    agenda = make_agenda(make_commitment(Outcome(8, PeriodUnit.YEAR), "omraden"))
    name = "gavle/omraden/2018"
    said = replace(make_answer(name, AnswerKind.DONE, SENT, note=""), number=3)
    shown = words("day", said, occurrence=name, agenda=agenda)
    assert shown.number == "Antal som har tillkommit"
    assert shown.history == ("Genomförd (3 har tillkommit) – Anna, 22 januari 2018 kl. 13.00",)


def test_nothing_shouts_once_somebody_has_said_something() -> None:
    seen = make_answer(MEETING, AnswerKind.ACKNOWLEDGED, utc(2018, 1, 23))
    earlier = make_answer(MEETING, AnswerKind.ACKNOWLEDGED, utc(2018, 1, 12))
    tones = [words("nag-1").tone, words("nag-1", seen).tone, words("nag-1", earlier).tone]
    assert tones == [Tone.URGENT, Tone.PLAIN, Tone.URGENT]


def test_a_message_from_before_a_booking_says_the_new_day() -> None:
    booked = make_answer(SLOT, AnswerKind.BOOKED, utc(2018, 1, 23), day=date(2018, 3, 14))
    shown = words("escalate-3", booked, occurrence=SLOT)
    assert shown.tone is Tone.PLAIN
    assert shown.lines[-1] == "Ny dag är bestämd: onsdag 14 mars 2018."


def test_who_cannot_come_and_who_stands_in_is_said() -> None:
    cannot = make_answer(MEETING, AnswerKind.CANNOT, utc(2018, 1, 12), note="semester")
    named = words("cannot-1", replace(cannot, stand_in="Ställföreträdaren"))
    assert named.title == "Ersättare: Ställföreträdaren – Gemensam lägesbild"
    assert "Anna kan inte: ”semester”" in named.lines
    assert words("cannot-1", cannot).title == "Ersättare behövs: Gemensam lägesbild"


def test_a_settled_message_has_no_buttons_but_a_need_can_get_more_efforts() -> None:
    done = make_answer(MEETING, AnswerKind.DONE, utc(2018, 1, 17))
    need = "gavle/insats/2018-Q1"
    assert words("ask", done).asks == ()
    more = words("day", replace(done, occurrence=need), occurrence=need)
    assert more.asks == (Ask.DONE,)


def test_an_area_is_asked_for_only_where_it_can_differ() -> None:
    assert words("ahead-5").areas == ()
    assert [a.id for a in words("day", occurrence="gavle/insats/2018-Q1").areas] == [
        "satra",
        "brynas",
    ]


def test_a_message_says_who_comes_and_who_does_not() -> None:
    said = [
        make_answer(MEETING, kind, by=by, note="")
        for kind, by in (
            (AnswerKind.ATTENDING, "Anna"),
            (AnswerKind.ABSENT, "Cilla"),
            (AnswerKind.ATTENDING, "Bo"),
        )
    ]
    lines = words("ahead-5", *said).lines
    assert lines[-3:-1] == ("Kommer: Anna, Bo", "Kommer inte: Cilla")
