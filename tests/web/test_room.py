"""The room: what is shown, and that every answer works without a script."""

import re
from datetime import date, timedelta

import pytest

from bot.domain.answer import AnswerKind, Form
from bot.domain.message import Ask, Entry, Message
from tests.web.builders import DIALOG, EFFORT, MEETING, World
from tests.web.serving import Client, answer


def test_an_empty_room_says_what_will_come(client: Client) -> None:
    reply = client.ask("/")
    assert reply.status == 200
    assert "Här är det tomt än." in reply.text


def test_a_message_shows_place_time_title_and_what_is_asked(client: Client, world: World) -> None:
    world.post(MEETING)
    page = client.ask("/").text
    assert "Samverkansgruppen" in page
    assert "måndag 8 januari 2018 kl. 9.00" in page
    assert "Påminnelse: Lägesbild" in page
    assert 'href="/occurrences/gavle/lagesbild/2018-W02.ics"' in page
    assert "Demo: en dag i sekunden." in page


def test_a_list_leads_to_each_of_its_occurrences(client: Client, world: World) -> None:
    entries = (
        Entry(MEETING, "Påminnelse: Lägesbild", asks=(Ask.DONE,)),
        Entry(DIALOG, "Medborgardialog", "Genomförd – Anna"),
    )
    listing = Message("k", "", "2 påminnelser", ("Svara.",), entries=entries)
    world.room.store.put(listing, address="samverkan", posted=world.now)
    page = client.ask("/").text
    assert f'<a href="/occurrences/{MEETING}">Påminnelse: Lägesbild</a>' in page
    assert f'<a href="/occurrences/{DIALOG}">Medborgardialog</a>' in page
    assert '<span class="outcome">Genomförd – Anna</span>' in page


def test_a_late_message_says_so(client: Client, world: World) -> None:
    world.post(MEETING, due=world.now - timedelta(hours=3))
    assert "Försenad påminnelse: skulle ha kommit 8 januari 2018 kl. 6.00." in client.ask("/").text


def test_the_newest_message_stands_last(client: Client, world: World) -> None:
    world.post(MEETING)
    world.post(DIALOG, "book-14")
    page = client.ask("/").text
    assert page.index("Påminnelse: Lägesbild") < page.index("Boka in: Medborgardialog, Sätra")


ANSWERS = [
    (MEETING, answer(MEETING, "acknowledged"), AnswerKind.ACKNOWLEDGED),
    (MEETING, answer(MEETING, "done", number="12", form="physical"), AnswerKind.DONE),
    (MEETING, answer(MEETING, "partly_done", note="Hann inte allt"), AnswerKind.PARTLY_DONE),
    (MEETING, answer(MEETING, "cancelled", note="Sjukdom"), AnswerKind.CANCELLED),
    (MEETING, answer(MEETING, "cannot", note="Semester"), AnswerKind.CANNOT),
    (MEETING, answer(MEETING, "snoozed"), AnswerKind.SNOOZED),
    (MEETING, answer(MEETING, "snoozed", day="2018-01-19"), AnswerKind.SNOOZED),
    (MEETING, answer(MEETING, "postponed", day="2018-01-12", note="Krock"), AnswerKind.POSTPONED),
    (DIALOG, answer(DIALOG, "booked", day="2018-02-06"), AnswerKind.BOOKED),
    (EFFORT, answer(EFFORT, "no_need"), AnswerKind.NO_NEED),
]


@pytest.mark.parametrize(("occurrence", "fields", "kind"), ANSWERS)
def test_every_answer_is_stored_and_told(
    client: Client, world: World, occurrence: str, fields: dict[str, str], kind: AnswerKind
) -> None:
    world.post(occurrence)
    reply = client.send("/answers", fields)
    assert (reply.status, reply.headers["Location"]) == (303, "/#said")
    stored = world.standing(occurrence).answers
    assert [(each.kind, each.by, each.at) for each in stored] == [(kind, "Kommunpolis", world.now)]
    assert "Noterat: " in client.ask("/").text
    assert "Noterat: " not in client.ask("/").text


def test_all_that_a_form_says_is_kept(client: Client, world: World) -> None:
    world.post(DIALOG, "book-14")
    fields = answer(DIALOG, "done", day="2018-01-05", form="digital", area="satra", number="31")
    client.send("/answers", fields | {"note": "Bra samtal\r\nFler än väntat"})
    (stored,) = world.standing(DIALOG).answers
    assert (stored.day, stored.form, stored.area) == (date(2018, 1, 5), Form.DIGITAL, "satra")
    assert (stored.number, stored.note) == (31, "Bra samtal\nFler än väntat")


def test_a_booking_takes_hours_as_swedes_write_them(client: Client, world: World) -> None:
    fields = answer(DIALOG, "booked", day="2018-02-06", start="9.00", end="10:30")
    client.send("/answers", fields)
    assert world.agenda.find(DIALOG, world.standing(DIALOG)).hours is not None


def test_an_answered_message_says_who_answered_and_asks_no_more(
    client: Client, world: World
) -> None:
    world.post(MEETING)
    client.send("/answers", answer(MEETING, "done", number="7"))
    page = client.ask("/").text
    assert "Besvarad" in page
    assert "Genomförd (8 januari 2018, 7 deltagare) – Kommunpolis, 8 januari 2018 kl. 9.00" in page
    assert 'value="acknowledged"' not in page


def test_who_answers_is_remembered(client: Client, world: World) -> None:
    world.post(MEETING)
    client.send("/name", {"by": "Trygghetssamordnare Åsa"})
    fields = answer(MEETING, "acknowledged")
    del fields["by"]
    client.send("/answers", fields)
    assert world.standing(MEETING).answers[0].by == "Trygghetssamordnare Åsa"
    assert 'value="Trygghetssamordnare Åsa"' in client.ask("/").text


