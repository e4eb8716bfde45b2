"""Meetings that others hold: as their calendar tells of them, and what has become of them."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.walltime import Hours


@dataclass(frozen=True, slots=True)
class Entry:
    """One meeting as a calendar tells of it.

    ``identity`` is the same whenever that calendar tells of this very meeting, ``series``
    whenever it tells of one of the same series; both are digests and say nothing by themselves.
    """

    day: date
    identity: str
    series: str
    hours: Hours | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that a calendar has told of.

    ``key`` is the tail of the ids of whatever follows it, and ``planned`` the day on which it
    was to be held when it was first told of; neither ever changes. ``day`` is that on which it
    is to be held now, unless it has ``fallen`` away. ``changes`` counts how often it has moved,
    fallen away or come back. The plan knows of it since ``known``.
    """

    key: str
    identity: str
    series: str
    planned: date
    day: date
    known: datetime
    hours: Hours | None = None
    fallen: bool = False
    changes: int = 0
