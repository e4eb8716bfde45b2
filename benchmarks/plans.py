"""Plans that are under way today: the Gävle plan, moved to other years and given other names."""

import re
from datetime import datetime
from pathlib import Path

from benchmarks.workload import PLAN

FIRST_YEAR, YEARS = 2018, 3
NAMED = "gavle-2018-2020"
# A sweep at night would do nothing, and cost nothing.
HOURS, ALL_HOURS = '{from: "07:00", to: "18:00"}', '{from: "00:00", to: "23:59"}'


def under_way(now: datetime, name: str) -> str:
    """Return the text of a plan of three years that began in January of last year.

    In its second year it always has reminders that are due and unanswered. It sends at all
    hours, so that the service does the same whenever it is measured.
    """
    years = range(FIRST_YEAR, FIRST_YEAR + YEARS)
    moved = {str(year): str(now.year - 1 + year - FIRST_YEAR) for year in years}
    text = PLAN.read_text(encoding="utf-8").replace(NAMED, name)
    text = text.replace(HOURS, ALL_HOURS)
    return re.sub("|".join(moved), lambda found: moved[found[0]], text)


def write_plans(folder: Path, number: int, *, now: datetime) -> list[Path]:
    """Write as many plans into ``folder``, and return their files."""
    files = [folder / f"ort-{each:03}.yaml" for each in range(number)]
    for each in files:
        each.write_text(under_way(now, each.stem), encoding="utf-8")
    return files
