"""Taking answers: one service for buttons, replies, pages and the shell."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.answer import (
    ATTENDANCE,
    BY_PEOPLE,
    HELD,
    LIGHT,
    MISSING,
    NEED_A_REASON,
    OUTCOMES,
    PLACEMENTS,
    THE_PLAN,
    Answer,
    AnswerKind,
    Standing,
)
from bot.domain.errors import AnswerRefusedError
from bot.domain.occurrence import Occurrence
from bot.domain.plan import Area, Plan
from bot.domain.privacy import refuse_sensitive
from bot.domain.recurrence import Kind, Outcome
from bot.domain.swedish import ANSWERS, day_text, list_text, moment_text, window_text
from bot.domain.walltime import local_day
from bot.services.planning import Agenda
from bot.services.ports import AnswerLedger, Decision

LONGEST_NOTE = 2_000
LONGEST_NAME = 80
LONGEST_SNOOZE = timedelta(days=120)
MOST_PEOPLE = 100_000
# Control characters but tab and line breaks, half characters, and marks that turn text around.
UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was taken; ``repeated`` when the same had been said before."""

    answer: Answer
    occurrence: Occurrence
    repeated: bool


def give(
    agenda: Agenda, ledger: AnswerLedger, answer: Answer, *, now: datetime, correct: bool = False
) -> Given:
    """Take ``answer``, or refuse it with ``AnswerRefusedError`` and change nothing.

    A settled occurrence takes no further answer unless it is meant to ``correct`` the last
    one. What a person left out gets its usual value: the day is today, a snooze lasts until
    the next working morning.
    """
    agenda.find(answer.occurrence)
    _refuse_bad_text(answer)

    def choose(standing: Standing) -> Decision:
        occurrence = agenda.find(answer.occurrence, standing)
        planned = agenda.by_id[answer.occurrence].kind
        asked = _Asked(agenda.plan, occurrence, planned, standing, now)
        return _decision(asked, answer, correct=correct)

    recorded = ledger.decide(answer.occurrence, answer.source, choose)
    standing = ledger.standing(answer.occurrence)
    return Given(recorded.answer, agenda.find(answer.occurrence, standing), not recorded.fresh)


def take_back(agenda: Agenda, ledger: AnswerLedger, given: Answer, back: Answer) -> Given:
    """Take ``given`` back with ``back``; refused where anything was said since, or moved a day."""

    def choose(standing: Standing) -> Decision:
        if standing.newest != given.id or given.kind not in LIGHT:
            raise AnswerRefusedError(
                f"Svaret ”{ANSWERS[given.kind]}” står kvar, eftersom något har hänt efter det. "
                "Är det fel, rätta det."
            )
        return Decision(store=replace(back, kind=AnswerKind.TAKEN_BACK, corrects=given.id))

    recorded = ledger.decide(given.occurrence, back.source, choose)
    standing = ledger.standing(given.occurrence)
    return Given(recorded.answer, agenda.find(given.occurrence, standing), not recorded.fresh)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The occurrence that is answered, what the plan made it, where it stands, and when."""

    plan: Plan
    occurrence: Occurrence
    planned: Kind
    standing: Standing
    now: datetime

    @property
    def today(self) -> date:
        return local_day(self.now, self.plan.zone)


def _decision(asked: _Asked, answer: Answer, *, correct: bool) -> Decision:
    full = _completed(asked, answer)
    for earlier in _comparable(asked, full):
        if full.says_the_same(earlier):
            return Decision(repeated=earlier)
    if correct:
        full = _correction(asked, full)
    else:
        _refuse_settled(asked, full)
    _refuse_bad_facts(asked, full)
    return Decision(store=full, ends_reminders=full.kind in OUTCOMES | PLACEMENTS)


def _comparable(asked: _Asked, answer: Answer) -> tuple[Answer, ...]:
    """What was said before that ``answer`` may repeat: only what still holds."""
    standing, kind = asked.standing, answer.kind
    if kind in HELD and asked.occurrence.kind is Kind.NEED:
        return standing.efforts
    if kind in OUTCOMES:
        return (standing.outcome,) if standing.outcome else ()
    if kind in PLACEMENTS:
        return (standing.placement,) if standing.placement and not standing.outcome else ()
    attendance = standing.attendance(asked.occurrence.times)
    said = attendance if kind in ATTENDANCE | MISSING else standing.current
    ours = tuple(each for each in said if each.by == answer.by)
    if kind in ATTENDANCE:
        return ours
    return tuple(each for each in ours if local_day(each.at, asked.plan.zone) == asked.today)


def _completed(asked: _Asked, answer: Answer) -> Answer:
    """Fill in what a person may leave out."""
    area = _known_area(asked, answer.area)
    if answer.day is None and answer.kind in HELD:
        return replace(answer, day=_usual_day(asked), area=area)
    if answer.day is None and answer.kind is AnswerKind.SNOOZED:
        return replace(answer, day=asked.plan.work.add_working(asked.today, 1), area=area)
    return replace(answer, area=area)


def _usual_day(asked: _Asked) -> date:
    """The day it was to be, or today; after the period a person has to say which day it was."""
    if asked.occurrence.day is None and asked.today > asked.occurrence.counted.window.last:
        period = window_text(asked.occurrence.counted.window)
        raise AnswerRefusedError(f"Perioden {period} är slut. Ange vilken dag det blev gjort.")
    return min(asked.occurrence.day or asked.today, asked.today)


def _known_area(asked: _Asked, named: str | None) -> str | None:
    """The id of the area that was named; the occurrence's own where it has one."""
    own = asked.occurrence.area
    if not named:
        return own.id if own else None
    found = asked.plan.area(named)
    if found is None or (own and found != own):
        choices: tuple[Area, ...] = (own,) if own else asked.plan.areas
        names = list_text([each.name for each in choices])
        raise AnswerRefusedError(f"Området {named!r} hör inte till tillfället. Välj: {names}.")
    return found.id


