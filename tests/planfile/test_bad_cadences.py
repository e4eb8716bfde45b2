"""Cadences that cannot be meant: each fault says where it is and what would be right."""

import pytest

from bot.planfile.reading import parse_plan
from tests.planfile.plan_texts import CADENCE, faults_of, plan_text, spot, with_cadence

COUNT = "{type: count, minimum: 2, per: month"
INTERVAL = CADENCE.replace("2018-01-02", "2018-01-30")
AREAS = ("areas:\n", "areas:\n  - {id: brynas, name: Brynäs, type: stadsdel}\n")
TERM = "{term: 2018-VT, from: 2018-01-08, to: 2018-06-14}"


def terms(*given: str) -> tuple[str, str]:
    return ("targets:", f"terms: [{', '.join(given)}]\ntargets:")


def steps(*given: str) -> tuple[str, str]:
    return (CADENCE, f"{INTERVAL}\n        steps: [{', '.join(given)}]")


@pytest.mark.parametrize(
    ("cadence", "needle", "said"),
    [
        ("{type: weeks, parity: 3, day: monday}", "3,", "ska vara even eller odd, inte talet 3"),
        ("{type: weeks, parity: even, day: tisdag}", "tisdag", "ska vara monday, tuesday"),
        ("{type: weekdays, days: [monday], nth: 0}", "0}", "1–4, eller -1"),
        ("{type: weekdays, days: [monday, monday]}", "monday]", "står två gånger i ”days”"),
        (
            "{type: weekdays, days: [monday], in_terms: true}",
            "true}",
            "Planen har inga terminer",
        ),
        ("{type: dates, on: [2018-02-30]}", "2018-02-30", "finns inte i kalendern"),
        ("{type: dates, on: [2017-12-31]}", "2017-12-31", "ligger inte helt i planens period"),
        ("{type: deadline, on: 2019-W53}", "2019-W53", "vecka 53 finns inte 2019"),
        ("{type: deadline, on: W54}", "W54", "vecka 54 finns inte"),
        ("{type: deadline, on: 02-30}", "02-30", "finns inte i kalendern"),
        ("{type: deadline, by: 2021-02}", "2021-02", "ligger inte helt i planens period"),
        ("{type: deadline, on: 11, by: 12}", "{type", "antingen ”on” (då) eller ”by”"),
        ("{type: deadline}", "{type", "antingen ”on” (då) eller ”by”"),
        (COUNT + ", maximum: 1}", "1}", "”maximum” (1) är mindre än ”minimum” (2)"),
        (
            "{type: count, minimum: 4, per: year, spread: quarter, maximum: 5}",
            "maximum",
            "”spread” och ”maximum” går inte ihop",
        ),
        (
            "{type: count, minimum: 6, per: month, days: [friday]}",
            "6, per",
            "6 gånger ryms inte i januari 2018: det finns 4 dagar (fredagar)",
        ),
        (COUNT + ", places: [satra], areas: stadsdel}", "places", "Ange en av ”areas”"),
        (COUNT + ", places: [brynas]}", "brynas", "”brynas” är inget område i planen"),
        (COUNT + ", areas: kommun}", "kommun}", "är inte ett slag (type) av område"),
        ("{type: count, minimum: 1, per: term}", "term}", "Planen har inga terminer"),
        (
            "{type: on_demand, ask: month, silence: {months: 1}}",
            "{months: 1}",
            "”silence” är lika lång som perioden",
        ),
        (
            "{type: on_demand, ask: month, answer: {}}",
            "{}",
            "ska ha en av days, working_days, weeks, months",
        ),
        ("{type: outcome, target: 0, report: year}", "0, report", "ska vara mer än 0"),
        ("{type: relative, to: mote, after: {days: 1}}", "mote,", "är inget åtagande"),
        (
            "{type: relative, to: lagesbild, after: {days: 1}}",
            "lagesbild, after",
            "Det går runt: lagesbild → lagesbild",
        ),
        ("{type: relative, to: uppfoljning}", "{type", "en av before, after eller within"),
        (
            "{type: relative, to: uppfoljning, after: {days: 1, weeks: 1}}",
            "{days",
            "ska ha en av days, working_days, weeks, months",
        ),
        (
            "{type: relative, to: uppfoljning, before: {months: 40}}",
            "{months",
            "Det skulle ske 30 juli 2017, före planens första dag",
        ),
        (
            "{type: weekdays, days: [friday], season: {from: 02-30, to: 03-01}}",
            "02-30",
            "finns inte i kalendern",
        ),
    ],
)
def test_each_fault_of_a_cadence_says_where_and_what_would_be_right(
    cadence: str, needle: str, said: str
) -> None:
    text = with_cadence(cadence)
    (fault,) = faults_of(text)
    place = text.index(cadence) + cadence.index(needle)
    before = text[:place].split("\n")
    assert (fault.line, fault.column) == (len(before), len(before[-1]) + 1)
    assert said in fault.text


