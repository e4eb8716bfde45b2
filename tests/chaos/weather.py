"""A Slack with faults by chance: limits, slow answers, and calls that were taken all the same."""

from dataclasses import dataclass, field
from random import Random
from threading import Event
from time import CLOCK_REALTIME, clock_gettime

from tests.standins.slack.faults import (
    ACCEPTED_THEN_503,
    ACCEPTED_THEN_RESET,
    CUT_SHORT,
    RESET,
    SERVER_ERROR,
    Fault,
    rate_limited,
    slow,
)
from tests.standins.slack.workspace import Workspace

POSTS = frozenset({"chat.postMessage", "files.completeUploadExternal"})
READS = frozenset(
    {
        "chat.update",
        "conversations.history",
        "conversations.replies",
        "files.getUploadURLExternal",
        "upload",
    }
)
TAKEN_AND_LOST = (ACCEPTED_THEN_RESET, ACCEPTED_THEN_503, CUT_SHORT)
NOT_TAKEN = (RESET, SERVER_ERROR)
LONGEST_SLOW_SECONDS = 3.0
# A call that is still on its way when its sender is gone; far less than anybody waits.
LONGEST_LATE_SECONDS = 2.0


def slack_seconds() -> float:
    """Slack's own clock."""
    return clock_gettime(CLOCK_REALTIME)


@dataclass
class Stormy(Workspace):
    """A workspace whose faults are drawn while ``storm`` is set."""

    limits_rate: bool = True
    choice: Random = field(default_factory=Random)
    storm: Event = field(default_factory=Event)
    drawn: dict[str, int] = field(default_factory=dict)
    _calm: Event = field(default_factory=Event)

    def next_fault(self, method: str) -> Fault | None:
        """Draw what happens to this call; some are held back before they are taken."""
        if planned := super().next_fault(method):
            return planned
        if not self.storm.is_set():
            return None
        with self.lock:
            name, fault, late = self._drawn(method)
            if name:
                self.drawn[name] = self.drawn.get(name, 0) + 1
        if late:
            self._calm.wait(late)
        return fault

    def _drawn(self, method: str) -> tuple[str, Fault | None, float]:
        luck = self.choice.random()
        if method in POSTS:
            return self._for_a_post(luck)
        if method in READS:
            if luck < 0.03:
                return "429", rate_limited(1), 0.0
            if luck < 0.06:
                return "not taken", self.choice.choice(NOT_TAKEN), 0.0
            if luck < 0.12:
                return "slow", slow(self.choice.uniform(0.2, LONGEST_SLOW_SECONDS)), 0.0
        return "", None, 0.0

    def _for_a_post(self, luck: float) -> tuple[str, Fault | None, float]:
        if luck < 0.05:
            return "429", rate_limited(self.choice.randint(1, 3)), 0.0
        if luck < 0.13:
            return "taken and lost", self.choice.choice(TAKEN_AND_LOST), 0.0
        if luck < 0.17:
            return "not taken", self.choice.choice(NOT_TAKEN), 0.0
        if luck < 0.42:
            return "slow", slow(self.choice.uniform(0.3, LONGEST_SLOW_SECONDS)), 0.0
        if luck < 0.52:
            return "taken late", None, self.choice.uniform(0.2, LONGEST_LATE_SECONDS)
        return "", None, 0.0