def _correction(asked: _Asked, answer: Answer) -> Answer:
    """The answer, in the place of the newest outcome; only what changes it can correct it."""
    outcome = asked.standing.outcome
    if outcome and answer.kind not in OUTCOMES | PLACEMENTS:
        raise AnswerRefusedError("Rätta ett svar med ett nytt utfall eller ett nytt datum.")
    return replace(answer, corrects=outcome.id) if outcome else answer


def _refuse_settled(asked: _Asked, answer: Answer) -> None:
    outcome = asked.standing.outcome
    more_efforts = asked.occurrence.kind is Kind.NEED and answer.kind in HELD
    if outcome is None or more_efforts:
        return
    when = moment_text(outcome.at, asked.plan.zone)
    raise AnswerRefusedError(
        f"Tillfället är redan besvarat: {ANSWERS[outcome.kind]} ({outcome.by}, {when}). "
        "Ingenting har ändrats. Var det fel, rätta svaret."
    )


def _refuse_bad_text(answer: Answer) -> None:
    for text in (answer.note, answer.stand_in, answer.by):
        refuse_sensitive(text)
        if UNWRITABLE.search(text):
            raise AnswerRefusedError("Texten har ett styrtecken eller en trasig bokstav i sig.")
    if len(answer.note) > LONGEST_NOTE:
        raise AnswerRefusedError(
            f"Anteckningen är {len(answer.note)} tecken lång; högst {LONGEST_NOTE} går bra."
        )
    if len(answer.stand_in) > LONGEST_NAME:
        raise AnswerRefusedError(f"Ange vem som ersätter med högst {LONGEST_NAME} tecken.")
    if not answer.by.strip() or len(answer.by) > LONGEST_NAME:
        raise AnswerRefusedError(f"Ange vem som svarar, med högst {LONGEST_NAME} tecken.")
    if answer.by.strip().casefold() == THE_PLAN:
        raise AnswerRefusedError(f"”{THE_PLAN}” svarar själv under det namnet; skriv en roll.")
    if answer.kind in NEED_A_REASON and not answer.note.strip():
        raise AnswerRefusedError(f"Svaret ”{ANSWERS[answer.kind]}” behöver en orsak.")
    if answer.number is not None and not 0 <= answer.number <= MOST_PEOPLE:
        raise AnswerRefusedError(f"Antalet ska vara 0–{MOST_PEOPLE}.")


def _refuse_bad_facts(asked: _Asked, answer: Answer) -> None:
    kind = answer.kind
    if kind not in BY_PEOPLE:
        raise AnswerRefusedError(f"”{ANSWERS[kind]}” är inget svar som någon ger.")
    if kind is AnswerKind.NO_NEED and asked.occurrence.kind is not Kind.NEED:
        raise AnswerRefusedError(
            "”Inget behov” gäller bara åtaganden som återkommer efter behov. "
            "Är tillfället inställt, svara det och ange orsaken."
        )
    if kind is AnswerKind.BOOKED and asked.planned is not Kind.SLOT:
        raise AnswerRefusedError(
            "Tillfället har redan ett datum. Svara ”uppskjuten” med nytt datum och orsak."
        )
    if kind in ATTENDANCE and asked.occurrence.day is None:
        raise AnswerRefusedError("Tillfället har inget datum än, så ingen kan säga om den kommer.")
    if kind in PLACEMENTS and asked.occurrence.kind in {Kind.NEED, Kind.DEADLINE}:
        raise AnswerRefusedError("Tillfället har ingen tid att boka eller skjuta upp.")
    if kind in PLACEMENTS:
        _refuse_bad_place(asked, answer)
    if kind in HELD:
        _refuse_bad_day(asked, answer)
        if answer.number is None and isinstance(asked.occurrence.commitment.cadence, Outcome):
            raise AnswerRefusedError("Ange antalet som har tillkommit.")
    if (
        kind is AnswerKind.SNOOZED
        and answer.day
        and not (asked.today < answer.day <= asked.today + LONGEST_SNOOZE)
    ):
        raise AnswerRefusedError(
            f"Välj en dag efter i dag och inom {LONGEST_SNOOZE.days} dagar för påminnelsen."
        )


def _refuse_bad_place(asked: _Asked, answer: Answer) -> None:
    if answer.day is None:
        raise AnswerRefusedError("Ange datum (ÅÅÅÅ-MM-DD).")
    if (answer.start is None) != (answer.end is None) or (
        answer.start and answer.end and answer.end <= answer.start
    ):
        raise AnswerRefusedError("Ange både start- och sluttid, med slutet efter starten.")
    counted = asked.occurrence.counted.window
    allowed = counted if answer.kind is AnswerKind.BOOKED else asked.plan.period
    if answer.day not in allowed:
        raise AnswerRefusedError(
            f"{day_text(answer.day)} ligger inte i perioden "
            f"{window_text(allowed)}. Välj en dag i den."
        )
    if answer.day < asked.today:
        raise AnswerRefusedError(
            f"{day_text(answer.day)} har redan varit. Är det gjort, svara ”genomförd” med datum."
        )


def _refuse_bad_day(asked: _Asked, answer: Answer) -> None:
    if answer.day and answer.day > asked.today:
        raise AnswerRefusedError(
            f"{day_text(answer.day)} ligger i framtiden; svara när det är gjort."
        )
    if answer.day and answer.day not in asked.plan.period:
        raise AnswerRefusedError(
            f"{day_text(answer.day)} ligger utanför planens tid, {window_text(asked.plan.period)}."
        )
