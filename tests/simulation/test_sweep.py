"""A process that dies at any one step costs nothing: no reminder, no answer, no second copy."""

from tests.simulation.faults import Fault, Script
from tests.simulation.products import Sort
from tests.simulation.run import Workshop
from tests.simulation.sweep import deaths, steps, told


def test_a_death_at_any_step_breaks_no_promise(shop: Workshop) -> None:
    sort = Sort.SEARCHED
    whole, ports = told(shop, sort, Script()), steps(shop, sort)
    ways = list(deaths(ports))
    assert {"read", "write"} <= set(ports)
    assert whole.counts["reminders"] >= 2
    assert whole.counts["answers"] >= 1
    for number, fault in ways:
        result = told(shop, sort, Script({number: fault}))
        assert not result.breach, f"{fault} at step {number} of {len(ports)}: {result.breach}"
        # A transaction that is given up by itself has no end to be killed before.
        assert result.counts.get("crashes") == 1 or fault is Fault.KILLED


def test_every_way_to_die_is_among_them(shop: Workshop) -> None:
    ways = {fault for _, fault in deaths(steps(shop, Sort.SEARCHED))}
    assert ways == {Fault.CRASH, Fault.KILLED, Fault.CUT}
