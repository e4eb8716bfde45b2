"""The plans that come with the product; the source's wordings are repeated here by hand."""

import json
from datetime import date, time
from pathlib import Path

import pytest

from bot.domain.counting import CountPerPeriod
from bot.domain.deadlines import Deadline
from bot.domain.periods import PeriodUnit, Window
from bot.domain.plan import Plan
from bot.domain.recurrence import OnDemand
from bot.domain.rhythms import Interval, IntervalUnit
from bot.domain.walltime import Hours
from bot.domain.workdays import FreeDayRule
from bot.planfile.reading import read_plan
from bot.planfile.schema import json_schema
from bot.planfile.warnings import warnings
from bot.services.planning import Agenda

SCHEDULES = Path(__file__).parents[2] / "schedules"

PROMISES = """\
* Polisen och kommunen lovar att tillsammans arbeta för att Gävle ska bli en trygg plats att \
vistas på.
  - Polisen och kommunen ska tillsammans arbeta för en gemensam förbättrad lägesbild avseende \
brottsutsatta platser och däri söka identifiera faktorer som kan öka otryggheten.
  - Fortsätta och utveckla den områdes- och nätverksbaserade arbetet som bedrivs i olika \
stadsdelar samt i ytterområden vilket övergripande syftar till att samverka mot bl. a ökad \
trygghet hos de boende.
* Polisen och kommunen lovar att tillsammans arbeta för att den offentliga miljön där våra unga \
vistas i möjligaste mån ska vara fri från tillgång och användning av olika former av droger.
  - Polisen och socialtjänstens samverkan kring unga och deras droganvändning ska öka genom \
samordnade och återkommande insatser.
"""
ROWS = """\
| 1 | Framtagande av gemensam lägesbild och identifiera brottsutsatta platser och dess orsaker. \
| Gemensam lägesbild varannan vecka. Vid minst fyra (4) tillfällen per år särskilt följa upp \
brottsutsatta platser. | 2018–20 | Polis och kommun | November 2020 |
| 2 | Polisen och socialtjänsten ska genom det områdes- och nätverksbaserade arbetet, genomföra \
medborgardialoger. | Vid minst två (2) tillfällen per stadsdel och en (1) gång per ytterområde \
och år. | 2018–20 | Polis och kommun | November 2020 |
| 3 | Insatser mot droganvändning | Återkommande efter behov | 2018–20 | Polis och kommun | \
November 2020 |
| 4 | Uppsökande verksamhet på fritidsgårdar, skolor och andra mötesplatser för ungdomar för \
att stödja och stärka ungdomar | Återkommande efter behov | 2018–20 | Polis | November 2020 |
| 5 | Sörja för att det finns fungerade fritidsgårdar och andra möjligheter till aktiviteter \
för att stödja och stärka ungdomar med drogfria aktiviteter | Återkommande efter behov | \
2018–20 | Kommun | November 2020 |
"""
BOTH = ("kommunpolis", "trygghetssamordnare")


@pytest.fixture(name="gavle", scope="module")
def _gavle() -> Plan:
    return read_plan(SCHEDULES / "gavle-2018-2020.yaml")


def test_the_promises_are_the_sources_own_letter_for_letter(gavle: Plan) -> None:
    written = [
        f"* {promise.wording}\n" + "".join(f"  - {each}\n" for each in promise.activities)
        for promise in gavle.promises
    ]
    assert "".join(written) == PROMISES


def test_the_rows_are_the_sources_own_letter_for_letter(gavle: Plan) -> None:
    written = [
        f"| {a.row} | {a.aktivitet} | {a.omfattning} | {a.nar} | {a.ansvarig} | {a.uppfoljning} |\n"
        for a in gavle.activities
    ]
    assert "".join(written) == ROWS


def test_every_commitment_quotes_its_row(gavle: Plan) -> None:
    for row in gavle.activities:
        assert all(each.wording in row.omfattning for each in row.commitments)
    assert gavle.follow_up.wording == gavle.activities[0].uppfoljning


def test_the_plan_says_what_can_be_counted_and_how(gavle: Plan) -> None:
    ask = OnDemand(PeriodUnit.QUARTER)
    year = PeriodUnit.YEAR
    outer = CountPerPeriod(1, year, None, "ytteromrade")
    assert [(c.row, c.id, c.responsible, c.policy, c.cadence) for c in gavle.commitments] == [
        (1, "lagesbild", BOTH, "mote", Interval(2, IntervalUnit.WEEK, date(2018, 1, 2))),
        (1, "platsuppfoljning", BOTH, "bokning", CountPerPeriod(4, year, PeriodUnit.QUARTER)),
        (2, "medborgardialog", BOTH, "bokning", CountPerPeriod(2, year, None, "stadsdel")),
        (2, "medborgardialog-ytteromrade", BOTH, "bokning", outer),
        (3, "droginsatser", BOTH, "behov", ask),
        (4, "uppsokande-verksamhet", ("kommunpolis",), "behov", ask),
        (5, "fritidsgardar", ("trygghetssamordnare",), "behov", ask),
        (0, "uppfoljning", BOTH, "uppfoljning", Deadline(2020, 11)),
    ]