@pytest.mark.parametrize(
    ("change", "needle", "said"),
    [
        (terms(TERM, TERM), "2018-VT", "Terminen 2018-VT finns redan"),
        (
            terms(TERM, "{term: 2018-HT, from: 2018-06-14, to: 2018-12-20}"),
            "2018-HT",
            "Terminen 2018-HT överlappar 2018-VT",
        ),
        (terms("{term: 2018-VT, from: 2018-06-14, to: 2018-01-08}"), "2018-01-08", "före sin bör"),
        (terms("{term: VT-2018, from: 2018-01-08, to: 2018-06-14}"), "VT-2018", "som 2026-VT"),
        (
            terms(TERM[:-1] + ", breaks: [{name: Lov, from: 2018-06-10, to: 2018-06-20}]}"),
            "{name: Lov",
            "Lovet ligger inte helt i terminen",
        ),
        (
            steps("{id: call, title: Kallelse, before: {days: 40}}"),
            "{days: 40}",
            "Det skulle ske 21 december 2017, före planens första dag",
        ),
        (
            steps("{id: a, title: A, after: {days: 1}, before: {days: 1}}"),
            "{id: a",
            "ska ha before eller after, inte båda",
        ),
        (steps("{id: a, title: A}", "{id: a, title: B}"), "a, title: B", "som redan finns"),
        (
            steps("{id: a, title: A, responsible: [okand]}"),
            "okand",
            "”okand” är inte en roll i planen",
        ),
        (
            ("areas:\n", "areas:\n  - {id: satra-2, name: Sätra, type: stadsdel}\n"),
            "Sätra, type: stadsdel}\npromises",
            "”Sätra” (stadsdel) finns redan på rad",
        ),
        (
            (
                "follow_up:",
                "renewal: {decide_by: 2022-01-01, responsible: [kommunpolis]}\nfollow_up:",
            ),
            "2022-01-01",
            "ligger inte helt i planens period",
        ),
        (
            ("to: 2020-12-31}", 'to: 2020-12-31, until: " "}'),
            '" "}',
            "är tomt",
        ),
    ],
)
def test_each_fault_of_a_plan_says_where_and_what_would_be_right(
    change: tuple[str, str], needle: str, said: str
) -> None:
    text = plan_text(change)
    (fault,) = faults_of(text)
    assert (fault.line, fault.column) == spot(text, needle)
    assert said in fault.text


SECOND = """
      - id: annat
        title: Annat
        ordalydelse: Annat
        responsible: [kommunpolis]
        policy: mote
        cadence: {type: relative, to: lagesbild, after: {days: 1}}"""


def test_a_loop_of_several_is_told_once_with_all_of_it() -> None:
    loop = "cadence: {type: relative, to: annat, after: {days: 1}}"
    (fault,) = faults_of(plan_text((CADENCE, loop + SECOND)))
    assert fault.text.startswith("Det går runt: lagesbild → annat → lagesbild.")


def test_terms_of_two_municipalities_may_lie_on_the_same_days() -> None:
    one, other = (f"{TERM[:-1]}, municipality: {name}}}" for name in ("Gävle", "Ockelbo"))
    plan = parse_plan(plan_text(terms(one, other)), "plan.yaml")
    assert len(plan.terms) == 2


def test_an_event_can_be_followed_and_must_be_known() -> None:
    events = (
        "promises:",
        "events: [{id: rad, title: Rådet, cadence: {type: dates, on: [2018-03-01]}}]\npromises:",
    )
    follows = (CADENCE, "cadence: {type: relative, to: radet, after: {days: 1}}")
    (fault,) = faults_of(plan_text(events, follows))
    assert "menade du ”rad”?" in fault.text
