"""The forms behind the buttons, and what people filled in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from bot.chat.slack.blocks import LONGEST_OPTION, PREFIX, Block, clipped, plain, section
from bot.domain.answer import Answer, AnswerKind, Form
from bot.domain.errors import AnswerRefusedError
from bot.domain.message import Ask, Message
from bot.services.membership import Visitor

View = dict[str, Any]

FIELD = "value"
KIND, DAY, START, END = "utfall", "datum", "start", "slut"
FORM, AREA, NUMBER, NOTE, STAND_IN = "form", "omrade", "antal", "anteckning", "ersattare"

LONGEST_INTRODUCTION = 500
LONGEST_NOTE = 2_000
LONGEST_NAME = 80
MOST_OPTIONS = 100
MOST_PEOPLE = "100000"

KINDS = {
    AnswerKind.DONE: "Genomförd",
    AnswerKind.PARTLY_DONE: "Delvis genomförd",
    AnswerKind.CANCELLED: "Inställd",
}
FORMS = {Form.PHYSICAL: "Fysisk", Form.DIGITAL: "Digital"}
# Where a refusal is shown: below the field that a person can most likely do something about.
ERROR_FIELDS = {Ask.DONE: NOTE, Ask.CANNOT: NOTE, Ask.BOOK: DAY, Ask.POSTPONE: DAY}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who answers, when, and which event of Slack's carried it."""

    visitor: Visitor
    at: datetime
    source: str

    @property
    def by(self) -> str:
        """The name that others see."""
        return self.visitor.name

    def says(self, occurrence: str, kind: AnswerKind) -> Answer:
        """Return the answer that is nothing but its kind."""
        return Answer(occurrence, kind, self.by, self.at, source=self.source)


def callback_id(ask: Ask) -> str:
    """Return the name under which Slack hands in the form behind ``ask``."""
    return f"{PREFIX}{ask}"


def ask_of(view: View) -> Ask:
    """Return the button that opened ``view``."""
    return Ask(str(view["callback_id"]).removeprefix(PREFIX))


def modal(ask: Ask, message: Message) -> View:
    """Return the form behind ``ask``, one of ``FORMS_BEHIND``, for the message's occurrence."""
    title, submit, fields = FORMS_BEHIND[ask]
    return {
        "type": "modal",
        "callback_id": callback_id(ask),
        "private_metadata": message.occurrence,
        "title": plain(title),
        "submit": plain(submit),
        "close": plain("Avbryt"),
        "blocks": [*_introduction(message), *fields(message)],
    }


def answer(view: View, speaker: Speaker) -> Answer:
    """Return what was filled in; an ``AnswerRefusedError`` where it cannot be read."""
    read = _READERS[ask_of(view)]
    try:
        return read(view, speaker)
    except ValueError as error:
        raise AnswerRefusedError(
            "Formuläret innehåller ett värde som inte går att läsa. Rätta det och försök igen."
        ) from error


def error_field(view: View) -> str:
    """Return the block under which a refusal of ``view`` is shown."""
    return ERROR_FIELDS[ask_of(view)]


def _outcome_fields(message: Message) -> list[Block]:
    kinds = _options([(kind.value, name) for kind, name in KINDS.items()])
    forms = _options([(form.value, name) for form, name in FORMS.items()])
    chosen = {"type": "radio_buttons", "options": kinds, "initial_option": kinds[0]}
    return [
        _field(KIND, "Utfall", chosen, optional=False),
        _field(DAY, "Datum", {"type": "datepicker"}, hint=_EMPTY_DAY),
        _field(FORM, "Form", {"type": "static_select", "options": forms}),
        *_area_field(message),
        _field(NUMBER, message.number, _NUMBER),
        _field(
            NOTE,
            "Anteckning",
            _text(LONGEST_NOTE),
            hint=f"Ange orsaken om det är inställt. {_NO_NAMES}",
        ),
    ]


def _cannot_fields(_message: Message) -> list[Block]:
    return [
        _field(NOTE, "Orsak", _text(LONGEST_NOTE), optional=False, hint=_NO_NAMES),
        _field(
            STAND_IN,
            "Vem ersätter?",
            _text(LONGEST_NAME, multiline=False),
            hint="Ange helst en roll.",
        ),
    ]


def _book_fields(_message: Message) -> list[Block]:
    return [
        _field(DAY, "Datum", {"type": "datepicker"}, optional=False),
        _field(START, "Starttid", {"type": "timepicker"}),
        _field(END, "Sluttid", {"type": "timepicker"}),
    ]


