from bot.planfile.reading import parse_plan
from bot.planfile.warnings import warnings
from tests.planfile.plan_texts import plan_text, with_cadence


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


def test_a_plan_without_surprises_has_no_warnings() -> None:
    assert warnings(parse_plan(with_cadence("{type: on_demand, ask: quarter}"), "plan.yaml")) == []
