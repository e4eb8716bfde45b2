import pytest

from bot.domain.errors import SensitiveTextError
from bot.domain.privacy import refuse_sensitive, sensitive


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Pratade med 811228-9874 om saken", "ett personnummer"),
        ("198112289874", "ett personnummer"),
        ("811228-9875 med fel kontrollsiffra", "ett personnummer"),
        ("samordningsnummer 701063-2391", "ett personnummer"),
        ("ring 070-123 45 67", "ett telefonnummer"),
        ("+46 26 17 80 00", "ett telefonnummer"),
        ("bil ABC 123 stod där", "ett registreringsnummer"),
        ("bil ABC12D", "ett registreringsnummer"),
    ],
)
def test_what_looks_like_personal_data_is_named(text: str, what: str) -> None:
    assert sensitive(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "Gemensam lägesbild 2018-01-02 kl. 9.00–10.30",
        "12 deltagare, 3 nya platser",
        "gavle-2018-2020/lagesbild/2018-W02",
        "2018–2020",
        "BRÅ möte 2018",
        "EU 2020",
        "811328-9874 är inget datum",
        "",
    ],
)
def test_ordinary_notes_pass(text: str) -> None:
    assert sensitive(text) == ""


def test_the_refusal_says_what_it_saw_and_not_the_number() -> None:
    with pytest.raises(SensitiveTextError) as refused:
        refuse_sensitive("bra möte", "ring 08-123 456 78")
    assert "telefonnummer" in str(refused.value)
    assert "123 456" not in str(refused.value)
