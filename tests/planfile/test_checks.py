import pytest

from bot.planfile.reading import parse_plan
from tests.planfile.plan_texts import SMALLEST, faults_of, plan_text, spot, with_cadence

AREA = "  - {id: satra, name: Sätra, type: stadsdel}\n"
ROLE = "  - {id: ersattare, name: Ersättare, party: Kommun}\n"
POLICY = '  - {id: mote, at: "08:00"}\n'
PROMISE = "  - {id: trygghet, ordalydelse: Vi lovar trygghet., aktiviteter: [Vi samverkar.]}\n"
TARGET = "{id: samverkan, name: Samverkansgruppen}"


@pytest.mark.parametrize(
    ("old", "new", "needle", "said"),
    [
        (AREA, AREA * 2, "satra", "”id” ”satra” finns redan på rad 14"),
        (ROLE, ROLE * 2, "ersattare, name", "finns redan på rad 10"),
        (POLICY, POLICY * 2, "mote, at", "finns redan på rad 12"),
        (PROMISE, PROMISE * 2, "trygghet, ord", "finns redan på rad 16"),
        (TARGET, f"{TARGET}, {TARGET}", "samverkan, name", "finns redan på rad 7"),
        ("id: uppfoljning", "id: lagesbild", "lagesbild", "finns redan på rad 26"),
        (
            "responsible: [kommunpolis]",
            "responsible: [kommunpolis, kommunpolis]",
            "kommunpolis]\n        policy",
            "två gånger i ”responsible”",
        ),
        ('at: "08:00"', 'at: "08:00", ahead_days: [7, 7]', "7]", "”7” står två gånger"),
        (
            "deputy: ersattare",
            "deputy: ersatare",
            "ersatare",
            "är inte en roll i planen; menade du ”ersattare”?",
        ),
        (
            "deputy: ersattare",
            "deputy: kommunpolis",
            "kommunpolis}",
            "kan inte vara sin egen ersättare",
        ),
        ("party: Polis", "party: Polisen", "Polisen", "är inte en av parterna; menade du ”Polis”?"),
        (
            "policies:",
            "escalation: [styrgrupp]\npolicies:",
            "styrgrupp",
            "är inte en roll i planen; det ska vara kommunpolis eller ersattare.",
        ),
        (
            "promise: trygghet",
            "promise: trygg",
            "trygg\n",
            "är inte ett löfte i planen; menade du ”trygghet”?",
        ),
        (
            "responsible: [kommunpolis]",
            "responsible: [polis]",
            "polis]\n        policy",
            "är inte en roll",
        ),
        ("policy: mote", "policy: möte", "möte", "är inte en regel i planen; menade du ”mote”?"),
        (
            "        policy: mote",
            "        policy: mote\n        target: torget",
            "torget",
            "är inte en plats (target) i planen",
        ),
        ("to: 2020-12-31", "to: 2017-12-31", "2017-12-31", "”to” ska komma efter ”from”"),
        ("to: 2020-12-31", "to: 2048-12-31", "2048-12-31", "högst 3660 får plats"),
        (
            "from: 2018-01-02",
            "from: 2017-12-26",
            "2017-12-26",
            "välj en tid inom 2018-01-01–2020-12-31",
        ),
        ("on: 2020-11", "on: 2021-01", "2021-01", "”on” ligger inte helt i planens period"),
        ("on: 2020-11", "on: 2021-01-01", "2021-01-01", "”on” ligger inte helt i planens period"),
        (
            "period:",
            'sending_hours: {from: "18:00", to: "07:00"}\nperiod:',
            '"07:00"',
            "ska komma efter",
        ),
        (
            'at: "08:00"',
            'at: "20:00"',
            '"20:00"',
            "”at” ligger utanför ”sending_hours”; välj en tid inom kl. 7.00–18.00.",
        ),
        (
            "        policy: mote",
            "        policy: mote\n        hours: {from: 9:00, to: 9:00}",
            "9:00}",
            "ska komma efter",
        ),
        (
            "period:",
            "summer_pause: {from: 08-01, to: 07-01}\nperiod:",
            "07-01}",
            "slutar före sin början",
        ),
        (
            "period:",
            "summer_pause: {from: 05-01, to: 08-31}\nperiod:",
            "08-31}",
            "är 123 dagar; högst 62",
        ),
        ("ordalydelse: Varannan vecka", 'ordalydelse: "a\\tb"', '"a\\tb"', "Styrtecknet U+0009"),
        (
            "ordalydelse: Varannan vecka",
            "ordalydelse: Ring 070-123 45 67",
            "Ring",
            "ser ut att innehålla ett telefonnummer",
        ),
        (
            "ordalydelse: Varannan vecka",
            "ordalydelse: bilen ABC 123",
            "bilen",
            "ett registreringsnummer",
        ),
        ("name: Sätra", 'name: "\\ud800"', '"\\ud800"', "Styrtecknet U+D800"),
        ("name: Sätra", "name: 19121212-1212", "19121212", "ett personnummer"),
        (
            "activities:",
            "# 19121212-1212\nactivities:",
            "# 1912",
            "Raden ser ut att innehålla ett personnummer",
        ),
    ],
)
def test_what_does_not_agree_is_told_where_it_stands(
    old: str, new: str, needle: str, said: str
) -> None:
    text = plan_text((old, new))
    found = [f for f in faults_of(text) if (f.line, f.column) == spot(text, needle)]
    assert any(said in fault.text for fault in found), faults_of(text)


