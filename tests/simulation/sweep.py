"""The sweep: a short story, told once for each step at which a process can die."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from tests.simulation.clock import DAY
from tests.simulation.faults import Fault, Script
from tests.simulation.plans import fortnight
from tests.simulation.products import Sort
from tests.simulation.run import Result, Workshop, run
from tests.simulation.scenario import CALM_DAYS, Scenario

BEGINS = datetime(2018, 3, 14, tzinfo=UTC)
ENDS = datetime(2018, 4, 4, tzinfo=UTC) + CALM_DAYS * DAY
# How a process dies at a step: before it, in the midst of a transaction, or after a message
# has arrived and before anybody knows.
DEATHS = {"write": (Fault.CRASH, Fault.KILLED), "post": (Fault.CRASH, Fault.CUT)}


def told(shop: Workshop, sort: Sort, script: Script) -> Result:
    """Tell the story at a product of that sort, with the faults of ``script``."""
    story = Scenario(
        texts={"kort": fortnight()}, begins=BEGINS, ends=ENDS, sorts=(sort,), encloses=True,
        operator="", machines=1, odds={}, answer_rate=0.35, troubles=(),
        turns_clocks=False, changes_plans=False,
    )  # fmt: skip
    return run(0, story, script, Random(7), shop)


def steps(shop: Workshop, sort: Sort) -> list[str]:
    """Return the ports of all steps of the story while nobody dies."""
    script = Script()
    result = told(shop, sort, script)
    if result.breach:
        raise AssertionError(result.breach)
    return script.ports


def deaths(ports: list[str]) -> Iterator[tuple[int, Fault]]:
    """Return every step and every way to die at it."""
    for number, port in enumerate(ports, start=1):
        for fault in DEATHS.get(port, (Fault.CRASH,)):
            yield number, fault