def test_the_meeting_is_on_tuesday_mornings_and_moves_to_the_next_working_day(gavle: Plan) -> None:
    meeting = gavle.commitments[0]
    assert meeting.hours == Hours(time(9), time(10, 30))
    assert meeting.free_day is FreeDayRule.NEXT
    days = [each.window.first for each in meeting.cadence.nominals(gavle.scope(meeting))]
    assert len([day for day in days if day.year == 2018]) == 26


def test_the_areas_are_a_guess(gavle: Plan) -> None:
    named = {
        type_: [a.name for a in gavle.areas if a.type == type_]
        for type_ in ("stadsdel", "ytteromrade")
    }
    assert named == {
        "stadsdel": ["Andersberg", "Bomhus", "Brynäs", "Sätra"],
        "ytteromrade": ["Hamrångebygden", "Hedesunda", "Forsbacka"],
    }
    assert not any(area.confirmed for area in gavle.areas)


def test_the_reading_of_and_year_is_said(gavle: Plan) -> None:
    dialogues = [each for each in gavle.commitments if each.row == 2]
    assert all("båda talen" in each.reading for each in dialogues)


def test_silence_ends_with_the_steering_group(gavle: Plan) -> None:
    assert gavle.escalation == ("trygghetssamordnare", "styrgrupp")
    assert gavle.deputies(gavle.follow_up) == ("stf-kommunpolis", "stf-trygghetssamordnare")
    assert gavle.sending_hours == Hours(time(7), time(18))
    assert gavle.period == Window(date(2018, 1, 1), date(2020, 12, 31))


def test_the_example_has_the_same_shape(gavle: Plan) -> None:
    example = read_plan(SCHEDULES / "exempel-2026-2028.yaml")
    assert [each.id for each in example.commitments] == [each.id for each in gavle.commitments]
    assert example.commitments[0].cadence == Interval(2, IntervalUnit.WEEK, date(2026, 1, 13))
    assert not any(area.confirmed for area in example.areas)


def test_the_schema_for_editors_is_up_to_date() -> None:
    written = (SCHEDULES / "plan.schema.json").read_text(encoding="utf-8")
    assert written == json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        (
            "kedja",
            {
                # 26 even weeks a year, without 6 January, 26 December and two in July.
                "lagesbild": [23, 24, 23],
                "lagesbild-samla-in": [23, 24, 23],
                "lagesbild-paminn": [23, 24, 23],
                "lagesbild-skicka-ut": [23, 24, 23],
                # A week after 28 December 2027 is in 2028.
                "lagesbild-aterkoppla": [23, 23, 24],
                "trygghetsvandring": [2, 2, 2],
                "uppfoljning": [1, 1, 1],
            },
        ),
        (
            "terminer",
            {
                "temakvall": [2 * 2],
                "skolbesok": [2 * 2],
                # Eleven Fridays and eleven Saturdays from 3 April to 13 June.
                "kvallar": [22],
                # 22 and 18 Thursdays, without one in each of three breaks and Ascension Day.
                "oppet-hus": [40 - 4],
                "platser": [2 * 2 * 12],
                "uppfoljning": [1],
            },
        ),
        (
            "oppet-slut",
            {
                "underlag": [4, 4],
                "kartlaggning": [1, 0],
                "atgarder": [1, 0],
                "grannsamverkan": [2, 2],
                "information": [4, 4],
                # February 2026 is before the plan.
                "statistik": [0, 1],
                "uppfoljning": [0, 1],
                "fornyelse": [0, 1],
            },
        ),
    ],
)
def test_a_sample_asks_for_what_its_words_promise(name: str, numbers: dict[str, list[int]]) -> None:
    plan = read_plan(SCHEDULES / f"exempel-{name}.yaml")
    found = Agenda(plan).by_commitment
    years = range(plan.period.first.year, plan.period.last.year + 1)
    counts = {
        each: [sum(o.due.year == year and not o.optional for o in these) for year in years]
        for each, these in found.items()
    }
    assert counts == numbers


@pytest.mark.parametrize("path", sorted(SCHEDULES.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_sample_is_warned_of_for_its_words_or_its_terms(path: Path) -> None:
    told = warnings(read_plan(path))
    assert not [line for line in told if "reading" in line or "Terminer" in line]
