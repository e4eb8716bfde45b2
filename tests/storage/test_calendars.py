"""What is kept of the calendars of others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

from bot.domain.meetings import Meeting
from bot.domain.walltime import Hours
from bot.storage.calendars import KeptCalendar, SqlCalendars
from bot.storage.database import Database
from bot.storage.plans import SqlPlans
from tests.builders import utc

DAY = date(2026, 2, 10)
MEETING = Meeting(
    "key", "identity", "series", DAY, date(2026, 2, 17), utc(2026, 1, 1, 8, 30),
    Hours(time(9, 30), time(11)), fallen=True, changes=3,
)  # fmt: skip
KEPT = KeptCalendar(
    "plan", "radet", "https://example.se/bra.ics", "BRÅ", date(2026, 1, 1), date(2028, 12, 31),
    '"7"', "Tue, 03 Feb 2026 12:00:00 GMT", utc(2026, 1, 2), utc(2026, 1, 3), 4, utc(2026, 1, 1),
    (MEETING, replace(MEETING, key="other", hours=None, fallen=False)),
)  # fmt: skip


def revised(number: int) -> Callable[[KeptCalendar], KeptCalendar]:
    return lambda kept: replace(kept, revision=number)


def test_what_is_kept_comes_back_as_it_was(database: Database) -> None:
    calendars = SqlCalendars(database)
    assert calendars.of_plans() == {}
    assert calendars.update(KEPT, lambda kept: kept) == KEPT
    assert calendars.of_plans() == {"plan": {"radet": KEPT}}


def test_a_change_is_made_of_what_is_kept_and_not_of_the_first(database: Database) -> None:
    calendars = SqlCalendars(database)
    calendars.update(KEPT, lambda kept: kept)
    first = replace(KEPT, meetings=(), revision=0)
    changed = calendars.update(first, lambda kept: replace(kept, revision=kept.revision + 1))
    assert changed == replace(KEPT, revision=5)
    assert calendars.of_plans() == {"plan": {"radet": changed}}


def test_the_state_of_a_plan_rises_with_its_versions_and_with_its_calendars(
    database: Database,
) -> None:
    calendars, plans = SqlCalendars(database), SqlPlans(database)
    for plan in ("plan", "another"):
        plans.adopt(plan, name="plan.yaml", text="a", now=utc(2026, 1, 1))
    assert plans.states() == {"plan": 1, "another": 1}
    calendars.update(KEPT, revised(2))
    calendars.update(replace(KEPT, event="namnden"), revised(3))
    assert plans.states() == {"plan": 6, "another": 1}
    plans.adopt("plan", name="plan.yaml", text="b", now=utc(2026, 1, 2))
    assert plans.states() == {"plan": 7, "another": 1}
    assert plans.newest() == {"plan": 2, "another": 1}
