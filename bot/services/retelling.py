"""Retelling answers: who said what and when, in a line each, the same wherever it is shown."""

from dataclasses import replace
from datetime import datetime

from bot.domain.answer import PLACEMENTS, Answer, AnswerKind, Standing
from bot.domain.delivery import Delivery, Draft, Part
from bot.domain.invitation import Times
from bot.domain.message import Message
from bot.domain.plan import Plan
from bot.domain.recurrence import Outcome
from bot.domain.swedish import ANSWERS, FORMS, capital, day_text, moment_text, when_text
from bot.domain.walltime import Hours

LONGEST_HISTORY = 12
COMING = (AnswerKind.ATTENDING, AnswerKind.TENTATIVE, AnswerKind.ABSENT)
# The step that an answer told in a thread is; no reminder has it.
SAID = "said"


def history(plan: Plan, standing: Standing, *, veiled: bool = False) -> tuple[str, ...]:
    """Return who answered what and when, oldest first; the newest dozen."""
    newest = standing.answers[-LONGEST_HISTORY:]
    return tuple(answered(plan, each, veiled=veiled) for each in newest)


def answered(plan: Plan, answer: Answer, *, veiled: bool = False) -> str:
    """Return one answer in a line: ``Genomförd (14 mars 2018, fysisk, 12 deltagare): …``.

    Of what is ``veiled`` neither the facts nor the note are told.
    """
    what = capital(ANSWERS[answer.kind])
    facts = "" if veiled else ", ".join(_facts(plan, answer))
    note = f": ”{answer.note}”" if answer.note and not veiled else ""
    who = f"{answer.by}, {moment_text(answer.at, plan.zone)}"
    return f"{what}{f' ({facts})' if facts else ''}{note} – {who}"


def attendance(standing: Standing, times: Times | None) -> list[str]:
    """Return who has answered the invitation to ``times``, in a line for each answer."""
    words = standing.attendance(times)
    said = [(kind, [each.by for each in words if each.kind is kind]) for kind in COMING]
    return [f"{capital(ANSWERS[kind])}: {', '.join(names)}" for kind, names in said if names]


def drafts(delivery: Delivery, standing: Standing, *, upto: int, now: datetime) -> list[Draft]:
    """Return what is told in the thread of ``delivery``: answers since those that it shows.

    ``upto`` is the newest of them. Each is told in one thread of a target, whoever says so and
    how often.
    """
    said = [each.id for each in standing.answers if delivery.shown < each.id <= upto]
    draft = delivery.draft
    return [
        replace(
            draft,
            key=f"{draft.occurrence}#{SAID}-{number}@{draft.target}",
            step=f"{SAID}-{number}",
            due=now,
            part=Part.RETELLING,
            thread=delivery.receipt,
        )
        for number in said
    ]


def message(plan: Plan, draft: Draft, standing: Standing, *, veiled: bool) -> Message | None:
    """Return the answer that ``draft`` tells of, in words; nothing where there is none."""
    number = int(draft.step.removeprefix(f"{SAID}-"))
    told = next((each for each in standing.answers if each.id == number), None)
    if told is None:
        return None
    line = answered(plan, told, veiled=veiled)
    return Message(draft.key, draft.occurrence, line, (), thread=draft.thread)


def _facts(plan: Plan, answer: Answer) -> list[str]:
    area = plan.area(answer.area) if answer.area else None
    day = _answer_day(answer)
    return [
        *([day] if day else []),
        *([area.name] if area else []),
        *([FORMS[answer.form]] if answer.form else []),
        *([_number(plan, answer)] if answer.number is not None else []),
        *([f"ersätts av {answer.stand_in}"] if answer.stand_in else []),
    ]


def _answer_day(answer: Answer) -> str:
    if answer.day is None:
        return ""
    hours = Hours(answer.start, answer.end) if answer.start and answer.end else None
    if answer.kind in PLACEMENTS:
        prefix = "till " if answer.kind is AnswerKind.POSTPONED else ""
        return prefix + when_text(answer.day, hours)
    return day_text(answer.day)


def _number(plan: Plan, answer: Answer) -> str:
    """The number as what it counts: people who came, or what was added towards a target."""
    commitment = answer.occurrence.split("/")[1]
    wanted = next((each for each in plan.commitments if each.id == commitment), None)
    adds = wanted is not None and isinstance(wanted.cadence, Outcome)
    return f"{answer.number} har tillkommit" if adds else f"{answer.number} deltagare"
