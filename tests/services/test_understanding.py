"""What a reply means, and what is no answer at all."""

import re
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.answer import AnswerKind, Form
from bot.domain.recurrence import Kind
from bot.domain.swedish import ANSWERS
from bot.services.understanding import LONGEST, Understood, Unsure, understood

GUIDE = Path(__file__).parents[2] / "config" / "README.md"
WEDNESDAY = date(2018, 3, 7)
MARCH_14 = date(2018, 3, 14)
DONE, PARTLY = AnswerKind.DONE, AnswerKind.PARTLY_DONE


def read(text: str, kind: Kind = Kind.OCCURRENCE) -> Understood | Unsure | None:
    return understood(text, today=WEDNESDAY, kind=kind)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("klart!", Understood(DONE)),
        ("Hej! Nu är det klart.", Understood(DONE)),
        ("KLART 👍", Understood(DONE)),
        ("genomfort", Understood(DONE)),
        ("It's done", Understood(DONE)),
        ("genomfört igår", Understood(DONE, day=date(2018, 3, 6))),
        ("gjort i förrgår", Understood(DONE, day=date(2018, 3, 5))),
        ("klart i måndags", Understood(DONE, day=date(2018, 3, 5))),
        ("klart i onsdags", Understood(DONE, day=date(2018, 2, 28))),
        ("i går blev det klart", Understood(DONE, day=date(2018, 3, 6))),
        ("genomfört 5.3", Understood(DONE, day=date(2018, 3, 5))),
        ("klart med Sätra", Understood(DONE, note="Sätra")),
        ("genomfört: två kunde inte komma", Understood(DONE, note="två kunde inte komma")),
        ("Klart\n\nMvh Anna", Understood(DONE)),
        ("kl\x00art\x07\u200b", Understood(DONE)),
        ("done on Monday", Understood(DONE, day=date(2018, 3, 5))),
        ("genomförd 5/3", Understood(DONE, day=date(2018, 3, 5))),
        ("genomförd den 20 december", Understood(DONE, day=date(2017, 12, 20))),
        ("genomförd 2018-03-01", Understood(DONE, day=date(2018, 3, 1))),
        (
            "genomförd 1/3 2018: bra samtal",
            Understood(DONE, day=date(2018, 3, 1), note="bra samtal"),
        ),
        (
            "genomfört i går, 12 deltagare, digitalt",
            Understood(DONE, day=date(2018, 3, 6), number=12, form=Form.DIGITAL),
        ),
        ("Genomfört på plats. Många kom.", Understood(DONE, form=Form.PHYSICAL, note="Många kom")),
        ("delvis", Understood(PARTLY)),
        ("delvis genomfört: bara en skola", Understood(PARTLY, note="bara en skola")),
        ("Partly done, one school only", Understood(PARTLY, note="one school only")),
        ("inställt pga sjukdom", Understood(AnswerKind.CANCELLED, note="sjukdom")),
        ("Mötet ställs in p.g.a. halka", Understood(AnswerKind.CANCELLED, note="halka")),
        ("Inställt.\nLokalen brann.", Understood(AnswerKind.CANCELLED, note="Lokalen brann")),
        (
            "inställt pga lokalen är inte klar",
            Understood(AnswerKind.CANCELLED, note="lokalen är inte klar"),
        ),
        (
            "inställt pga sjukdom eller halka",
            Understood(AnswerKind.CANCELLED, note="sjukdom eller halka"),
        ),
        ("delvis: en är inte gjord", Understood(PARTLY, note="en är inte gjord")),
        ("genomfört, väl besökt", Understood(DONE, note="väl besökt")),
        ("cancelled because of snow", Understood(AnswerKind.CANCELLED, note="snow")),
        ("kan inte pga semester", Understood(AnswerKind.CANNOT, note="semester")),
        (
            "kan inte: sjuk. Anna tar det",
            Understood(AnswerKind.CANNOT, note="sjuk. Anna tar det", stand_in="Anna"),
        ),
        ("Jag kan inte, Bo Berg ersätter mig", None),
        ("kvitterar", Understood(AnswerKind.ACKNOWLEDGED)),
        ("ok", Understood(AnswerKind.ACKNOWLEDGED)),
        ("Noted!", Understood(AnswerKind.ACKNOWLEDGED)),
        ("påminn mig på fredag", Understood(AnswerKind.SNOOZED, day=date(2018, 3, 9))),
        ("remind me tomorrow", Understood(AnswerKind.SNOOZED, day=date(2018, 3, 8))),
        ("påminn senare", Understood(AnswerKind.SNOOZED)),
    ],
)
def test_an_answer_begins_with_its_word(text: str, meant: Understood | None) -> None:
    found = read(text)
    if meant is None:
        assert isinstance(found, Understood)
        assert (found.kind, found.stand_in) == (AnswerKind.CANNOT, "Bo Berg")
    else:
        assert found == meant


