"""Text out of what mail programs write, and the address blocks that people sign with."""

import pytest

from bot.mail.unmarked import unmarked, unsigned

BLOCKS = [
    "Anna Andersson\nKommunpolis\nTelefon 010-567 00 00",
    "Anna Andersson\nanna.andersson@polisen.example",
    "Anna Andersson | Gävle kommun\nTfn: 026-17 80 00\nwww.gavle.example",
    "070-123 45 67",
    "anna@gavle.example",
    "+46 70 123 45 67",
]


@pytest.mark.parametrize("block", BLOCKS)
def test_an_address_block_is_no_part_of_an_answer(block: str) -> None:
    assert unsigned(f"Klart, 12 deltagare.\n\n{block}\n\nHemligt enligt lag.") == (
        "Klart, 12 deltagare."
    )


@pytest.mark.parametrize(
    "text",
    [
        "Klart, 12 deltagare.",
        "Inställt\n\npga sjukdom, se https://gavle.example/nytt",
        "Delvis:\n\ntvå av skolorna\nresten i höst",
        "Flyttat till 14/3\n\npga att 0 kom",
        "Klart\n\n19121212-1212",
        "Klart\n\nGällde\n19121212-1212",
        "Ring 070-123 45 67",
    ],
)
def test_whatever_else_is_written_stays(text: str) -> None:
    assert unsigned(text) == text


def test_a_page_without_an_end_is_read_to_where_it_is_cut() -> None:
    assert unmarked("<div>" * 30_000 + "Klart").strip() == "Klart"
    assert unmarked("<p>Klart</p>" + "<blockquote>" * 40_000).splitlines()[1] == "Klart"
