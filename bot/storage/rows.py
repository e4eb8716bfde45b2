"""Rows of the ledgers, from and to the domain's values."""

from dataclasses import fields
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy.engine import RowMapping

from bot.domain.answer import Answer, AnswerKind, Form
from bot.domain.delivery import (
    Delivery,
    DeliveryState,
    Draft,
    Outcome,
    Part,
    Refused,
    Sent,
    TryAgain,
    Uncertain,
)


def as_delivery(row: RowMapping) -> Delivery:
    """Return the delivery that a row holds."""
    draft_values: dict[str, Any] = {each.name: row[each.name] for each in fields(Draft)}
    draft = Draft(**draft_values | {"part": Part(row["part"])})
    own = [each.name for each in fields(Delivery) if each.name not in {"draft", "failures"}]
    values: dict[str, Any] = {name: row[name] for name in own}
    return Delivery(**values | {"draft": draft, "state": DeliveryState(row["state"])})


def as_row(draft: Draft, *, written: datetime, now: datetime) -> dict[str, Any]:
    """Return the row of a draft that may go out at once."""
    values: dict[str, Any] = {each.name: getattr(draft, each.name) for each in fields(draft)}
    return values | {
        "written": written,
        "state": DeliveryState.PENDING,
        "not_before": now,
        "attempt": 0,
        "uncertain": False,
        "receipt": "",
        "reason": "",
        "shown": 0,
        "holder": "",
        "wanted": 0,
    }


def changes(
    delivery: Delivery, outcome: Outcome, *, now: datetime, until: datetime
) -> dict[str, Any]:
    """Return what an outcome changes in the row; what is to be tried again rests ``until`` then."""
    match outcome:
        case Sent():
            return {
                "state": DeliveryState.SENT,
                "receipt": outcome.receipt,
                "uncertain": False,
                "posted": delivery.posted,
                "shown": delivery.shown,
                "settled": now,
            }
        case Refused():
            return {
                "state": DeliveryState.FAILED,
                # What this attempt came to says nothing about an earlier one.
                "uncertain": delivery.uncertain,
                "reason": outcome.reason,
                "settled": now,
            }
        case TryAgain() | Uncertain():
            unclear = isinstance(outcome, Uncertain)
            return {
                "state": DeliveryState.UNCERTAIN if unclear else DeliveryState.PENDING,
                "uncertain": unclear,
                "not_before": until,
                "lease_until": None,
                "reason": outcome.reason,
            }
        case _:
            assert_never(outcome)


def as_answer(row: RowMapping) -> Answer:
    """Return the answer that a row holds."""
    values: dict[str, Any] = {each.name: row[each.name] for each in fields(Answer)}
    form = Form(row["form"]) if row["form"] else None
    values |= {"kind": AnswerKind(row["kind"]), "form": form, "source": row["source"] or ""}
    return Answer(**values)
