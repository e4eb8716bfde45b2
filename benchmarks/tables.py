"""Tables in Markdown: figures beside those of a peer, and what must be reached."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True)
class Target:
    """Something that must be reached: the median of ``found`` is at most ``most``.

    Where ``under`` it has to be less, and where ``least`` at least as much.
    """

    what: str
    found: Sequence[float]
    most: float
    unit: str = ""
    under: bool = False
    least: bool = False

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        middle = median(self.found)
        if self.least:
            return middle >= self.most
        return middle < self.most if self.under else middle <= self.most

    @property
    def row(self) -> tuple[str, ...]:
        """What it is, the median with its range, the limit, and whether it is met."""
        word = "at least" if self.least else "under" if self.under else "at most"
        bound = f"{word} {self.most:g}{self.unit}"
        verdict = "met" if self.met else "**MISSED**"
        return self.what, f"{spread(self.found, 2)}{self.unit}", bound, verdict


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under headings; the first column is a name, the others are figures."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    targets: Sequence[Target] = field(default=())
    notes: Sequence[str] = field(default=())

    def __str__(self) -> str:
        parts = [f"**{self.title}**", _grid(self.headings, self.rows)]
        if self.targets:
            headings = ("must reach", "measured", "limit", "")
            parts.append(_grid(headings, [each.row for each in self.targets]))
        return "\n\n".join([*parts, *self.notes, ""])


def _grid(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    every = [headings, *rows]
    widths = [max(3, *map(len, column)) for column in zip(*every, strict=True)]
    rule = ["-" * widths[0], *("-" * (each - 1) + ":" for each in widths[1:])]
    return "\n".join(_line(row, widths) for row in (headings, rule, *rows))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, *figures = row
    cells = [each.rjust(width) for each, width in zip(figures, widths[1:], strict=True)]
    return f"| {' | '.join([name.ljust(widths[0]), *cells])} |"


def spread(found: Sequence[float], digits: int = 1) -> str:
    """Return the median, and the least and the most where there are several."""
    if not found:
        return "–"
    shown = f"{median(found):.{digits}f}"
    if len(found) == 1:
        return shown
    return f"{shown} ({min(found):.{digits}f}–{max(found):.{digits}f})"


def ratios(ours: Sequence[float], peer: Sequence[float]) -> list[float]:
    """Return the ratios run by run: what shares a round shares its weather."""
    return [a / b for a, b in zip(ours, peer, strict=True)]


def share(found: Sequence[float], part: float) -> float:
    """Return the value that ``part`` of those found do not exceed."""
    ranked = sorted(found)
    return ranked[max(0, ceil(part * len(ranked)) - 1)]
