import pytest

from tests.planfile.plan_texts import CADENCE, faults_of, plan_text, spot, with_cadence


@pytest.mark.parametrize(
    ("old", "new", "needle", "said"),
    [
        (
            "title: Provplan\n",
            "",
            "format",
            "Nyckeln ”title” saknas; lägg till den (planens namn).",
        ),
        ("        policy: mote\n", "", "id: lagesbild", "Nyckeln ”policy” saknas"),
        ("title: Provplan", "titel: Provplan", "titel", "finns inte här; menade du ”title”?"),
        ("när: 2018", "nar: 2018", "nar: 2018", "menade du ”när”?"),
        (
            "title: Provplan",
            "title: 2018",
            "2018\nmun",
            'ska vara text, inte talet 2018; sätt citattecken omkring: "2018".',
        ),
        (
            "title: Provplan",
            "title: true",
            "true",
            'ska vara text, inte true; sätt citattecken omkring: "true".',
        ),
        ("title: Provplan", "title: ~", "~", "ska vara text, inte tomt"),
        ("title: Provplan", "title: [a]", "[a]", "ska vara text, inte en lista"),
        ("title: Provplan", "title: ' '", "' '", "är tomt; skriv något (planens namn)"),
        ("title: Provplan", 'title: "a\\nb"', '"a\\nb"', "ska stå på en enda rad"),
        (
            "title: Provplan",
            "title: " + "x" * 201,
            "x" * 201,
            "har 201 tecken; högst 200 får plats",
        ),
        (
            "aktivitet: Gemensam lägesbild",
            "aktivitet: 2018",
            "2018\n    omf",
            "ska vara text, inte talet 2018",
        ),
        ("row: 1", "row: '1'", "'1'", "ska vara ett heltal, inte texten ”1”; skriv bara siffror"),
        ("row: 1", "row: 010", "010", "ska vara ett heltal, inte texten ”010”"),
        ("row: 1", "row: true", "true", "ska vara ett heltal, inte true"),
        ("row: 1", "row: 0", "0\n    promise", "ska vara minst 1, inte talet 0"),
        ("format: 1", "format: 2", "2\nid", "ska vara 1, inte talet 2"),
        ("format: 1", "format: true", "true", "ska vara ett heltal, inte true"),
        ("format: 1", "format: '1'", "'1'", "ska vara ett heltal, inte texten ”1”"),
        ("id: satra", 'id: "satra "', '"satra "', "till exempel ”satra”"),
        ("id: satra", "id: Sätra Östra", "Sätra Östra", "till exempel ”satra-ostra”"),
        (
            "type: stadsdel}",
            "type: stadsdel, confirmed: no}",
            "no}",
            "ska vara true eller false, inte texten ”no”",
        ),
        (
            "parties: [Polis, Kommun]",
            "parties: Polis",
            "Polis\nper",
            "ska vara en lista, inte texten ”Polis”",
        ),
        ("responsible: [kommunpolis]", "responsible: []", "[]", "är tom; minst en behövs"),
        ('at: "08:00"', 'at: "08:00", nags: 15', "15}", "ska vara högst 10, inte talet 15"),
        (
            'at: "08:00"',
            'at: "08:00", ahead_days: [3, x]',
            "x]",
            "”ahead_days” ska vara ett heltal, inte texten ”x”",
        ),
        ('at: "08:00"', "at: 8", "8}", '”at”: ska vara ett klockslag som "09:00", inte talet 8'),
        (
            'at: "08:00"',
            "at: 25:00",
            "25:00",
            '”at”: ska vara ett klockslag som "09:00", inte texten ”25:00”',
        ),
        (
            "from: 2018-01-01",
            "from: 2018-02-30",
            "2018-02-30",
            "2018-02-30 finns inte i kalendern; februari 2018 har 28 dagar",
        ),
        (
            "from: 2018-01-01",
            "from: 2018-13-01",
            "2018-13-01",
            "finns inte i kalendern; månaden ska vara 01–12",
        ),
        (
            "from: 2018-01-01",
            "from: 1 jan",
            "1 jan",
            "ska vara ett datum som 2018-01-02, inte texten ”1 jan”",
        ),
        (
            "from: 2018-01-01",
            "from: 20180101",
            "20180101",
            "ska vara ett datum som 2018-01-02, inte talet 20180101",
        ),
        (
            "from: 2018-01-01",
            "from: 0018-01-01",
            "0018-01-01",
            "årtalet 18 ska vara mellan 2000 och 2099",
        ),
        (
            "period:",
            "summer_pause: {from: 06-31, to: 08-01}\nperiod:",
            "06-31",
            "finns inte i kalendern",
        ),
        (
            "period:",
            "zone: Europa/Stockholm\nperiod:",
            "Europa",
            "är ingen tidszon; menade du ”Europe/Stockholm”?",
        ),
        (
            "on: 2020-11",
            "on: november 2020",
            "november 2020}",
            "ska vara en månad (2020-11, eller 11 varje år), en dag",
        ),
        (
            "type: deadline, on",
            "type: count, on",
            "count",
            "”type” ska vara deadline, inte texten ”count”",
        ),
        (
            "        policy: mote",
            "        policy: mote\n        free_day: nästa",
            "nästa",
            "ska vara keep, skip, next, previous eller nearest",
        ),
        ("{id: trygghet,", "{<x, id: trygghet,", "<x", "Nyckeln ”<x” finns inte här"),
    ],
)
def test_each_fault_says_where_and_what_would_be_right(
    old: str, new: str, needle: str, said: str
) -> None:
    text = plan_text((old, new))
    found = {(fault.line, fault.column): fault.text for fault in faults_of(text)}
    assert said in found[spot(text, needle)]


