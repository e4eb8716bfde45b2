import pytest

from bot.domain.errors import PlanFileError
from bot.planfile.document import Value, parse_document
from tests.planfile.plan_texts import faults_of, spot


def value_of(written: str) -> Value:
    return parse_document(f"nyckel: {written}\n", "plan.yaml").data["nyckel"]


@pytest.mark.parametrize(
    "written",
    [
        "no",
        "yes",
        "on",
        "True",
        "NULL",
        "010",
        "1e3",
        "0x10",
        "1_000",
        "12:30:00",
        "+1",
        "1.5",
        "2018-01-02",
        "2018–20",
        "09:00",
        ".inf",
        "١٢",
    ],
)
def test_plain_text_is_not_reinterpreted(written: str) -> None:
    assert value_of(written) == written


def test_a_number_too_long_to_count_with_stays_text() -> None:
    assert value_of("9" * 19) == "9" * 19


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("", None),
        ("null", None),
        ("~", None),
        ("0", 0),
        ("-7", -7),
        ("366", 366),
    ],
)
def test_these_plain_words_are_not_text(written: str, value: Value) -> None:
    found = value_of(written)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("written", ['"1"', "'true'", '""', "'~'"])
def test_quoted_is_always_text(written: str) -> None:
    assert value_of(written) == written[1:-1]


def test_every_value_and_key_has_its_place() -> None:
    document = parse_document("a:\n  - b: 1\n    c: [2, 33]\n", "plan.yaml")
    assert document.at(("a", 0, "c", 1)) == (3, 12)
    assert document.key_at(("a", 0, "c")) == (3, 5)


def test_a_place_that_is_missing_is_the_nearest_that_encloses_it() -> None:
    document = parse_document("a:\n  - b: 1\n", "plan.yaml")
    assert document.at(("a", 0, "x", "y")) == (2, 5)
    assert document.key_at(("z",)) == (1, 1)


def test_a_key_spelt_with_two_characters_is_the_same_key() -> None:
    assert parse_document("na\u0308r: 1\n", "plan.yaml").data == {"när": 1}


@pytest.mark.parametrize(
    ("text", "needle", "said"),
    [
        ("a: 1\nb: &x 2\n", "&x", "Ankare"),
        ("a: *x\n", "*x", "Alias"),
        ("a: !!str 1\n", "!!str", "Taggar"),
        ("a: !x 1\n", "!x", "Taggar"),
        ("a: {<<: {b: 1}}\n", "<<", "<<"),
        ("a: 1\nb: 2\na: 3\n", "a: 3", "”a” finns redan på rad 1"),
        ("a: 1\n\tb: 2\n", "\tb", "tabb"),
        ("a:\tb\n", "\tb", "tabb"),
        ("a: 1\n---\nb: 2\n", "---", "en plan"),
        ("- a\n", "- a", "nycklar"),
        ("bara text\n", "bara", "nycklar"),
        ("", "", "tom"),
        ("# bara en kommentar\n", "#", "tom"),
        ("a: 1\n? [b]\n: 2\n", "[b]", "ett enda ord"),
        ('a: "b\nc: 1\n', '"b', "stängs aldrig"),
        ("a: b: c\n", ": c", "kolon"),
        ("a: 1\n b: 2\n", ": 2", "indrag"),
        ("a: [1, 2\n", "[1", "stängs inte"),
        ("a: @x\n", "@x", "citattecken"),
        ('a: "\\q"\n', 'q"', "Okänd kod"),
        ("a:\n  - b\n c: d\n", "c: d", "indrag"),
        ("b: 1\na\n", "a\n", "Kolon saknas"),
        ('a: "\\UFFFFFFFF"\n', "a:", "som inte finns"),
        ("a: b\x07\n", "\x07", "U+0007"),
        ("a: b\u202e\n", "\u202e", "U+202E"),
        ("a: b\x00c\n", "\x00", "U+0000"),
        ("%YAML 2.0\n---\na: 1\n", "%YAML", "%YAML"),
        ("a: !x!y 1\n", "!x!y", "Taggar"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_where_it_stands(
    text: str, needle: str, said: str
) -> None:
    found = [fault for fault in faults_of(text) if (fault.line, fault.column) == spot(text, needle)]
    assert [said in fault.text for fault in found] == [True]


def test_every_anchor_alias_and_repeated_key_is_told_at_once() -> None:
    text = "a: &x 1\nb: *x\na: 2\n<<: *x\n"
    told = [(fault.line, fault.column) for fault in faults_of(text)]
    assert {(1, 4), (2, 4), (3, 1), (4, 1), (4, 5)} <= set(told)


def test_an_alias_bomb_does_not_grow() -> None:
    layers = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    text = "\n".join(["a0: &a0 [x]", *layers]) + "\n"
    assert len([fault for fault in faults_of(text) if "Alias" in fault.text]) == 9 * 29


def test_a_merge_key_bomb_does_not_grow() -> None:
    layers = [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}" for n in range(1, 30)]
    text = "\n".join(["m0: &m0 {a: 1}", *layers]) + "\n"
    assert len([fault for fault in faults_of(text) if "<<" in fault.text]) == 29


@pytest.mark.parametrize("text", ["[" * 5000, "a: " + "{a: " * 5000, "- " * 5000, "? " * 5000])
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    assert any(part in faults_of(text)[0].text for part in ("För djupt", "ett enda ord"))


def test_nesting_is_allowed_down_to_its_limit() -> None:
    assert parse_document("a: " + "[" * 19 + "]" * 19, "plan.yaml").data
    with pytest.raises(PlanFileError, match="För djupt; högst 20 nivåer"):
        parse_document("a: " + "[" * 20 + "]" * 20, "plan.yaml")


def test_a_file_of_too_many_values_is_refused() -> None:
    assert "för stor" in faults_of("a: [" + "1," * 20_000 + "]")[0].text


def test_a_fault_names_the_file() -> None:
    with pytest.raises(PlanFileError, match=r"^min plan\.yaml:1:1: Filen är tom"):
        parse_document("", "min plan.yaml")
