"""A plan of which something falls due in every minute, from one o'clock on."""

from datetime import date, datetime, timedelta

PLAN, TARGET = "kaos", "samverkan"
DAY = date(2026, 11, 23)
# A virtual clock begins at midnight UTC, which is one o'clock in Stockholm in November.
FIRST = datetime(2026, 11, 23, 1, 0)  # noqa: DTZ001 - what the wall shows
HEAD = f"""\
format: 1
id: {PLAN}
title: Löften i storm
municipality: Stormstad
parties: [Polis, Kommun]
zone: Europe/Stockholm
period: {{from: {DAY}, to: 2026-12-23}}
sending_hours: {{from: "00:00", to: "23:59"}}
targets:
  - {{id: {TARGET}, name: Samverkansgruppen}}
roles:
  - {{id: kommunpolis, name: Kommunpolis, party: Polis}}
promises:
  - {{id: lugn, ordalydelse: Lugnt efter stormen.}}
"""
POLICY = """\
  - {{id: m{at:%H%M}, at: "{at:%H:%M}", ask_after_days: null, nags: 0, escalate: false}}
"""
ACTIVITY = """\
activities:
  - row: 1
    promise: lugn
    aktivitet: Vakt
    omfattning: Varje minut
    när: I natt
    ansvarig: Polis
    uppföljning: I gryningen
    commitments:
"""
COMMITMENT = """\
      - id: vakt-{at:%H%M}-{number}
        title: Vakt {at:%H.%M} {number}
        ordalydelse: Vakt varje minut.
        responsible: [kommunpolis]
        policy: m{at:%H%M}
        cadence: {{type: interval, every: 60, unit: day, from: {day}}}
"""
FOLLOW_UP = """\
follow_up:
  id: uppfoljning
  title: Uppföljning
  ordalydelse: Uppföljning i gryningen.
  responsible: [kommunpolis]
  policy: m0101
  cadence: {type: deadline, on: 2026-12-23}
"""


def plan_text(minutes: int, per_minute: int) -> str:
    """Return a plan that asks for ``per_minute`` things in each of the first ``minutes``."""
    every = [FIRST + timedelta(minutes=1 + each) for each in range(minutes)]
    commitments = (
        COMMITMENT.format(at=at, number=number, day=DAY)
        for at in every
        for number in range(1, per_minute + 1)
    )
    policies = "".join(POLICY.format(at=at) for at in every)
    return f"{HEAD}policies:\n{policies}{ACTIVITY}{''.join(commitments)}{FOLLOW_UP}"
