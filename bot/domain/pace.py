"""Pace: whether a promise keeps up with the calendar."""

from enum import StrEnum


class Pace(StrEnum):
    """Whether a promise keeps up; the values are what scripts read."""

    ON_TRACK = "enligt plan"
    AT_RISK = "risk"
    OFF_TRACK = "avviker"
