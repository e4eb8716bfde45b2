"""Relevance: whether a delivery that waits still means anything, and why it does not."""

from datetime import datetime

from bot.domain.answer import Standing
from bot.domain.delivery import Draft, Part, Withdrawal
from bot.domain.invitation import parse_mark
from bot.domain.occurrence import Occurrence
from bot.domain.reminder import StepKind
from bot.domain.walltime import local_day
from bot.services.composing import calendar_name
from bot.services.inviting import Invited, is_outdated, sequence_of
from bot.services.planning import Agenda
from bot.services.reminding import newest_due, schedule, step_kind

BEFOREHAND = {StepKind.BOOK, StepKind.AHEAD, StepKind.SILENCE, StepKind.DAY}


def lost_meaning(draft: Draft, agenda: Agenda | None, standing: Standing, *, now: datetime) -> str:
    """Return why ``draft`` has lost its meaning by ``now``; nothing while it has one.

    Only the newest step that is due may go out. ``now`` is the plan's clock; one that was set
    back to before the step does not take its meaning away, it only has to wait.
    """
    if agenda is None or draft.occurrence not in agenda.by_id:
        return Withdrawal.UNPLANNED
    occurrence = agenda.find(draft.occurrence, standing)
    over = local_day(now, agenda.plan.zone) > occurrence.last_day
    if draft.part is Part.CALENDAR:
        return _of_calendar(occurrence, over=over)
    if over and step_kind(draft.step) in BEFOREHAND:
        return Withdrawal.OVER
    newest = newest_due(schedule(agenda.plan, occurrence, standing), now=max(now, draft.due))
    if newest and newest.step == draft.step:
        return ""
    return Withdrawal.ANSWERED if standing.outcome else Withdrawal.OVERTAKEN


def lost_invitation(
    draft: Draft, agenda: Agenda | None, last: Invited, standing: Standing, *, now: datetime
) -> str:
    """Return why an invitation has lost its meaning by ``now``; nothing while it has one.

    ``last`` is what its reader was told last: a newer one says what is so, and what never
    reached them need not be ended.
    """
    mark = parse_mark(draft.thread)
    if agenda is None:
        return Withdrawal.UNPLANNED
    if last.sequence > sequence_of(draft.step):
        return Withdrawal.REPLACED
    if mark.ended and not last.arrived:
        return Withdrawal.UNTOLD
    if draft.occurrence not in agenda.by_id:
        return "" if mark.ended else Withdrawal.UNPLANNED
    occurrence = agenda.find(draft.occurrence, standing)
    outdated = is_outdated(mark, occurrence, standing, local_day(now, agenda.plan.zone))
    return Withdrawal.REPLACED if outdated else ""


def _of_calendar(occurrence: Occurrence, *, over: bool) -> str:
    if not calendar_name(occurrence):
        return Withdrawal.UNDATED
    return Withdrawal.OVER if over else ""
