"""Makes the domain's plan of a form without faults."""

from datetime import time
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.domain.periods import Window
from bot.domain.plan import Activity, Area, Commitment, Plan, Policy, Promise, Role
from bot.domain.recurrence import Cadence, CountPerPeriod, Interval, OnDemand
from bot.domain.walltime import Hours
from bot.domain.workdays import WorkCalendar
from bot.planfile.schema import (
    ActivityForm,
    CommitmentForm,
    CountForm,
    DeadlineForm,
    FollowUpForm,
    HoursForm,
    IntervalForm,
    OnDemandForm,
    PauseForm,
    PlanForm,
    PolicyForm,
)

SENDING_HOURS = Hours(time(7), time(18))


def plan_of(form: PlanForm) -> Plan:
    """Return the plan; every reference in ``form`` must have been checked."""
    target = form.targets[0].id
    return Plan(
        id=form.id,
        title=form.title,
        municipality=form.municipality,
        parties=form.parties,
        zone=ZoneInfo(form.zone),
        period=Window(form.period.first, form.period.last),
        promises=tuple(Promise(p.id, p.ordalydelse, p.aktiviteter) for p in form.promises),
        activities=tuple(_activity(each, target) for each in form.activities),
        follow_up=_commitment(form.follow_up, target, row=0),
        areas=tuple(Area(a.id, a.name, a.type, a.confirmed) for a in form.areas),
        roles={r.id: Role(r.id, r.name, r.party, r.deputy) for r in form.roles},
        policies={each.id: _policy(each) for each in form.policies},
        targets={each.id: each.name for each in form.targets},
        escalation=form.escalation,
        sending_hours=_hours(form.sending_hours) or SENDING_HOURS,
        work=_work(form.summer_pause),
    )


def _activity(form: ActivityForm, target: str) -> Activity:
    return Activity(
        row=form.row,
        promise=form.promise,
        aktivitet=form.aktivitet,
        omfattning=form.omfattning,
        nar=form.nar,
        ansvarig=form.ansvarig,
        uppfoljning=form.uppfoljning,
        commitments=tuple(_commitment(each, target, row=form.row) for each in form.commitments),
    )


def _commitment(form: CommitmentForm | FollowUpForm, target: str, *, row: int) -> Commitment:
    return Commitment(
        id=form.id,
        title=form.title,
        wording=form.ordalydelse,
        cadence=_cadence(form.cadence),
        responsible=form.responsible,
        policy=form.policy,
        target=form.target or target,
        row=row,
        hours=_hours(form.hours),
        free_day=form.free_day,
        area_type=form.cadence.areas if isinstance(form.cadence, CountForm) else None,
        reading=form.reading,
    )


def _cadence(form: IntervalForm | CountForm | OnDemandForm | DeadlineForm) -> Cadence:
    match form:
        case IntervalForm():
            return Interval(form.every, form.unit, form.anchor)
        case CountForm():
            return CountPerPeriod(form.minimum, form.per, form.spread, form.areas)
        case OnDemandForm():
            return OnDemand(form.ask)
        case DeadlineForm():
            return form.on
        case _:
            assert_never(form)


def _policy(form: PolicyForm) -> Policy:
    return Policy(
        id=form.id,
        at=form.at,
        day_at=form.day_at or form.at,
        ahead_days=form.ahead_days,
        book_ahead_days=form.book_ahead_days,
        on_the_day=form.on_the_day,
        ask_after_days=form.ask_after_days,
        nag_every_days=form.nag_every_days,
        nags=form.nags,
        escalate=form.escalate,
        hush_days=form.hush_days,
    )


def _hours(form: HoursForm | None) -> Hours | None:
    return Hours(form.start, form.end) if form else None


def _work(pause: PauseForm | None) -> WorkCalendar:
    return WorkCalendar(Window(pause.first, pause.last)) if pause else WorkCalendar()
