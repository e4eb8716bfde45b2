import pytest

from bot.planfile.reading import parse_plan
from bot.planfile.warnings import warnings
from tests.planfile.plan_texts import CADENCE, plan_text, with_cadence


def told(*changes: tuple[str, str]) -> list[str]:
    return warnings(parse_plan(plan_text(*changes), "plan.yaml"))


def test_unconfirmed_areas_are_named() -> None:
    said = told(("type: stadsdel}", "type: stadsdel, confirmed: false}"))
    assert said[0].startswith("Obekräftade områden: Sätra;")


def test_each_occurrence_on_a_free_day_is_told_with_its_reason_and_new_day() -> None:
    assert told()[:2] == [
        f"Lägesbild: {day} är en ledig dag ({reason}); tillfället flyttas till {new_day}."
        for day, reason, new_day in (
            ("tisdag 1 januari 2019", "nyårsdagen", "onsdag 2 januari 2019"),
            ("tisdag 31 december 2019", "nyårsafton", "torsdag 2 januari 2020"),
        )
    ]


def test_what_is_skipped_or_kept_on_a_free_day_is_told_too() -> None:
    skipped = told(("        policy: mote", "        policy: mote\n        free_day: skip"))
    kept = told(("        policy: mote", "        policy: mote\n        free_day: keep"))
    assert skipped[0].endswith("tillfället hoppas över.")
    assert kept[0].endswith("tillfället ligger kvar.")


def test_a_long_row_of_free_days_is_summed_up() -> None:
    daily = with_cadence("{type: interval, every: 1, unit: day, from: 2018-01-02}")
    said = warnings(parse_plan(daily, "plan.yaml"))
    assert len(said) == 21
    assert said[-1].endswith("tillfällen till faller på lediga dagar.")


def test_a_year_of_53_weeks_is_told_where_something_counts_in_weeks() -> None:
    assert told()[-1].startswith("2020 har 53 veckor: ")
    monthly = with_cadence("{type: interval, every: 1, unit: month, from: 2018-01-15}")
    assert not [line for line in warnings(parse_plan(monthly, "plan.yaml")) if "53" in line]


EVEN_TUESDAYS = "{type: weeks, parity: even, day: tuesday}"
ODD_TUESDAYS = "{type: weeks, parity: odd, day: tuesday}"


def of(cadence: str, wording: str = "Varannan vecka") -> list[str]:
    text = with_cadence(cadence).replace("ordalydelse: Varannan vecka", f"ordalydelse: {wording}")
    text = text.replace("to: 2020-12-31", "to: 2021-12-31")
    return warnings(parse_plan(text, "plan.yaml"))


def test_the_jumps_of_even_and_odd_weeks_are_told_with_their_dates() -> None:
    even, odd = (
        [line for line in of(each, "Vissa veckor") if "dagar." in line]
        for each in (EVEN_TUESDAYS, ODD_TUESDAYS)
    )
    told_of = "Lägesbild: 2020 har 53 veckor, så mellan"
    assert even == [
        f"{told_of} tisdag 22 december 2020 och tisdag 12 januari 2021 är det 21 dagar."
    ]
    assert odd == [f"{told_of} tisdag 29 december 2020 och tisdag 5 januari 2021 är det 7 dagar."]


FORTNIGHT = "{type: interval, every: 2, unit: week, from: 2018-01-02}"
MONTHLY = "{type: count, minimum: 2, per: month}"


@pytest.mark.parametrize(
    ("cadence", "wording", "named"),
    [
        (MONTHLY, "Två gånger per skola och år", "”och år” kan gälla alla tal"),
        (EVEN_TUESDAYS, "Varannan vecka", "”Varannan vecka” är inte samma sak som jämna"),
        (FORTNIGHT, "Möte i udda veckor", "”udda veckor” är inte samma sak som varannan"),
        (FORTNIGHT, "Två gånger i månaden", "är inte var fjortonde dag"),
        (
            "{type: interval, every: 2, unit: month, from: 2018-01-15}",
            "Ungefär varannan månad",
            "ange tolerance",
        ),
    ],
)
def test_a_wording_that_can_be_read_in_two_ways_is_named(
    cadence: str, wording: str, named: str
) -> None:
    assert [line for line in of(cadence, wording) if named in line]
    read = of(cadence, f"{wording}\n        reading: Som det står.")
    assert not [line for line in read if named in line]


@pytest.mark.parametrize(
    ("cadence", "wording"),
    [
        (FORTNIGHT, "Varannan vecka"),
        (EVEN_TUESDAYS, "Jämna veckor"),
        (MONTHLY, "Två gånger i månaden"),
        (
            "{type: interval, every: 2, unit: month, from: 2018-01-15, tolerance: 14}",
            "Ungefär varannan månad",
        ),
    ],
)
def test_a_wording_that_its_cadence_suits_is_not_named(cadence: str, wording: str) -> None:
    assert not [line for line in of(cadence, wording) if "reading" in line]


def test_a_slot_without_a_working_day_is_told() -> None:
    pause = ("targets:", "summer_pause: {from: 07-01, to: 07-31}\ntargets:")
    text = plan_text(pause, (CADENCE, "cadence: {type: count, minimum: 1, per: month}"))
    said = warnings(parse_plan(text, "plan.yaml"))
    assert "Lägesbild: juli 2018 har ingen arbetsdag att boka, och 2 till." in said


def test_years_without_terms_are_told_where_something_is_counted_in_terms() -> None:
    terms = ("targets:", "terms: [{term: 2018-VT, from: 2018-01-08, to: 2018-06-14}]\ntargets:")
    club = "cadence: {type: weekdays, days: [thursday], in_terms: true}"
    said = warnings(parse_plan(plan_text(terms, (CADENCE, club)), "plan.yaml"))
    assert "Terminer saknas för 2019 och 2020; då räknas inget av: Lägesbild." in said
    assert not [line for line in told(terms) if "Terminer" in line]


def test_a_plan_without_surprises_has_no_warnings() -> None:
    assert warnings(parse_plan(with_cadence("{type: on_demand, ask: quarter}"), "plan.yaml")) == []
