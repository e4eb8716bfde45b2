"""Answers to rehearse with: a file that a coordinator writes by hand, or that the log fills."""

import re
from argparse import ArgumentTypeError
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.cli.parser import FORM_WORDS, KIND_WORDS, KINDS, kind
from bot.domain.answer import Answer, AnswerKind, Form
from bot.domain.errors import Fault, PlanFileError
from bot.domain.walltime import instant
from bot.planfile import scalars
from bot.planfile.document import Document, Value, parse_document
from bot.planfile.document import Path as Place
from bot.planfile.phrases import choices, closest, guidance, quoted, shown
from bot.planfile.reading import read_text
from bot.services.planning import Agenda, Standings
from bot.services.rehearsing import Line, replayed

_T = TypeVar("_T")

REQUIRED = ("at", "occurrence", "kind")
KEYS = (
    *REQUIRED, "by", "day", "start", "end", "area", "form", "number", "note", "stand_in", "correct",
)  # fmt: skip
MOMENT = re.compile(r"(\S+)(?:T| +)([0-9]{1,2})[.:]([0-9]{2})")
MOMENT_WITH_OFFSET = re.compile(
    r"[0-9-]{10}[T ][0-9:]{5,8}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
MOMENT_WANTED = "en dag och ett klockslag som 2018-01-16 11:00"


def read_answers(path: Path, agenda: Agenda) -> Standings:
    """Return where the answers in the file leave things; ``PlanFileError`` tells every fault."""
    return parse_answers(read_text(path), str(path), agenda)


def parse_answers(text: str, name: str, agenda: Agenda) -> Standings:
    """Return where the answers in ``text`` leave things; ``name`` is the file's, for the faults."""
    document = parse_document(text, name)
    faults = [*document.faults, *_stray_keys(document, (), document.data, ("answers",))]
    answers = document.data.get("answers")
    if not isinstance(answers, list):
        said = "Filen ska hålla listan ”answers”, med ett svar efter varje bindestreck."
        raise PlanFileError(name, [*faults, Fault(*document.at(("answers",)), said)])
    entries = [
        _Entry(document, ("answers", number), value if isinstance(value, dict) else {}, agenda)
        for number, value in enumerate(answers)
    ]
    standings, refused = replayed(agenda, _whole(entries))
    faults += [fault for entry in entries for fault in entry.faults]
    faults += [Fault(*document.at(entries[r.line.number].place), str(r.error)) for r in refused]
    if faults:
        raise PlanFileError(name, faults)
    return standings


def said_data(answer: Answer, zone: ZoneInfo) -> dict[str, object]:
    """Return ``answer`` as an entry of such a file, its instant on the wall clock of ``zone``."""
    given = {
        "day": answer.day and answer.day.isoformat(),
        "start": answer.start and f"{answer.start:%H:%M}",
        "end": answer.end and f"{answer.end:%H:%M}",
        "area": answer.area,
        "form": answer.form and answer.form.value,
        "number": answer.number,
        "note": answer.note or None,
        "stand_in": answer.stand_in or None,
        "correct": bool(answer.corrects) or None,
    }
    return {
        "at": answer.at.astimezone(zone).isoformat(),
        "occurrence": answer.occurrence,
        "kind": answer.kind.value,
        "by": answer.by,
        **{key: value for key, value in given.items() if value is not None},
    }


def _whole(entries: Sequence["_Entry"]) -> list[Line]:
    """The answers of the occurrences of which every answer can be read.

    What follows on a broken answer would only be refused for want of it.
    """
    lines = [(entry, entry.line(number)) for number, entry in enumerate(entries)]
    broken = [entry.data.get("occurrence") for entry, line in lines if line is None]
    return [line for _, line in lines if line and line.answer.occurrence not in broken]


def _stray_keys(
    document: Document, place: Place, data: object, known: tuple[str, ...]
) -> list[Fault]:
    keys = [key for key in data if key not in known] if isinstance(data, dict) else []
    return [
        Fault(
            *document.key_at((*place, key)),
            f"Nyckeln {quoted(key)} finns inte här; {guidance(key, known)}",
        )
        for key in keys
    ]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One answer of the file, and what is wrong with it."""

    document: Document
    place: Place
    data: dict[str, Value]
    agenda: Agenda
    faults: list[Fault] = field(default_factory=list)

    def line(self, number: int) -> Line | None:
        """Return the answer, or nothing and its faults."""
        self.faults.extend(_stray_keys(self.document, self.place, self.data, KEYS))
        at, correct = self._read("at", self._moment), self._read("correct", _truth)
        occurrence, said = self._read("occurrence", self._occurrence), self._read("kind", _kind)
        answer = Answer(
            occurrence=occurrence or "",
            kind=said or AnswerKind.DONE,
            by=self._read("by", _text) or self._responsible(occurrence),
            at=at or datetime.min.replace(tzinfo=UTC),
            day=self._read("day", scalars.day),
            start=self._read("start", _clock(scalars.time_of_day)),
            end=self._read("end", _clock(scalars.time_of_day)),
            area=self._read("area", _text),
            form=self._read("form", _form),
            number=self._read("number", _number),
            note=self._read("note", _text) or "",
            stand_in=self._read("stand_in", _text) or "",
        )
        self._miss()
        return None if self.faults else Line(number, answer, correct=correct or False)

    def _read(self, key: str, parse: Callable[[object], _T]) -> _T | None:
        value = self.data.get(key)
        if value is None:
            return None
        try:
            return parse(value)
        except ValueError as error:
            place = self.document.at((*self.place, key))
            self.faults.append(Fault(*place, f"{quoted(key)}: {error}"))
            return None

    def _miss(self) -> None:
        missing = [quoted(key) for key in REQUIRED if self.data.get(key) is None]
        if missing:
            needed = choices(missing).replace(" eller ", " och ")
            text = f"Svaret saknar {needed}; varje svar behöver ”at”, ”occurrence” och ”kind”."
            self.faults.append(Fault(*self.document.at(self.place), text))

    def _moment(self, value: object) -> datetime:
        return _moment(value, self.agenda.plan.zone)

    def _occurrence(self, value: object) -> str:
        name = _text(value)
        if name in self.agenda.by_id:
            return name
        meant = closest(name, self.agenda.by_id)
        right = (
            f"menade du {meant}?" if meant else "loftesbot occurrences räknar upp dem som finns."
        )
        raise ValueError(f"det finns inget tillfälle {quoted(name)} i planen; {right}")

    def _responsible(self, occurrence: str | None) -> str:
        """Who answers where the file does not say: the first who is responsible."""
        if occurrence is None:
            return ""
        role = self.agenda.by_id[occurrence].commitment.responsible[0]
        return self.agenda.plan.roles[role].name


def _moment(value: object, zone: ZoneInfo) -> datetime:
    """Return the instant that ``value`` names, on the wall clock of ``zone`` where it has none."""
    text = value if isinstance(value, str) else ""
    if MOMENT_WITH_OFFSET.fullmatch(text):
        scalars.day(text[:10])
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except ValueError:
            raise _wanted(MOMENT_WANTED, value) from None
    found = MOMENT.fullmatch(text)
    if found is None:
        raise _wanted(MOMENT_WANTED, value)
    at = scalars.time_of_day(f"{found[2]}:{found[3]}")
    return instant(scalars.day(found[1]), at, zone)


def _clock(parse: Callable[[object], _T]) -> Callable[[object], _T]:
    """Let a time of day be written ``9.00`` too."""
    return lambda value: parse(value.replace(".", ":") if isinstance(value, str) else value)


def _kind(value: object) -> AnswerKind:
    text = _text(value)
    try:
        return kind(text)
    except ArgumentTypeError:
        meant = closest(text, KIND_WORDS)
        asked = f" Menade du {quoted(meant)}?" if meant else ""
        raise ValueError(f"ska vara {choices(KINDS)}, inte {shown(value)}.{asked}") from None


def _form(value: object) -> Form:
    if isinstance(value, str) and value in FORM_WORDS:
        return FORM_WORDS[value]
    raise _wanted(choices(FORM_WORDS), value)


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise _wanted("text", value)


def _number(value: object) -> int:
    if type(value) is int:
        return value
    raise _wanted("ett heltal", value)


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _wanted("true eller false", value)


def _wanted(what: str, value: object) -> ValueError:
    return ValueError(f"ska vara {what}, inte {shown(value)}.")
