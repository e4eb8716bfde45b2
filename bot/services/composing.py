"""Putting a reminder into words: plain Swedish, no markup, the same for every product."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.answer import THE_PLAN, Answer, AnswerKind, Standing
from bot.domain.message import PEOPLE, Message, Tone
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Plan
from bot.domain.recurrence import Base, Continuous, Kind, Outcome
from bot.domain.reminder import StepKind
from bot.domain.swedish import (
    day_text,
    moment_text,
    month_text,
    weekday_text,
    when_text,
    window_text,
)
from bot.domain.walltime import local_day
from bot.services import asking, retelling
from bot.services.reminding import roles_of, step_kind, step_number

LATE_AFTER = timedelta(hours=1)

TONES = {
    StepKind.ASK: Tone.ASKING,
    StepKind.NAG: Tone.URGENT,
    StepKind.ESCALATE: Tone.URGENT,
    StepKind.CANNOT: Tone.URGENT,
    StepKind.LOST: Tone.URGENT,
}
EXPECTED = {
    Kind.OCCURRENCE: "Kvittera att ni har sett det, och svara Genomförd när det är gjort.",
    Kind.SLOT: "Boka ett datum, eller svara Genomförd om det redan är gjort.",
    Kind.DEADLINE: "Kvittera att ni har sett det, och svara Genomförd när det är klart.",
    Kind.NEED: "Svara Genomförd för varje insats, eller Inget behov om inget har behövts.",
}
# What a question is about depends on the promise: the word for its day, and what to answer.
ON_DEMAND = ("Har det behövts?", EXPECTED[Kind.NEED])
QUESTIONS: Mapping[type, tuple[str, str]] = {
    Continuous: (
        "Vad har gjorts?",
        "Svara Genomförd och skriv vad som har gjorts, eller Inget behov om inget var aktuellt.",
    ),
    Outcome: (
        "Hur många har tillkommit?",
        "Svara Genomförd med antalet som har tillkommit, eller Inget behov om det inte är något.",
    ),
}
NUMBERS: Mapping[type, str] = {Outcome: "Antal som har tillkommit"}
AFTERWARDS = "Blev det av? Svara Genomförd; där väljer ni också Delvis genomförd eller Inställd."
REPEAT = "Kan vara en upprepning: det är oklart om det förra meddelandet kom fram."
TAKE_OVER = "Kvittera den som tar över."
AFTER_STEPS = {StepKind.ASK, StepKind.NAG, StepKind.ESCALATE}


@dataclass(frozen=True, slots=True)
class Sending:
    """One sending of one step: its unique key, when it was due, and when it was posted.

    Both instants are the plan's; one that is yet to be posted counts as posted now. ``again``
    says that it may have arrived before.
    """

    key: str
    step: str
    due: datetime
    posted: datetime
    late_after: timedelta = LATE_AFTER
    again: bool = False


def message(
    plan: Plan,
    occurrence: Occurrence,
    standing: Standing,
    sending: Sending,
    base: Occurrence | None,
) -> Message:
    """Return the words for ``sending``; ``occurrence`` is as the answers left it.

    So is ``base``, the occurrence that it follows. The same call gives the words for showing an
    old message anew after an answer.
    """
    today = local_day(sending.posted, plan.zone)
    occurrence, base = occurrence.seen(today), base and base.seen(today)
    return Message(
        key=sending.key,
        occurrence=occurrence.id,
        title=_title(plan, occurrence, standing, sending),
        lines=(*_about(occurrence, base), *_lines(plan, occurrence, standing, sending)),
        tone=_tone(occurrence, standing, sending),
        late=_late(plan, sending),
        repeat=REPEAT if sending.again else "",
        history=retelling.history(plan, standing, veiled=occurrence.veiled),
        asks=asking.asks(occurrence, settled=standing.outcome is not None),
        areas=asking.areas(plan, occurrence),
        number=NUMBERS.get(type(occurrence.commitment.cadence), PEOPLE),
        calendar=calendar_name(occurrence),
    )


def name(occurrence: Occurrence) -> str:
    """Return what an occurrence is called: ``Medborgardialog, Sätra``."""
    area = None if occurrence.veiled else occurrence.area
    return f"{occurrence.commitment.title}, {area.name}" if area else occurrence.commitment.title


def when(occurrence: Occurrence) -> str:
    """Return when it is, or by when: ``senast torsdag 29 mars 2018``."""
    if occurrence.veiled:
        return month_text(occurrence.due)
    if occurrence.day:
        return when_text(occurrence.day, occurrence.hours)
    long = occurrence.kind is Kind.DEADLINE and occurrence.window.days > 1
    if long or occurrence.kind is Kind.NEED:
        return window_text(occurrence.window)
    return f"senast {weekday_text(occurrence.due)}"


def calendar_name(occurrence: Occurrence) -> str:
    """Return the name of the calendar file; nothing while there is no day that may be told."""
    told = occurrence.day and not occurrence.veiled
    return f"{occurrence.id.replace('/', '-')}.ics" if told else ""


def _title(plan: Plan, occurrence: Occurrence, standing: Standing, sending: Sending) -> str:
    named, kind = name(occurrence), step_kind(sending.step)
    if kind is StepKind.ESCALATE:
        to = plan.role_names(roles_of(plan, occurrence.commitment, sending.step))
        return f"Lyft till {to}: {named}"
    if kind is StepKind.CANNOT:
        told = _told(standing, sending)
        stand_in = told.stand_in if told else ""
        return f"Ersättare: {stand_in} – {named}" if stand_in else f"Ersättare behövs: {named}"
    if kind is StepKind.NOTICE:
        return f"{_notice(standing, sending)}: {named}"
    if kind is StepKind.DAY:
        return f"{_day_word(plan, occurrence, sending)} {named}"
    if kind is StepKind.ASK and occurrence.kind is Kind.SLOT:
        return f"Inte bokad i tid: {named}"
    word = {
        StepKind.BOOK: "Boka in",
        StepKind.AHEAD: "Påminnelse",
        StepKind.LOST: "Antalet kan inte längre nås",
        StepKind.SILENCE: _question(occurrence)[0],
        StepKind.ASK: "Genomförd?",
        StepKind.NAG: "Svar saknas",
        StepKind.SNOOZED: "Påminnelse, som ni bad om",
    }[kind]
    return f"{word} {named}" if word.endswith("?") else f"{word}: {named}"


def _notice(standing: Standing, sending: Sending) -> str:
    told = _told(standing, sending)
    booked = "Nytt datum" if told and told.by == THE_PLAN else "Bokat"
    words = {AnswerKind.BOOKED: booked, AnswerKind.POSTPONED: "Nytt datum"}
    return words.get(told.kind, "Inställt") if told else "Ändrat"


def _day_word(plan: Plan, occurrence: Occurrence, sending: Sending) -> str:
    if occurrence.kind is Kind.NEED:
        return _question(occurrence)[0]
    if occurrence.kind is Kind.SLOT:
        return "Påminnelse:" if occurrence.veiled else "Sista lämpliga dag:"
    if occurrence.kind is Kind.DEADLINE:
        return "Dags:"
    today = local_day(sending.due, plan.zone) == occurrence.day
    return "I dag:" if today and not occurrence.veiled else "Påminnelse:"


def _tone(occurrence: Occurrence, standing: Standing, sending: Sending) -> Tone:
    """Urgent only until somebody has said something, or a new day was set."""
    if standing.outcome:
        return Tone.SETTLED
    tone = TONES.get(step_kind(sending.step), Tone.PLAIN)
    heard = any(each.at >= sending.posted and each.by != THE_PLAN for each in standing.current)
    return Tone.PLAIN if heard or _before_a_move(occurrence, sending) else tone


def _before_a_move(occurrence: Occurrence, sending: Sending) -> bool:
    """Whether the message is from before the occurrence was booked or postponed."""
    return int(sending.step.partition("+")[2] or 0) < occurrence.revision


def _about(occurrence: Occurrence, base: Occurrence | None) -> Iterator[str]:
    """When it is, and what it follows."""
    yield f"När: {when(occurrence)}"
    if base:
        yield f"Hör till: {name(base)}, {when(base)}"
    elif occurrence.follows:
        yield f"Hör till: {occurrence.follows.title}, {_held(occurrence.follows)}"


def _held(base: Base) -> str:
    outside = base.outside
    return when_text(outside.day, outside.hours) if outside else weekday_text(base.last)


def _lines(plan: Plan, occurrence: Occurrence, standing: Standing, sending: Sending) -> list[str]:
    roles = plan.role_names(roles_of(plan, occurrence.commitment, sending.step))
    lines = [] if occurrence.veiled else _particulars(occurrence, sending)
    if step_kind(sending.step) is StepKind.LOST and (told := _told(standing, sending)):
        lines.insert(0, told.note)
    lines += [f"Till: {roles}", f"Åtagande: {occurrence.commitment.wording}"]
    if step_kind(sending.step) is StepKind.CANNOT:
        lines[1:1] = _who_cannot(occurrence, standing, sending)
    lines += retelling.attendance(standing, occurrence.times)
    if standing.outcome is None:
        lines.append(_expected(occurrence, sending))
    return lines


def _particulars(occurrence: Occurrence, sending: Sending) -> list[str]:
    """The days that say more than its month."""
    lines = list[str]()
    if occurrence.kind is Kind.SLOT:
        lines.append(f"Gäller: {window_text(occurrence.window)}")
    if occurrence.moved_from and occurrence.moved_from != occurrence.day:
        reason = f" ({occurrence.reason})" if occurrence.reason else ""
        lines.append(f"Flyttat från {day_text(occurrence.moved_from)}{reason}")
    if step_kind(sending.step) is StepKind.SILENCE:
        lines.append(f"Ingenting är antecknat sedan {day_text(occurrence.window.first)}.")
    return lines


def _who_cannot(occurrence: Occurrence, standing: Standing, sending: Sending) -> list[str]:
    told = _told(standing, sending)
    why = f": ”{told.note}”" if told and not occurrence.veiled else ""
    return [f"{told.by} kan inte{why}"] if told else []


def _told(standing: Standing, sending: Sending) -> Answer | None:
    """The answer that a step such as ``notice-7`` tells of."""
    number = step_number(sending.step)
    return next((each for each in standing.answers if each.id == number), None)


def _expected(occurrence: Occurrence, sending: Sending) -> str:
    if _before_a_move(occurrence, sending):
        return f"Ny dag är bestämd: {when(occurrence)}."
    if step_kind(sending.step) is StepKind.CANNOT:
        return TAKE_OVER
    if occurrence.kind is Kind.NEED:
        by = None if occurrence.veiled else occurrence.asking.answer_by
        return _question(occurrence)[1] + (f" Svara senast {day_text(by)}." if by else "")
    return AFTERWARDS if step_kind(sending.step) in AFTER_STEPS else EXPECTED[occurrence.kind]


def _question(occurrence: Occurrence) -> tuple[str, str]:
    return QUESTIONS.get(type(occurrence.commitment.cadence), ON_DEMAND)


def _late(plan: Plan, sending: Sending) -> str:
    if sending.posted - sending.due <= sending.late_after:
        return ""
    return f"Försenad påminnelse: skulle ha kommit {moment_text(sending.due, plan.zone)}."
