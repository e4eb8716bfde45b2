"""The author's guide, held against what the product does."""

import re
from pathlib import Path

import pytest

from bot.planfile.reading import parse_plan
from bot.planfile.schema import json_schema
from bot.services.planning import Agenda
from tests.planfile.plan_texts import CADENCE, faults_of, plan_text

GUIDE = (Path(__file__).parents[2] / "schedules" / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)\n```", GUIDE, flags=re.DOTALL)
WHOLE = re.findall(r"```yml\n(.*?)\n```", GUIDE, flags=re.DOTALL)
# What the examples of cadences refer to.
COUNCIL = "{id: radet, title: Rådet, cadence: {type: dates, on: [2018-02-06, 2018-09-25]}}"
SPRING = "{term: 2018-VT, from: 2018-01-08, to: 2018-06-14}"
AROUND = (
    ("areas:\n", "areas:\n  - {id: brynas, name: Brynäs, type: stadsdel}\n"),
    ("targets:", f"terms: [{SPRING}]\nevents: [{COUNCIL}]\ntargets:"),
)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_a_cadence_can_be_used_as_it_stands(example: str) -> None:
    indented = example.replace("\n", "\n        ")
    plan = parse_plan(plan_text((CADENCE, indented), *AROUND), "plan.yaml")
    agenda = Agenda(plan)
    assert all(agenda.by_commitment[each.id] for each in plan.commitments)


def test_every_example_of_a_whole_key_can_be_used_as_it_stands() -> None:
    """They stand beside the plan's other keys, for the years of the example."""
    for example in WHOLE:
        key = example.partition(":")[0]
        if key not in {"terms", "events", "period"}:
            continue
        period = ("2018-01-01, to: 2020-12-31}", "2026-01-01, to: 2028-12-31}")
        cadences = ("from: 2018-01-02", "from: 2026-01-13"), ("2020-11", "2027-11")
        role = ("id: kommunpolis", "id: trygghetssamordnare")
        text = plan_text(period, *cadences, role)
        text = text.replace("[kommunpolis]", "[trygghetssamordnare]")
        text = re.sub(r"(?m)^period: .*\n", "", text) if key == "period" else text
        assert parse_plan(f"{text}{example}\n", "plan.yaml").id == "prov-2018-2020"


def test_the_guide_shows_a_calendar_of_others() -> None:
    assert any("calendar:" in each and each.startswith("events:") for each in WHOLE)


def test_the_guide_shows_every_cadence_and_names_every_key() -> None:
    schema = json_schema()
    forms = [schema, *schema["$defs"].values()]
    keys = {key for form in forms for key in form.get("properties", ())}
    kinds = schema["$defs"]["CommitmentForm"]["properties"]["cadence"]["discriminator"]["mapping"]
    assert {key for key in keys if not re.search(rf"(?<!\w){key}(?!\w)", GUIDE)} == set()
    assert {
        kind for kind in kinds if not any(f"type: {kind}," in each for each in EXAMPLES)
    } == set()


def test_the_faults_that_the_guide_quotes_are_what_is_said() -> None:
    text = plan_text(("title: Provplan", "titel: Provplan"), ("2018-01-02", "2018-02-30"))
    told = {fault.text for fault in faults_of(text)}
    quoted = re.findall(r"^plan\.yaml:\d+:\d+: (.*)$", GUIDE, flags=re.MULTILINE)
    assert set(quoted) <= told
    assert len(quoted) == 2
