"""Lists of occurrences, each with the button that somebody is likely to want."""

from collections.abc import Sequence

from bot.chat.slack.blocks import LABELS, LONGEST_ID, PREFIX, Block, clipped, plain, section
from bot.domain.message import Ask
from bot.domain.occurrence import Occurrence
from bot.services import composing

LONGEST_LINE = 300


def listed(
    heading: str, occurrences: Sequence[Occurrence], ask: Ask | None, *, most: int, none: str = ""
) -> list[Block]:
    """Return a heading and a line for each occurrence, with ``ask`` as its button.

    Of more than ``most`` the rest is counted. Without any it is ``none``, or nothing at all.
    """
    if not occurrences:
        return [section(f"{heading}\n{none}")] if none else []
    more = len(occurrences) - most
    rest = [section(f"… och {more} till.")] if more > 0 else []
    return [section(heading), *(_line(each, ask) for each in occurrences[:most]), *rest]


def _line(occurrence: Occurrence, ask: Ask | None) -> Block:
    text = f"• {composing.name(occurrence)}, {composing.when(occurrence)}"
    shown = section(clipped(text, LONGEST_LINE))
    # There is no delivery behind it, so the place of its key stays empty.
    value = f"- {occurrence.id}"
    if ask is None or len(value) > LONGEST_ID:
        return shown
    button = {
        "type": "button",
        "action_id": f"{PREFIX}{ask}",
        "text": plain(LABELS[ask]),
        "value": value,
    }
    return {**shown, "accessory": button}
