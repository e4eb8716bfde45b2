"""Claims: how late what was due was claimed."""

import json
from pathlib import Path

from benchmarks.claims import lateness, noted


def note(path: Path, *lines: dict[str, dict[str, float]]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    return path


def test_the_first_claim_counts_whoever_made_it(tmp_path: Path) -> None:
    one = note(tmp_path / "1", {"due": {"a": 1.0}}, {"claimed": {"a": 5.0}})
    two = note(tmp_path / "2", {"claimed": {"a": 3.0, "b": 4.0}})
    assert noted([one, two], "claimed") == {"a": 3.0, "b": 4.0}
    assert noted([one, two], "due") == {"a": 1.0}


def test_what_was_never_claimed_is_late() -> None:
    found = lateness({"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}, {"a": 1.5, "b": 3.0, "c": 2.0})
    assert found.seconds == [0.5, 2.0, 1.0]
    assert found.never == 1
    assert found.within(1.0) == 50.0


def test_what_is_claimed_besides_is_no_part_of_it() -> None:
    assert lateness({"a": 1.0}, {"a": 1.0, "x": 99.0}).within(0.0) == 100.0


def test_of_nothing_nothing_came_in_time() -> None:
    assert lateness({}, {}).within(1.0) == 0.0