@pytest.mark.parametrize(
    ("cadence", "needle", "said"),
    [
        (
            "{type: intervall, every: 2}",
            "intervall",
            "inte texten ”intervall”. Menade du ”interval”?",
        ),
        ("{type: 3}", "3}", "ska vara continuous, count, dates, deadline, interval"),
        (
            "{every: 2}",
            "{every: 2}",
            "Nyckeln ”type” saknas; lägg till den: continuous, count, dates, deadline",
        ),
        ("varje vecka", "varje vecka", "ska vara en grupp av nycklar, inte texten ”varje vecka”"),
        (
            "{type: interval, every: 0, unit: week, from: 2018-01-02}",
            "0, unit",
            "”every” ska vara minst 1, inte talet 0",
        ),
        (
            "{type: interval, every: 2, unit: weeks, from: 2018-01-02}",
            "weeks",
            "ska vara day, week eller month, inte texten ”weeks”. Menade du ”week”?",
        ),
        ("{type: interval, evry: 2, unit: week, from: 2018-01-02}", "evry", "menade du ”every”?"),
        (
            "{type: count, minimum: 4, per: år}",
            "år}",
            "ska vara week, month, quarter, tertial, half_year, term, season, year eller plan",
        ),
    ],
)
def test_a_wrong_cadence_is_told_with_the_known_ones(cadence: str, needle: str, said: str) -> None:
    text = with_cadence(cadence)
    assert said in {(f.line, f.column): f.text for f in faults_of(text)}[spot(text, needle)]


def test_every_fault_is_told_at_once_in_the_order_of_the_file() -> None:
    text = plan_text(
        ("format: 1", "format: 1\nformat: 1"),
        ("title: Provplan", "titel: Provplan"),
        ("from: 2018-01-01", "from: 2018-02-30"),
        ("deputy: ersattare", "deputy: ersättare"),
        ("row: 1", "row: 010"),
        (CADENCE, "cadence: {type: interval, every: 2, unit: weeks, from: 2018-01-02}"),
        ("policy: mote\n  cadence", "policy: motet\n  cadence"),
    )
    faults = faults_of(text)
    needles = [
        "format: 1\nid",
        "format: 1\nformat",
        "titel",
        "2018-02-30",
        "ersättare}",
        "010",
        "weeks",
        "motet",
    ]
    wanted = [spot(text, each) for each in needles]
    assert sorted(wanted) == sorted({(fault.line, fault.column) for fault in faults})
    assert list(faults) == sorted(faults)


def test_faults_speak_swedish_only() -> None:
    text = plan_text(("format: 1\n", ""), ("row: 1", "row: x"), (CADENCE, "cadence: {type: x}"))
    english = ("should", "input", "required", "field", "valid ", "permitted", "expected")
    assert not [f for f in faults_of(text) if any(word in f.text.lower() for word in english)]


def test_a_quoted_value_neither_steers_the_terminal_nor_fills_it() -> None:
    text = plan_text(("type: stadsdel", 'type: "\\e[2J' + "x" * 500 + '"'))
    told = " ".join(fault.text for fault in faults_of(text))
    assert "\x1b" not in told
    assert len(told) < 500


def test_a_personnummer_is_not_repeated_in_the_fault() -> None:
    for old, new in (("id: satra", "id: 121212-1212"), ("row: 1", "row: 1212121212")):
        told = " ".join(fault.text for fault in faults_of(plan_text((old, new))))
        assert "personnummer" in told
        assert "1212" not in told
