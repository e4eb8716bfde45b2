"""(h) Reminders due at once, to 200 channels that take one a second: SQLite, one process."""

from collections.abc import Iterator

from benchmarks.databases import empty_file, scratch
from benchmarks.machine import facts
from benchmarks.product import product
from benchmarks.racing import Run, alone
from benchmarks.sizes import Sizes
from benchmarks.tables import Table, Target, spread
from benchmarks.workload import TARGETS

LIMIT_SECONDS = 1.0
MOST_TIMES = 1.3


def tables(sizes: Sizes) -> Iterator[Table]:
    """Let ours send everything, as often as asked for."""
    measured_on = facts()
    unavoidable = LIMIT_SECONDS * (sizes.count // TARGETS - 1)
    with scratch() as folder, product(limit=LIMIT_SECONDS) as channels:
        found: list[Run] = []
        for number in range(sizes.rounds):
            url = empty_file(folder, f"ours-{number}")
            ours = ("benchmarks.contenders.ours", url, channels.api, str(sizes.count), "inline")
            found.append(alone(channels, (*ours, "pace"), sizes.count))
    times = [each.seconds / unavoidable for each in found]
    refused = [float(each.taken.refused) for each in found]
    came = [float(each.lost + each.taken.doubled) for each in found]
    yield Table(
        f"{sizes.count} reminders to {TARGETS} channels, one a second and channel",
        ("", "seconds", "refused", "lost or doubled"),
        [
            ("what the limit makes unavoidable", f"{unavoidable:.1f}", "", ""),
            ("ours", spread([each.seconds for each in found], 1), spread(refused), spread(came)),
        ],
        [
            Target("times the unavoidable", times, most=MOST_TIMES),
            Target("refused", refused, most=0),
        ],
        [measured_on],
    )
