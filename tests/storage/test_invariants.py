"""Whatever happens in whatever order: the ledger's rules hold after every step."""

import shutil
import sqlite3
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import event

from bot.domain.delivery import (
    Delivery,
    DeliveryState,
    Node,
    Outcome,
    Refused,
    Rest,
    Sent,
    TryAgain,
    Uncertain,
)
from bot.storage.answers import SqlAnswers
from bot.storage.database import open_database
from bot.storage.deliveries import SqlDeliveries
from tests.storage.ledger import AT_ONCE, NOW, SECOND, draft, enlist_nowhere, say, wish

OCCURRENCES = st.sampled_from(["gavle/lagesbild/2018-W03", "gavle/lagesbild/2018-W05"])
STEPS = st.sampled_from(["ahead-5", "day", "ask", "nag-1"])
TARGETS = st.sampled_from(["slack:C1", "slack:C2", "room:x"])
NODES = st.sampled_from(["n1", "n2"])
OUTCOMES = st.sampled_from([Sent("1"), Refused("x"), TryAgain("x"), Uncertain("x")])
RESTS = st.integers(0, 300).map(lambda each: each * SECOND)
OVER = {DeliveryState.SENT, DeliveryState.WITHDRAWN}


class Ledger(RuleBasedStateMachine):
    """The ledger under two nodes, an operator, and a clock that now and then is set back."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "loftesbot.db")
        self.database = open_database(f"sqlite:///{self.folder}/loftesbot.db")
        event.listen(self.database.engine, "connect", _trust_the_disk)
        self.database.engine.dispose()
        self.deliveries = SqlDeliveries(self.database)
        self.answers = SqlAnswers(self.database)
        self.after = AT_ONCE
        self.handed_out: list[Delivery] = []
        self.before: dict[int, Delivery] = {}

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)

    def rows(self) -> dict[int, Delivery]:
        return {each.id: each for each in self.deliveries.listed([*DeliveryState], limit=10_000)}

    @rule(occurrence=OCCURRENCES, step=STEPS, place=TARGETS)
    def write(self, occurrence: str, step: str, place: str) -> None:
        drafts = [draft(step, occurrence, place)]
        known = {each.draft.key for each in self.rows().values()}
        written = self.deliveries.write(drafts, written=NOW, now=NOW + self.after)
        assert written == (drafts[0].key not in known)

    @rule(limit=st.integers(1, 3), node=NODES)
    def claim(self, limit: int, node: str) -> None:
        before = self.rows()
        request = wish(after=self.after, limit=limit, holder=node)
        found = self.deliveries.claim(request, enlist_nowhere)
        assert len(found) <= limit
        for each in found:
            was = before[each.id]
            ripe_at = was.lease_until if was.state == DeliveryState.CLAIMED else was.not_before
            assert was.state not in OVER | {DeliveryState.FAILED}
            assert ripe_at
            assert ripe_at <= NOW + self.after
            assert each.uncertain == (was.uncertain or was.state == DeliveryState.CLAIMED)
            assert (each.attempt, each.holder) == (was.attempt + 1, node)
            older = [
                other.id
                for other in before.values()
                if other.draft.target == was.draft.target
                and other.id < was.id
                and other.state in {DeliveryState.PENDING, DeliveryState.UNCERTAIN}
                and other.not_before <= NOW + self.after
            ]
            assert was.state == DeliveryState.CLAIMED or older == []
        self.handed_out += found

    @rule(outcome=OUTCOMES, rest=RESTS, which=st.integers(0, 50))
    def settle(self, outcome: Outcome, rest: timedelta, which: int) -> None:
        if not self.handed_out:
            return
        delivery = self.handed_out[which % len(self.handed_out)]
        held = self.deliveries.holds(delivery)
        now = NOW + self.after
        done = self.deliveries.settle(delivery, outcome, now=now, rest=Rest(rest, rest), then=[])
        assert done == held

    @rule(which=st.integers(1, 9), back=st.booleans())
    def operate(self, which: int, back: bool) -> None:
        row = self.rows().get(which)
        open_states = {DeliveryState.PENDING, DeliveryState.UNCERTAIN, DeliveryState.FAILED}
        now = NOW + self.after
        if back:
            done = self.deliveries.take_back(which, "x", now=now)
        else:
            done = self.deliveries.retry(which, now=now)
        assert done == (row is not None and row.state in open_states)

    @rule(occurrence=OCCURRENCES)
    def answer(self, occurrence: str) -> None:
        said = say(self.answers, occurrence, ends=True)
        wanted = [e.wanted for e in self.rows().values() if e.draft.occurrence == occurrence]
        assert set(wanted) <= {said.id}

    @rule(seconds=st.integers(1, 200))
    def pass_time(self, seconds: int) -> None:
        self.after += seconds * SECOND

    @rule(seconds=st.integers(1, 2 * 3_600))
    def set_clock_back_and_restart(self, seconds: int) -> None:
        self.after -= seconds * SECOND
        self.deliveries.release(now=NOW + self.after)
        assert DeliveryState.CLAIMED not in self.deliveries.counts()

    @rule(node=NODES)
    def beat(self, node: str) -> None:
        self.deliveries.beat(Node(node, "worker", NOW), now=NOW + self.after)
        now = NOW + self.after
        self.deliveries.free_dead(now=now, silent_for=15 * SECOND, rest=45 * SECOND)

    @invariant()
    def of_each_target_one_is_claimed_at_most(self) -> None:
        held = [e for e in self.rows().values() if e.state == DeliveryState.CLAIMED]
        assert max(Counter(each.draft.target for each in held).values(), default=0) <= 1
        assert all(each.lease_until and each.holder for each in held)

    @invariant()
    def what_is_over_stays_over_and_attempts_only_rise(self) -> None:
        rows = self.rows()
        for number, was in self.before.items():
            assert rows[number].attempt >= was.attempt
            if was.state in OVER:
                assert rows[number].state == was.state
        self.before = rows

    @invariant()
    def nothing_stands_still_for_ever(self) -> None:
        """What is not over is claimable, or there is an instant at which it is looked for."""
        waiting = [
            each for each in self.rows().values() if each.state not in OVER | {DeliveryState.FAILED}
        ]
        soonest = self.deliveries.soonest(now=NOW + self.after, within=timedelta(days=2))
        assert bool(waiting) == (soonest is not None)


def _trust_the_disk(connection: sqlite3.Connection, _record: object) -> None:
    """No example outlives a power cut, and many are to be had in a second."""
    connection.execute("PRAGMA synchronous=OFF").close()


@pytest.fixture(autouse=True)
def _template(sqlite_template: Path) -> None:
    Ledger.template = sqlite_template


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
