"""The follow-up as a document: HTML to read and sign, JSON for machines."""

import json

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from bot.domain.answer import AnswerKind
from bot.domain.swedish import (
    ANSWERS,
    PACE_SYMBOLS,
    PACES,
    day_text,
    period_text,
    weekday_text,
    window_text,
)
from bot.reports.structure import report_data
from bot.services import composing, retelling
from bot.services.following_up import Change, FollowUp

_pages = Environment(
    loader=PackageLoader("bot.reports"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.globals.update(
    day=day_text,
    period=period_text,
    window=window_text,
    name=composing.name,
    when=composing.when,
    answered=retelling.answered,
    symbols=PACE_SYMBOLS,
    pace_words=PACES,
)


def as_html(follow_up: FollowUp, seal: str = "") -> str:
    """Return a page that stands alone: no script, nothing loaded from elsewhere.

    ``seal`` is the newest link of the plan's log.
    """
    template = _pages.get_template("follow_up.html")
    return template.render(found=follow_up, plan=follow_up.plan, what=_what, seal=seal)


def as_json(follow_up: FollowUp, seal: str = "") -> str:
    """Return one JSON object, UTF-8, indented for eyes."""
    return json.dumps(report_data(follow_up) | {"seal": seal or None}, ensure_ascii=False, indent=2)


def _what(change: Change) -> str:
    words = {each.value: word for each, word in ANSWERS.items()}
    to = change.answer.day if change.answer else None
    if change.what == AnswerKind.POSTPONED and to:
        return f"uppskjuten till {weekday_text(to)}"
    return words.get(change.what, change.what)