@pytest.mark.parametrize(
    ("cadence", "needle", "said"),
    [
        (
            "{type: count, minimum: 3, per: year, spread: quarter}",
            "quarter",
            "år rymmer 4 kvartal, men ”minimum” är 3; skriv minimum: 4",
        ),
        (
            "{type: count, minimum: 1, per: tertial, spread: quarter}",
            "quarter",
            "tertial delas inte jämnt i kvartal",
        ),
        (
            "{type: count, minimum: 52, per: year, spread: week}",
            "week",
            "år delas inte jämnt i vecka",
        ),
        (
            "{type: count, minimum: 2, per: plan, spread: year}",
            "year",
            "planperiod rymmer 3 år, men ”minimum” är 2",
        ),
        (
            "{type: count, minimum: 8, per: week}",
            "8, per",
            "8 gånger per vecka ryms inte: v. 53 2020 har 4 dagar i planen",
        ),
        (
            "{type: count, minimum: 2, per: year, areas: stadsdelar}",
            "stadsdelar",
            "menade du ”stadsdel”?",
        ),
    ],
)
def test_a_count_that_does_not_come_out_is_told(cadence: str, needle: str, said: str) -> None:
    text = with_cadence(cadence)
    assert said in {(f.line, f.column): f.text for f in faults_of(text)}[spot(text, needle)]


@pytest.mark.parametrize(
    "cadence",
    [
        "{type: count, minimum: 12, per: year, spread: month}",
        "{type: count, minimum: 2, per: year, spread: half_year, areas: stadsdel}",
        "{type: count, minimum: 3, per: plan, spread: year}",
        "{type: count, minimum: 4, per: week}",
        "{type: count, minimum: 1, per: plan}",
        "{type: deadline, on: 2018-01-01}",
        "{type: deadline, on: 2020-12}",
    ],
)
def test_a_count_or_a_deadline_at_its_limit_is_taken(cadence: str) -> None:
    assert parse_plan(with_cadence(cadence), "plan.yaml").commitments[0].id == "lagesbild"


def test_a_row_number_comes_once() -> None:
    head, row, tail = SMALLEST.partition(
        SMALLEST[SMALLEST.index("  - row") : SMALLEST.index("follow_up")]
    )
    text = head + row + row.replace("lagesbild", "motet") + tail
    assert [f.text for f in faults_of(text)] == ["”row” ”1” finns redan på rad 18; välj ett annat."]


def test_more_commitments_than_fit_are_refused() -> None:
    start, end = SMALLEST.index("      - id: lagesbild"), SMALLEST.index("follow_up")
    one = SMALLEST[start:end]
    many = "".join(one.replace("lagesbild", f"mote-{n}") for n in range(101))
    row = SMALLEST[SMALLEST.index("  - row") : start]
    text = (
        SMALLEST[:start]
        + many
        + row.replace("row: 1", "row: 2")
        + many.replace("mote-", "dag-")
        + SMALLEST[end:]
    )
    assert [f.text for f in faults_of(text)] == ["Planen har 202 åtaganden; högst 200 får plats."]
