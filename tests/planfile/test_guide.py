"""The author's guide, held against what the product does."""

import re
from pathlib import Path

import pytest

from bot.planfile.reading import parse_plan
from bot.planfile.schema import json_schema
from tests.planfile.plan_texts import CADENCE, faults_of, plan_text

GUIDE = (Path(__file__).parents[2] / "schedules" / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)\n```", GUIDE, flags=re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_a_cadence_can_be_used_as_it_stands(example: str) -> None:
    plan = parse_plan(plan_text((CADENCE, example)), "plan.yaml")
    assert list(plan.commitments[0].cadence.nominals(plan.scope(plan.commitments[0])))


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
