import json
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

from bot.domain.answer import Answer, AnswerKind, Form, Standing
from bot.reports.document import as_html, as_json
from bot.services.following_up import follow_up
from tests.builders import QUARTERLY, make_agenda, make_answer, make_commitment, utc

AGENDA = make_agenda(make_commitment(), make_commitment(QUARTERLY, "plats"))
NOVEMBER = utc(2020, 11, 15)


def report(*answers: Answer, html: bool = True) -> str:
    said = {each.occurrence: Standing((each,)) for each in answers}
    found = follow_up(AGENDA, said, as_of=NOVEMBER)
    return as_html(found) if html else as_json(found)


def postponed(note: str) -> Answer:
    return make_answer(
        "gavle/lagesbild/2018-W03", AnswerKind.POSTPONED, utc(2018, 1, 15),
        day=date(2018, 1, 30), note=note,
    )  # fmt: skip


def test_the_json_says_what_was_promised_done_changed_and_is_open() -> None:
    done = replace(
        make_answer("gavle/plats/2018-Q1", AnswerKind.DONE, utc(2018, 3, 2), day=date(2018, 3, 1)),
        form=Form.DIGITAL,
        number=12,
    )
    found = json.loads(report(done, postponed("Sjukdom"), html=False))
    row = next(r for r in found["status"] if (r["commitment"], r["period"]) == ("plats", "2018"))
    assert (row["promised"], row["done"], row["remaining"], row["pace"]) == (4, 1, 3, "avviker")
    assert {"occurrence": "gavle/plats/2018-Q1", "form": "digital", "number": 12}.items() <= (
        found["held"][0].items()
    )
    moved = next(each for each in found["changes"] if each["what"] == "postponed")
    assert (moved["why"], moved["by"], moved["day"]) == ("Sjukdom", "Anna", "2018-01-30")
    assert "gavle/uppfoljning/2020-11" in {each["occurrence"] for each in found["ahead"]}


def test_the_page_quotes_reasons_and_has_a_line_for_each_party_to_sign() -> None:
    page = report(postponed("Sjukdom i gruppen"))
    assert "”Sjukdom i gruppen”" in page
    assert "uppskjuten till tisdag 30 januari 2018" in page
    assert page.count("Namnteckning") == 2


def test_the_page_says_the_pace_in_words_and_a_symbol() -> None:
    assert "✗ avviker" in report()


def test_what_people_wrote_is_never_markup() -> None:
    page = report(postponed("<script>alert(1)</script>"))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_every_element_of_the_page_is_closed() -> None:
    open_elements: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in {"meta", "br"}:
                open_elements.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_elements.pop() == tag

    Checker().feed(report(postponed("x")))
    assert open_elements == []
