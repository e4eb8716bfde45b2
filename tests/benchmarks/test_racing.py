"""Racing: what counts as lost and as doubled, and who begins a round."""

from functools import partial

import pytest

from benchmarks.processes import Stuck
from benchmarks.product import Taken
from benchmarks.racing import Run
from benchmarks.ring import rounds, times
from benchmarks.standin import Workspace


def run(*, count: int = 3, posted: int = 3, different: int = 3, seconds: float = 1.0) -> Run:
    return Run(count, seconds, 0.0, 0.0, Taken(posted, different, 0.0, seconds))


def post(workspace: Workspace, key: str) -> None:
    metadata = {"event_payload": {"key": key}}
    workspace.post({"channel": "C1", "text": "", "metadata": metadata})


def test_what_never_came_is_lost_and_what_came_again_doubled() -> None:
    found = run(count=5, posted=6, different=4)
    assert (found.lost, found.taken.doubled) == (1, 2)


def test_a_message_that_comes_twice_makes_up_for_none_that_is_lost() -> None:
    assert run(count=3, posted=3, different=2).lost == 1


def test_the_product_counts_messages_by_their_keys() -> None:
    workspace = Workspace()
    for key in ("a", "b", "a"):
        post(workspace, key)
    found = Taken(**workspace.counts())
    assert (found.posted, found.different, found.doubled) == (3, 2, 1)
    workspace.forget()
    assert Taken(**workspace.counts()).posted == 0


def test_each_round_begins_with_another_contender() -> None:
    order: list[str] = []

    def race(name: str) -> Run:
        order.append(name)
        return run()

    rounds({name: partial(race, name) for name in "abc"}, 3)
    assert "".join(order) == "abcbcacab"


@pytest.mark.parametrize("found", [run(different=2, posted=2), run(posted=4)])
def test_an_undisturbed_run_that_loses_or_doubles_is_no_measurement(found: Run) -> None:
    with pytest.raises(Stuck, match="undisturbed"):
        rounds({"ours": lambda: found}, 1)


def test_a_contender_is_compared_with_the_peer_of_its_own_round() -> None:
    ours, peer = [run(seconds=3.0), run(seconds=8.0)], [run(seconds=2.0), run(seconds=4.0)]
    assert times(ours, peer) == [1.5, 2.0]
