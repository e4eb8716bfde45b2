"""Our messages as Slack's blocks; texts that come from outside are plain text, never markup."""

import hashlib
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from bot.domain.message import Ask, Entry, Message

Block = dict[str, Any]

LONGEST_TITLE = 150
LONGEST_SECTION = 3_000
LONGEST_TEXT = 4_000
LONGEST_ID = 255
LONGEST_OPTION = 75
LONGEST_CHOICE = 150
# What goes beyond is in a menu, in the place of the last.
MOST_BUTTONS = 4
# Slack takes about 13,000 characters of block JSON in all; these leave room for escapes.
LONGEST_LATE = 300
LONGEST_LINES = 2_000
LONGEST_ANSWER = 300
LONGEST_HISTORY = 1_500
LONGEST_ENTRY = 200

PREFIX = "loftesbot."
MORE = "loftesbot.more"
# The choice in the menu that answers nothing.
CALENDAR = "calendar"
EVENT_TYPE = "loftesbot_delivery"
NAMELESS = "Påminnelse"
LABELS = {
    Ask.ACKNOWLEDGE: "Kvittera",
    Ask.DONE: "Genomförd",
    Ask.BOOK: "Boka datum",
    Ask.SNOOZE: "Påminn senare",
    Ask.POSTPONE: "Skjut upp",
    Ask.CANNOT: "Kan inte",
    Ask.NO_NEED: "Inget behov",
}
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Direction overrides can make a text read as something else than it is.
_MISLEADING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def blocks(message: Message, *, nonce: str) -> list[Block]:
    """Return ``message`` as blocks within Slack's limits; ``nonce`` makes an update's id new.

    What stands in a thread has no header: it belongs to the message above it.
    """
    mark = {"block_id": f"{digest(message.key)}:{nonce}"[:LONGEST_ID]}
    if message.thread:
        return [{**section(clipped(message.text, LONGEST_SECTION) or NAMELESS), **mark}]
    title = clipped(" ".join(message.title.split()), LONGEST_TITLE) or NAMELESS
    header = {"type": "header", "text": plain(title), **mark}
    texts = [
        clipped(message.late, LONGEST_LATE),
        clipped("\n".join(message.lines), LONGEST_LINES),
        _history(message.history),
    ]
    shown = [section(text) for text in texts if text]
    return [header, *shown, *map(_entry, message.entries), *_actions(message)]


def metadata(message: Message) -> dict[str, Any]:
    """Return what travels unseen with ``message``; a second place for its key."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": message.key}}


def notice(*texts: str) -> list[Block]:
    """Return a note to one person, a section for each text that says anything."""
    shown = (clipped(text, LONGEST_SECTION) for text in texts)
    return [section(text) for text in shown if text]


def fallback(text: str) -> str:
    """Return ``text`` for notifications and screen readers: escaped, and never too long."""
    escaped = [_ENTITIES.get(each, each) for each in clean(text) or NAMELESS]
    ends = list(accumulate(len(each) for each in escaped))
    if ends[-1] <= LONGEST_TEXT:
        return "".join(escaped)
    return "".join(escaped[: sum(end < LONGEST_TEXT for end in ends)]) + "…"


def unescaped(text: str) -> str:
    """Return what a person wrote, whose ``&``, ``<`` and ``>`` Slack sends as entities."""
    for each, entity in reversed(_ENTITIES.items()):
        text = text.replace(entity, each)
    return text


def section(text: str) -> Block:
    """Return a section that shows ``text`` as it is."""
    return {"type": "section", "text": plain(text)}


def plain(text: str) -> Block:
    """Return the only kind of text object in which a text from outside may stand."""
    return {"type": "plain_text", "text": text, "emoji": False}


def clean(text: str) -> str:
    """Return ``text`` without control characters, direction overrides and outer blanks."""
    return "".join(each for each in text if _harmless(each)).strip()


def clipped(text: str, longest: int) -> str:
    """Return ``text``, cleaned, with an ellipsis in place of what is beyond ``longest``."""
    text = clean(text)
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def digest(key: str) -> str:
    """Return what stands for a delivery's key where Slack's ids have too little room."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def occurrence_of(value: str) -> str:
    """Return the occurrence that a button's value names."""
    return value.partition(" ")[2]


def carries(posted: Block, key: str) -> bool:
    """Whether a message in Slack's history is the one with ``key``; metadata alone is not safe."""
    wanted = digest(key)
    payload = (posted.get("metadata") or {}).get("event_payload") or {}
    return payload.get("key") == key or any(
        name.startswith(wanted) for each in posted.get("blocks") or [] for name in _names(each)
    )


def _names(block: Block) -> Iterable[str]:
    yield str(block.get("block_id", ""))
    for element in block.get("elements") or []:
        yield str(element.get("value", ""))


def _harmless(each: str) -> bool:
    return each == "\n" or (each >= " " and each != "\x7f" and each not in _MISLEADING)


def _history(history: tuple[str, ...]) -> str:
    """The newest answers, as many as there is room for."""
    lines = [clipped(each, LONGEST_ANSWER) for each in history]
    ends = accumulate(len(each) + 1 for each in reversed(lines))
    kept = sum(end <= LONGEST_HISTORY for end in ends)
    shown = lines[len(lines) - kept :]
    return "\n".join(["…", *shown] if kept < len(lines) else shown)


def _actions(message: Message) -> list[Block]:
    value = f"{digest(message.key)} {message.occurrence}"
    if not message.asks or len(value) > LONGEST_ID:
        return []
    shown, rest = message.asks, message.asks[MOST_BUTTONS - 1 :]
    choices = [_choice(each, message.occurrence) for each in rest]
    if len(shown) <= MOST_BUTTONS or not all(choices):
        return [{"type": "actions", "elements": [_button(each, value) for each in shown]}]
    calendar = {"text": plain("Kalender"), "value": f"{CALENDAR} {message.occurrence}"}
    more = {"type": "overflow", "action_id": MORE, "options": [*choices, calendar]}
    buttons = [_button(each, value) for each in shown[: MOST_BUTTONS - 1]]
    return [{"type": "actions", "elements": [*buttons, more]}]


def _entry(entry: Entry) -> Block:
    """A line of a list, with all that can be answered in its menu."""
    shown = section(clipped(entry.line, LONGEST_ENTRY))
    choices = [_choice(each, entry.occurrence) for each in entry.asks]
    if not choices or not all(choices):
        return shown
    return {**shown, "accessory": {"type": "overflow", "action_id": MORE, "options": choices}}


def _choice(ask: Ask, occurrence: str) -> Block:
    """A line of the menu; none where the occurrence's name is too long for it."""
    value = f"{ask} {occurrence}"
    return {"text": plain(LABELS[ask]), "value": value} if len(value) <= LONGEST_CHOICE else {}


def _button(ask: Ask, value: str) -> Block:
    style = {"style": "primary"} if ask is Ask.DONE else {}
    return {
        "type": "button",
        "action_id": f"{PREFIX}{ask}",
        "text": plain(LABELS[ask]),
        "value": value,
        **style,
    }