@pytest.mark.parametrize(
    ("text", "day", "hours"),
    [
        ("flyttat till 14/3 pga halka", MARCH_14, None),
        ("flyttas till onsdag pga halka", MARCH_14, None),
        ("uppskjutet till den 14 mars pga halka", MARCH_14, None),
        ("flyttat från 12/3 till 14/3 pga halka", MARCH_14, None),
        ("flyttat 12/3-mötet till den 14/3 pga halka", MARCH_14, None),
        ("moved to March 14 because of snow", MARCH_14, None),
        ("flyttat till i morgon kl 9-10.30 pga halka", date(2018, 3, 8), (time(9), time(10, 30))),
        ("flyttat till 14.3 pga halka", MARCH_14, None),
        ("ombokat till 14/3 9.00–10.30: halka", MARCH_14, (time(9), time(10, 30))),
    ],
)
def test_a_new_day_has_a_reason_and_perhaps_hours(
    text: str, day: date, hours: tuple[time, time] | None
) -> None:
    found = read(text)
    assert isinstance(found, Understood)
    assert (found.kind, found.day) == (AnswerKind.POSTPONED, day)
    assert (found.start, found.end) == (hours or (None, None))
    assert found.note


@pytest.mark.parametrize("text", ["boka 2018-03-14", "flyttat till 14/3", "booked for Wednesday"])
def test_what_waits_for_a_day_is_booked_and_needs_no_reason(text: str) -> None:
    assert read(text, Kind.SLOT) == Understood(AnswerKind.BOOKED, day=MARCH_14)


@pytest.mark.parametrize(
    "text", ["inget behov", "Det har inte behövts", "no need", "behövdes inte", "Nej!"]
)
def test_no_need_is_the_honest_answer_for_what_comes_as_needed(text: str) -> None:
    assert read(text, Kind.NEED) == Understood(AnswerKind.NO_NEED)
    assert isinstance(read(text), Unsure)