def test_a_nameless_answer_comes_back_as_it_was_entered(client: Client, world: World) -> None:
    world.post(MEETING)
    number = re.search(r'id="m-(\d+)"', client.ask("/").text)
    assert number
    fields = answer(MEETING, "done", by="", note="Kom ihåg mig", part="done", message=number[1])
    reply = client.send("/answers", fields)
    assert reply.status == 422
    assert "Ange vem som svarar" in reply.text
    assert ">Kom ihåg mig</textarea>" in reply.text
    assert f'id="f-{number[1]}-done-by"' in reply.text
    assert world.standing(MEETING).answers == ()


REFUSED = [
    (answer("gavle/finns/inte", "done"), "Det finns inget tillfälle med id"),
    (answer(MEETING, "dansad"), "Välj svar bland alternativen"),
    (answer(MEETING, "done", form="telepati"), "Välj form bland alternativen"),
    (answer(MEETING, "done", day="igår"), "Datumet går inte att läsa"),
    (answer(MEETING, "done", number="många"), "Skriv antalet med siffror."),
    (answer(MEETING, "done", nonce="kort"), "Formuläret är ofullständigt."),
    (answer(MEETING, "done", note="Talade med 19121212-1212"), "ett personnummer"),
    (answer(MEETING, "cannot"), "behöver en orsak"),
    (answer(DIALOG, "booked", day="2018-02-06", start="kvart i", end="10"), "Tiden går inte"),
]


@pytest.mark.parametrize(("fields", "text"), REFUSED)
def test_what_cannot_be_taken_is_refused_in_clear_words(
    client: Client, world: World, fields: dict[str, str], text: str
) -> None:
    reply = client.send("/answers", fields)
    assert reply.status == 422
    assert text in reply.text
    assert world.answers.standings("gavle") == {}


def test_a_script_gets_the_line_itself(client: Client) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "X-Requested-With": "fetch"}
    taken = client.send("/answers", answer(MEETING, "acknowledged"), headers)
    assert (taken.status, taken.json["ok"]) == (200, True)
    assert taken.json["text"].startswith("Noterat: Lägesbild, måndag 8 januari 2018")
    refused = client.send("/answers", answer(MEETING, "cannot", nonce="n" * 20), headers)
    assert (refused.status, refused.json["ok"]) == (422, False)


def test_a_settled_answer_can_be_corrected_where_it_was_given(client: Client, world: World) -> None:
    world.post(MEETING)
    client.send("/answers", answer(MEETING, "done"))
    assert "Rätta svaret" in client.ask("/").text
    wrong = answer(MEETING, "cancelled", note="Det var nästa vecka", nonce="n" * 22)
    assert client.send("/answers", wrong).status == 422
    assert client.send("/answers", wrong | {"part": "correct"}).status == 303
    outcome = world.standing(MEETING).outcome
    assert outcome
    assert outcome.kind is AnswerKind.CANCELLED


def test_older_messages_can_be_reached(client: Client, world: World) -> None:
    for number in range(60):
        world.post(MEETING, f"nag-{number}")
    page = client.ask("/").text
    assert page.count("<article") == 50
    (older,) = re.findall(r'href="(/\?before=\d+)">Visa äldre', page)
    earlier = client.ask(older).text
    assert earlier.count("<article") == 10
    assert "Till det nyaste" in earlier
    assert "Visa äldre" not in earlier


def test_a_name_that_looks_like_a_persons_number_is_refused(client: Client) -> None:
    reply = client.send("/name", {"by": "19850101-2389"})
    assert (reply.status, "personnummer" in reply.text) == (422, True)


def test_what_no_message_speaks_of_can_be_answered_from_the_status(
    client: Client, world: World
) -> None:
    world.now += timedelta(days=3)
    status = client.ask("/status").text
    assert f'href="/occurrences/{MEETING}"' in status
    page = client.ask(f"/occurrences/{MEETING}").text
    assert "Lägesbild" in page
    fields = answer(MEETING, "done") | {"message": "0", "part": "done"}
    reply = client.send("/answers", fields)
    assert (reply.status, reply.headers["Location"]) == (303, f"/occurrences/{MEETING}#said")
    assert "Noterat: Lägesbild" in client.ask(f"/occurrences/{MEETING}").text
    assert f'href="/occurrences/{MEETING}"' not in client.ask("/status").text


def test_a_refused_answer_on_a_page_of_its_own_keeps_what_was_entered(client: Client) -> None:
    fields = answer(MEETING, "cancelled", note="") | {"message": "0", "part": "done"}
    reply = client.send("/answers", fields)
    assert reply.status == 422
    assert "behöver en orsak" in reply.text
    assert "<h1>Ett tillfälle</h1>" in reply.text


def test_an_occurrence_that_is_not_in_the_plan_has_no_page(client: Client) -> None:
    reply = client.ask("/occurrences/gavle/lagesbild/1999-W01")
    assert reply.status in {404, 422}
    assert "Det finns inget tillfälle" in reply.text


def test_after_the_name_is_saved_the_reader_is_back_where_it_was(client: Client) -> None:
    here = f"/occurrences/{MEETING}"
    reply = client.send("/name", {"by": "Anna", "back": here})
    assert reply.headers["Location"] == f"{here}#said"
    elsewhere = client.send("/name", {"by": "Anna", "back": "//evil.example/"})
    assert elsewhere.headers["Location"] == "/#said"
