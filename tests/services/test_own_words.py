"""A writer's own words, apart from what mail programs and people put around them."""

import pytest

from bot.services.own_words import own_words


def test_only_the_writers_own_words_are_read() -> None:
    mail = "Inställt pga halka\n\nMvh Anna\n-- \nPolisen\n> klart"
    assert own_words(mail) == "Inställt pga halka"


QUOTINGS = {
    "Gmail in Swedish": "Den ons 14 mars 2018 kl 08:30 skrev Bot <bot@gavle.example>:\n> klart",
    "broken in two": "Den ons 14 mars 2018 kl 08:30 skrev Löftesbot\n<bot@gavle.example>:\n\n> x",
    "Gmail in English": "On Wed, Mar 14, 2018 at 8:30 AM Bot <bot@gavle.example>\nwrote:\n> x",
    "Apple Mail": "14 mars 2018 kl. 09:30 skrev Löftesbot <bot@gavle.example>:\n\n> x",
    "Thunderbird": "On 2018-03-14 08:30, Löftesbot wrote:\n> x",
    "a name and an address": "Löftesbot <bot@gavle.example> skrev:\nklart",
    "Outlook": "Från: Löftesbot <bot@gavle.example>\nSkickat: den 14 mars\nÄmne: x\nklart",
    "Outlook in bold": "*Från:* Löftesbot\n*Skickat:* i dag\nklart",
    "Outlook with a line": "________________________________\nFrån: Löftesbot\nklart",
    "Outlook of old": "-----Ursprungligt meddelande-----\nFrån: Löftesbot\nklart",
    "a phone": "Skickat från min iPhone",
    "an app": "Hämta Outlook för iOS<https://aka.ms/x>",
    "a signature": "-- \nAnna Andersson\n070-123 45 67",
    "a greeting": "Med vänlig hälsning\nAnna",
}


@pytest.mark.parametrize("below", QUOTINGS.values(), ids=QUOTINGS.keys())
def test_what_mail_programs_put_below_is_not_read(below: str) -> None:
    assert own_words(f"Inställt pga halka\n\n{below}") == "Inställt pga halka"


@pytest.mark.parametrize(
    "above",
    [
        "Den 14 mars 2018 skrev Boten:\n> Genomförd?\n> Svara.\n",
        "Den ons 14 mars 2018 skrev Löftesbot\n<bot@gavle.example>:\n\n> Genomförd?\n",
        "> Genomförd?\n",
    ],
)
def test_an_answer_below_what_is_quoted_with_marks_is_read(above: str) -> None:
    assert own_words(f"{above}\nInställt pga halka") == "Inställt pga halka"


@pytest.mark.parametrize(
    "text",
    [
        "Klart 14/3\nAnna skrev protokollet",
        "Klart.\nVi skrev till alla",
        "Delvis: vi skrev till 12 av dem",
    ],
)
def test_people_may_write_that_they_wrote(text: str) -> None:
    assert own_words(text) == text


def test_an_answer_right_above_the_quote_stays() -> None:
    quoted = "Klart 14/3\nDen 14 mars 2018 skrev Boten:\n> Genomförd?"
    assert own_words(quoted) == "Klart 14/3"
