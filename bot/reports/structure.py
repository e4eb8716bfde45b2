"""The follow-up as plain data: what JSON shows, and what the page is made of."""

from typing import Any

from bot.domain.answer import Answer
from bot.domain.occurrence import Occurrence
from bot.services import composing
from bot.services.following_up import Change, FollowUp, StatusRow


def row_data(row: StatusRow) -> dict[str, Any]:
    """Return a status row with the names that scripts rely on."""
    sensible = row.last_sensible_date
    return {
        "commitment": row.commitment.id,
        "area": row.area.id if row.area else None,
        "period": row.period.name,
        "promised": row.promised,
        "booked": row.booked,
        "done": row.done,
        "partly_done": row.partly_done,
        "cancelled": row.cancelled,
        "remaining": row.remaining,
        "pace": row.pace.value,
        "why": row.why,
        "last_sensible_date": sensible.isoformat() if sensible else None,
    }


def report_data(follow_up: FollowUp) -> dict[str, Any]:
    """Return the whole follow-up; days are ISO dates, instants ISO with offset."""
    plan = follow_up.plan
    return {
        "plan": plan.id,
        "title": plan.title,
        "as_of": follow_up.as_of.isoformat(),
        "period": {
            "from": plan.period.first.isoformat(),
            "to": plan.period.last.isoformat(),
        },
        "status": [row_data(each) for each in follow_up.rows],
        "held": [_held(follow_up, *each) for each in follow_up.held],
        "changes": [_change(follow_up, each) for each in follow_up.changes],
        "open": [_occurrence(each) for each in follow_up.open],
        "ahead": [_occurrence(each) for each in follow_up.ahead],
    }


def _occurrence(occurrence: Occurrence) -> dict[str, Any]:
    return {
        "occurrence": occurrence.id,
        "name": composing.name(occurrence),
        "due": occurrence.due.isoformat(),
        "when": composing.when(occurrence),
    }


def _change(follow_up: FollowUp, change: Change) -> dict[str, Any]:
    said = _answer(follow_up, change.answer) if change.answer else {}
    return _occurrence(change.occurrence) | {"what": change.what, "why": change.why} | said


def _held(follow_up: FollowUp, occurrence: Occurrence, answer: Answer) -> dict[str, Any]:
    return _occurrence(occurrence) | _answer(follow_up, answer)


def _answer(follow_up: FollowUp, answer: Answer) -> dict[str, Any]:
    return {
        "answer": answer.kind.value,
        "by": answer.by,
        "at": answer.at.astimezone(follow_up.plan.zone).isoformat(),
        "day": answer.day.isoformat() if answer.day else None,
        "area": answer.area,
        "form": answer.form.value if answer.form else None,
        "number": answer.number,
        "note": answer.note,
        "stand_in": answer.stand_in,
    }
