"""From the fields of a form to an answer."""

import re
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeVar

from bot.domain.answer import Answer, AnswerKind, Form
from bot.domain.errors import AnswerRefusedError
from bot.services.desk import Desk
from bot.web.articles import Part
from bot.web.forms import Fields

NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
LONGEST_NUMBER = 9
Closed = TypeVar("Closed", bound=StrEnum)


def taken(desk: Desk, fields: Fields, *, by: str, way: str = "room") -> str:
    """Give the desk what a form says, and return the line that tells how it was taken."""
    answer = answer_of(fields, by=by, at=desk.now(), way=way)
    given = desk.give(answer, correct=fields.get("part") == Part.CORRECT)
    return desk.confirmation(given)


def answer_of(fields: Fields, *, by: str, at: datetime, way: str) -> Answer:
    """Return what a form says, or raise ``AnswerRefusedError`` naming the field to mend.

    The form's nonce becomes the answer's source, so that a form sent twice is one answer.
    """
    form = fields.get("form")
    return Answer(
        occurrence=fields.get("occurrence", ""),
        kind=_chosen(AnswerKind, fields.get("kind", ""), "svar"),
        by=by,
        at=at,
        day=_day(fields.get("day")),
        start=_time(fields.get("start")),
        end=_time(fields.get("end")),
        area=fields.get("area") or None,
        form=_chosen(Form, form, "form") if form else None,
        number=_number(fields.get("number")),
        note=fields.get("note", ""),
        stand_in=fields.get("stand_in", ""),
        source=f"{way}:{_nonce(fields)}",
    )


def _nonce(fields: Fields) -> str:
    nonce = fields.get("nonce", "")
    if not NONCE.fullmatch(nonce):
        raise AnswerRefusedError("Formuläret är ofullständigt. Ladda om sidan och svara igen.")
    return nonce


def _chosen(closed: type[Closed], value: str, what: str) -> Closed:
    try:
        return closed(value)
    except ValueError as error:
        raise AnswerRefusedError(f"Välj {what} bland alternativen på sidan.") from error


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise AnswerRefusedError("Datumet går inte att läsa; skriv ÅÅÅÅ-MM-DD.") from error


def _time(text: str | None) -> time | None:
    if not text:
        return None
    try:
        return time.fromisoformat(text.replace(".", ":").zfill(5)).replace(tzinfo=None)
    except ValueError as error:
        raise AnswerRefusedError("Tiden går inte att läsa; skriv till exempel 9.30.") from error


def _number(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise AnswerRefusedError("Skriv antalet med siffror.")
    return int(text)
