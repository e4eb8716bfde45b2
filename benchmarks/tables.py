"""Tables: figures beside those of a peer, and what must be reached."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Target:
    """Something that must be reached: ``found`` may be at most ``most``, or at least ``least``."""

    what: str
    found: float
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        low = self.least is None or self.found >= self.least
        return low and (self.most is None or self.found <= self.most)

    def __str__(self) -> str:
        bound = f"at most {self.most:g}" if self.least is None else f"at least {self.least:g}"
        return f"{'met   ' if self.met else 'MISSED'}  {self.what}: {self.found:.4g} ({bound})"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under headings; the first column is a name, the others are figures."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    targets: Sequence[Target] = field(default=())
    notes: Sequence[str] = field(default=())

    def __str__(self) -> str:
        every = [self.headings, *self.rows]
        widths = [max(map(len, column)) for column in zip(*every, strict=True)]
        lines = [_line(row, widths) for row in every]
        rule = "  ".join("-" * each for each in widths)
        told = [*map(str, self.targets), *self.notes]
        return "\n".join([self.title, "", lines[0], rule, *lines[1:], "", *told, ""])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, *figures = row
    cells = [each.rjust(width) for each, width in zip(figures, widths[1:], strict=True)]
    return "  ".join([name.ljust(widths[0]), *cells]).rstrip()


def spread(found: Sequence[float], digits: int = 1) -> str:
    """Return the median, and the least and the most where there are several."""
    if not found:
        return "-"
    shown = f"{median(found):.{digits}f}"
    if len(found) == 1:
        return shown
    return f"{shown} ({min(found):.{digits}f}–{max(found):.{digits}f})"


def ratio(ours: Sequence[float], peer: Sequence[float]) -> float:
    """Return the median of the ratios, run by run: what shares a run shares its weather."""
    return median(a / b for a, b in zip(ours, peer, strict=True))


def share(found: Sequence[float], part: float) -> float:
    """Return the value that ``part`` of those found do not exceed."""
    ranked = sorted(found)
    return ranked[min(len(ranked) - 1, int(part * len(ranked)))]