@pytest.mark.parametrize(
    "text",
    [
        "inte klar", "inte klart än", "klar?", "är det klart?", "not done", "är inte genomförd",
        "blir klart på fredag", "snart klart", "när är det klart?", "klart i morgon", "klart?!",
        "> klart", "&gt; klart", "~klart~", "", "!", "ok vi kör på det", "Hur gick det?",
        "-- \nklart", "är det flyttat till 14/3 pga halka", "har vi genomfört den i går",
        "done deal, see you", "klart vi kommer", "klart att det går", "hur klart är det",
        "Den 3 mars 2018 skrev Boten:\nklart", "On 3 March the bot wrote:\ndone",
    ],
)  # fmt: skip
def test_what_is_denied_asked_quoted_or_to_come_is_no_answer(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("inställt", "orsaken"),
        ("kan inte", "orsaken"),
        ("flyttat", "Till vilken dag?"),
        ("flyttat till 14/3", "orsaken"),
        ("flyttat till 30/2 pga halka", "”30/2” finns inte i kalendern"),
        ("flyttat till nästa torsdag pga halka", "kan läsas på två sätt"),
        ("flyttat till 14/3 kl 9 pga halka", "när det slutar"),
        ("genomförd 14/3", "har inte varit nyligen, så året behövs"),
        ("klart men Sätra saknas", "flera sätt"),
        ("klart, inställt", "flera sätt"),
        ("klart - inte!", "flera sätt"),
        ("klart. Nej vänta, det är inte klart", "flera sätt"),
        ("genomfört. Det är ännu inte gjort i Sätra", "flera sätt"),
        ("genomfört, tror jag", "flera sätt"),
        ("genomförd nog i går", "flera sätt"),
        ("inställt eller flyttat pga halka", "flera sätt"),
        ("inställt pga halka, tror jag", "flera sätt"),
        ("delvis inställt pga snö", "flera sätt"),
        ("påminn inte mig", "flera sätt"),
        ("ja", "vad som blev av det"),
        ("nej", "vad som blev av det"),
        ("moved to 14/3", "”flyttat till 14/3 pga"),
        ("klart: " + "lång " * LONGEST, "längre än 2 000 tecken"),
        ("genomfört 5/3 och 6/3", "flera dagar"),
        ("flyttat 12/3 14/3 pga halka", "flera dagar"),
        ("flyttat till 14/3 eller till 15/3 pga halka", "flera dagar"),
        ("Rapporten är klar", "Menar du att det är genomfört?"),
    ],
)
def test_what_is_unclear_or_lacks_something_is_asked_about(text: str, asked: str) -> None:
    found = read(text)
    assert isinstance(found, Unsure)
    assert asked in found.question


ROWS = re.findall(r"(?m)^\| (.+?) \| (.+?) \|$", GUIDE.read_text(encoding="utf-8"))
WORDED = [(said, meant) for said, meant in ROWS if meant in ANSWERS.values()]


@pytest.mark.parametrize(("said", "meant"), WORDED)
def test_the_guide_says_what_is_understood(said: str, meant: str) -> None:
    kind = {"bokad": Kind.SLOT, "inget behov denna period": Kind.NEED}.get(meant, Kind.OCCURRENCE)
    for each in re.sub(r"\(.*?\)", "", said).split(" · "):
        found = read(each.strip(), kind)
        assert isinstance(found, Understood)
        assert ANSWERS[found.kind] == meant


def test_the_guide_has_every_answer_that_people_give() -> None:
    assert len(WORDED) == 9


@given(text=some.text(max_size=300), kind=some.sampled_from(Kind))
def test_any_text_is_read_without_complaint(text: str, kind: Kind) -> None:
    read(text, kind)


@given(
    before=some.sampled_from(["inte ", "är inte ", "not ", "ännu inte ", "snart ", "är det "]),
    word=some.sampled_from(["klart", "klar", "genomförd", "gjort", "done", "färdig"]),
    after=some.sampled_from(["", "!", ".", " än", " på fredag"]),
)
def test_nothing_denied_is_ever_understood(before: str, word: str, after: str) -> None:
    assert not isinstance(read(before + word + after), Understood)


@pytest.mark.parametrize("piece", ["klart ", "kl 9.00-", "14/3 ", ". ", ":a:", "~", "> ", "pga "])
def test_a_very_long_text_is_read_as_far_as_it_goes(piece: str) -> None:
    read(piece * 20_000)


ANSWERED = ["klart", "genomförd", "gjort", "done", "inställt", "flyttat till 14/3"]
TAKEN_BACK = ["inte", "inte!", "tror jag", "nej", "nej vänta", "nog", "eller"]


@pytest.mark.parametrize("between", [" ", ", ", " - ", ". ", ".\n", ": "])
@pytest.mark.parametrize("doubt", TAKEN_BACK)
@pytest.mark.parametrize("said", ANSWERED)
def test_nothing_taken_back_at_once_is_ever_understood(said: str, between: str, doubt: str) -> None:
    assert not isinstance(read(said + between + doubt), Understood)
