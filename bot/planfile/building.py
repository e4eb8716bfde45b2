"""Makes the domain's plan of a form without faults."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from bot.domain.deadlines import Deadline
from bot.domain.periods import Term, Window
from bot.domain.plan import Activity, Area, Commitment, Event, Plan, Policy, Promise, Role
from bot.domain.recurrence import (
    Cadence,
    Following,
    Relative,
)
from bot.domain.swedish import day_text
from bot.domain.walltime import Hours
from bot.domain.workdays import FreeDayRule, WorkCalendar
from bot.planfile.cadences import CountForm, relative
from bot.planfile.schema import (
    ActivityForm,
    AreaForm,
    CommitmentForm,
    FollowUpForm,
    HoursForm,
    PlanForm,
    PolicyForm,
    RenewalForm,
    TermForm,
)

RENEWAL = "fornyelse"
SENDING_HOURS = Hours(time(7), time(18))


def plan_of(form: PlanForm) -> Plan:
    """Return the plan; every reference in ``form`` must have been checked."""
    target = form.targets[0].id
    policies = {each.id: _policy(each) for each in form.policies}
    if form.renewal and form.renewal.policy is None:
        policies[RENEWAL] = _renewal_policy(form)
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
        areas=tuple(_area(each) for each in form.areas),
        roles={r.id: Role(r.id, r.name, r.party, r.deputy, r.digest) for r in form.roles},
        policies=policies,
        targets={each.id: each.name for each in form.targets},
        escalation=form.escalation,
        sending_hours=_hours(form.sending_hours) or SENDING_HOURS,
        work=_work(form),
        terms=tuple(_term(each) for each in form.terms),
        events=tuple(Event(e.id, e.title, e.made()) for e in form.events),
        open_end=form.period.until or "",
        anyone_answers=form.anyone_answers,
        direct={each.id: each.role for each in form.targets if each.role},
        renewal=_renewal(form, form.renewal, target) if form.renewal else None,
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
        commitments=tuple(
            commitment
            for each in form.commitments
            for commitment in _with_steps(each, target, row=form.row)
        ),
    )


def _with_steps(form: CommitmentForm, target: str, *, row: int) -> Iterator[Commitment]:
    """A chain becomes its commitment and, in the order of the file, one for each step."""
    whole = _commitment(form, target, row=row)
    yield whole
    for step in form.steps:
        cadence = relative(whole.id, before=step.before, after=step.after)
        yield replace(
            whole,
            id=f"{whole.id}-{step.id}",
            title=step.title,
            cadence=cadence,
            responsible=step.responsible or whole.responsible,
            policy=step.policy or whole.policy,
            hours=None,
            free_day=_free_day(cadence),
            area_type=None,
            places=(),
            shared=(),
            chain=whole.id,
        )


def _commitment(form: CommitmentForm | FollowUpForm, target: str, *, row: int) -> Commitment:
    cadence = form.cadence.made()
    count = form.cadence if isinstance(form.cadence, CountForm) else None
    return Commitment(
        id=form.id,
        title=form.title,
        wording=form.ordalydelse,
        cadence=cadence,
        responsible=form.responsible,
        policy=form.policy,
        target=form.target or target,
        row=row,
        hours=_hours(form.hours),
        free_day=form.free_day or _free_day(cadence),
        area_type=count.areas if count else None,
        reading=form.reading,
        places=(count.places or ()) if count else (),
        shared=(count.shared or ()) if count else (),
        sensitive=isinstance(form, CommitmentForm) and form.sensitive,
    )


def _free_day(cadence: Cadence) -> FreeDayRule:
    """The rule where the author has named none: what must come before does not come later."""
    before = isinstance(cadence, Relative) and cadence.how is Following.BEFORE
    return FreeDayRule.PREVIOUS if before else FreeDayRule.NEXT


def _renewal(form: PlanForm, renewal: RenewalForm, target: str) -> Commitment:
    by = renewal.decide_by
    return Commitment(
        id=RENEWAL,
        title="Beslut om planen ska förlängas",
        wording=form.period.until or f"Planen gäller t.o.m. {day_text(form.period.last)}.",
        cadence=Deadline(by.year, by.month, by.day),
        responsible=renewal.responsible,
        policy=renewal.policy or RENEWAL,
        target=renewal.target or target,
    )


def _renewal_policy(form: PlanForm) -> Policy:
    """Word six and three months ahead, at the hour of the plan's own follow-up."""
    policy = next(each for each in form.policies if each.id == form.follow_up.policy)
    day = form.renewal.decide_by if form.renewal else form.period.last
    leads = tuple((day - (day - relativedelta(months=months))).days for months in (6, 3))
    return replace(_policy(policy), id=RENEWAL, ahead_days=leads)


def _area(form: AreaForm) -> Area:
    return Area(form.id, form.name, form.type, form.confirmed, form.municipality or "")


def _term(form: TermForm) -> Term:
    breaks = tuple(Window(each.first, each.last) for each in form.breaks)
    return Term(form.term, Window(form.first, form.last), breaks, form.municipality or "")


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


def _work(form: PlanForm) -> WorkCalendar:
    pause = form.summer_pause
    return WorkCalendar(Window(pause.first, pause.last) if pause else None, form.bridge_days)
