"""What a SIGKILL midway costs: the losses of each, as the product counted them."""

from benchmarks.racing import Run
from benchmarks.tables import Table, Target

HEADINGS = ("killed midway, started again", "seconds", "lost", "doubled")


def table(title: str, found: dict[str, Run], measured_on: str) -> Table:
    """Return the losses of everybody; ours may be none."""
    rows = [
        (name, f"{run.seconds:.1f}", str(run.lost), str(run.taken.doubled))
        for name, run in found.items()
    ]
    ours = {name: run for name, run in found.items() if name.startswith("ours")}
    targets = [
        Target(f"{name}: {what}", [number], most=0)
        for name, run in ours.items()
        for what, number in (("lost", run.lost), ("doubled", run.taken.doubled))
    ]
    return Table(title, HEADINGS, rows, targets, [measured_on])