def _postpone_fields(message: Message) -> list[Block]:
    return [
        *_book_fields(message),
        _field(NOTE, "Orsak", _text(LONGEST_NOTE), optional=False, hint=_NO_NAMES),
    ]


def _area_field(message: Message) -> list[Block]:
    named = [(each.id, each.name) for each in message.areas if len(each.id) <= LONGEST_OPTION]
    if not named:
        return []
    options = _options(named[:MOST_OPTIONS])
    chosen = {"initial_option": options[0]} if len(options) == 1 else {}
    return [_field(AREA, "Område", {"type": "static_select", "options": options, **chosen})]


def _introduction(message: Message) -> list[Block]:
    text = clipped("\n".join([message.title, *message.lines[:1]]), LONGEST_INTRODUCTION)
    return [section(text)] if text else []


def _field(
    name: str, label: str, element: Block, *, optional: bool = True, hint: str = ""
) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "optional": optional,
        "element": {"action_id": FIELD, **element},
        **({"hint": plain(hint)} if hint else {}),
    }


def _text(longest: int, *, multiline: bool = True) -> Block:
    return {"type": "plain_text_input", "multiline": multiline, "max_length": longest}


def _options(named: Sequence[tuple[str, str]]) -> list[Block]:
    return [
        {"text": plain(clipped(name, LONGEST_OPTION) or value), "value": value}
        for value, name in named
    ]


_NO_NAMES = "Skriv inga personuppgifter."
_EMPTY_DAY = "Lämnas det tomt gäller tillfällets egen dag, eller i dag om det inte har någon."
_NUMBER = {
    "type": "number_input",
    "is_decimal_allowed": False,
    "min_value": "0",
    "max_value": MOST_PEOPLE,
}

FORMS_BEHIND: dict[Ask, tuple[str, str, Callable[[Message], list[Block]]]] = {
    Ask.DONE: ("Hur gick det?", "Spara", _outcome_fields),
    Ask.CANNOT: ("Kan inte", "Skicka", _cannot_fields),
    Ask.BOOK: ("Boka datum", "Boka", _book_fields),
    Ask.POSTPONE: ("Skjut upp", "Skjut upp", _postpone_fields),
}


def _outcome_answer(view: View, speaker: Speaker) -> Answer:
    number, form = _filled(view, NUMBER), _filled(view, FORM)
    return Answer(
        occurrence=str(view["private_metadata"]),
        kind=AnswerKind(_filled(view, KIND)),
        by=speaker.by,
        at=speaker.at,
        day=_day(view),
        area=_filled(view, AREA) or None,
        form=Form(form) if form else None,
        number=int(number) if number else None,
        note=_filled(view, NOTE),
        source=speaker.source,
    )


def _cannot_answer(view: View, speaker: Speaker) -> Answer:
    return Answer(
        occurrence=str(view["private_metadata"]),
        kind=AnswerKind.CANNOT,
        by=speaker.by,
        at=speaker.at,
        note=_filled(view, NOTE),
        stand_in=_filled(view, STAND_IN),
        source=speaker.source,
    )


def _book_answer(view: View, speaker: Speaker) -> Answer:
    return Answer(
        occurrence=str(view["private_metadata"]),
        kind=AnswerKind.BOOKED,
        by=speaker.by,
        at=speaker.at,
        day=_day(view),
        start=_time(view, START),
        end=_time(view, END),
        source=speaker.source,
    )


def _postpone_answer(view: View, speaker: Speaker) -> Answer:
    booked = _book_answer(view, speaker)
    return replace(booked, kind=AnswerKind.POSTPONED, note=_filled(view, NOTE))


_READERS = {
    Ask.DONE: _outcome_answer,
    Ask.CANNOT: _cannot_answer,
    Ask.BOOK: _book_answer,
    Ask.POSTPONE: _postpone_answer,
}


def _filled(view: View, name: str) -> str:
    """What stands in a field, whatever kind of field it is; nothing when it was left empty."""
    field = view["state"]["values"].get(name, {}).get(FIELD, {})
    chosen = (field.get("selected_option") or {}).get("value")
    given = (field.get("value"), field.get("selected_date"), field.get("selected_time"), chosen)
    return next((str(each).strip() for each in given if each), "")


def _day(view: View) -> date | None:
    given = _filled(view, DAY)
    return date.fromisoformat(given) if given else None


def _time(view: View, name: str) -> time | None:
    given = _filled(view, name)
    return time.fromisoformat(given) if given else None
