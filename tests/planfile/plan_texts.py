"""A smallest plan as text, ways to change it, and what is then said of it."""

import pytest

from bot.domain.errors import Fault, PlanFileError
from bot.planfile.reading import parse_plan

CADENCE = "cadence: {type: interval, every: 2, unit: week, from: 2018-01-02}"

SMALLEST = f"""\
format: 1
id: prov-2018-2020
title: Provplan
municipality: Gävle
parties: [Polis, Kommun]
period: {{from: 2018-01-01, to: 2020-12-31}}
targets: [{{id: samverkan, name: Samverkansgruppen}}]
roles:
  - {{id: kommunpolis, name: Kommunpolis, party: Polis, deputy: ersattare}}
  - {{id: ersattare, name: Ersättare, party: Kommun}}
policies:
  - {{id: mote, at: "08:00"}}
areas:
  - {{id: satra, name: Sätra, type: stadsdel}}
promises:
  - {{id: trygghet, ordalydelse: Vi lovar trygghet., aktiviteter: [Vi samverkar.]}}
activities:
  - row: 1
    promise: trygghet
    aktivitet: Gemensam lägesbild
    omfattning: Varannan vecka
    när: 2018–20
    ansvarig: Polis och kommun
    uppföljning: November 2020
    commitments:
      - id: lagesbild
        title: Lägesbild
        ordalydelse: Varannan vecka
        responsible: [kommunpolis]
        policy: mote
        {CADENCE}
follow_up:
  id: uppfoljning
  title: Uppföljning av planen
  ordalydelse: November 2020
  responsible: [kommunpolis]
  policy: mote
  cadence: {{type: deadline, on: 2020-11}}
"""


def plan_text(*changes: tuple[str, str]) -> str:
    """Return the smallest plan with the first of each old text replaced by the new one."""
    text = SMALLEST
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def with_cadence(cadence: str) -> str:
    """Return the smallest plan with another cadence of its one commitment."""
    return plan_text((CADENCE, f"cadence: {cadence}"))


def faults_of(text: str) -> tuple[Fault, ...]:
    """Return what is wrong with ``text``; it must be something."""
    with pytest.raises(PlanFileError) as caught:
        parse_plan(text, "plan.yaml")
    return caught.value.faults


def spot(text: str, needle: str) -> tuple[int, int]:
    """Return the line and column where ``needle`` last stands in ``text``."""
    before = text[: text.rindex(needle)].split("\n")
    return len(before), len(before[-1]) + 1
