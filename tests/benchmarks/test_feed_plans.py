from pathlib import Path

import pytest

from benchmarks.feed_plans import plan_of
from bot.planfile.reading import parse_plan
from bot.services.planning import Agenda


@pytest.mark.parametrize("events", [100, 500])
def test_a_plan_has_just_as_many_occurrences_as_were_asked_for(tmp_path: Path, events: int) -> None:
    path = plan_of(events, tmp_path)
    plan = parse_plan(path.read_text(encoding="utf-8"), path.name)
    assert len(Agenda(plan).by_id) == events
